/**
 * The programs of parents, for lines that are read again: as they were known to whoever read the piece of the file
 * first. It is walked as it was then, and a walk goes on where the last one ended.
 */
import type { Event } from '../events/event.ts';
import { readChunks } from '../logs/chunks.ts';
import { createClock } from '../logs/clock.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import { createAccount } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createEventReader, type EventReader } from '../logs/read-events.ts';
import { createLookBack, readBack } from './look-back.ts';
import { createProcesses, PARENT_FIELDS } from './processes.ts';

/** Finds the parents of processes in the part of the file before a line. */
export interface Parents {
  /** True for an event whose parent is known by its number alone. */
  isMissing(event: Event): boolean;
  /**
   * Gives the events what was known of their parents; a chunk of the file is a step.
   * @param events by the offset of their line, ascending
   * @param pieceAt where the piece begins that a line lies in
   */
  tell(
    file: number,
    descriptor: number,
    events: ReadonlyMap<number, Event>,
    pieceAt: (offset: number) => number,
  ): Generator<void, void, void>;
}

interface Walk {
  piece: number;
  /** Lines that begin before it were read; events up to `last` were asked for. */
  at: number;
  last: number;
  reader: EventReader;
  waiting: Map<number, Event>;
  /** Events after `last` that came before they were asked for. */
  ahead: Map<number, Event>;
}

/** How far a walk goes on until the records of its last event are all there. */
const MOST_AHEAD = 1 << 20;
const STEP_BYTES = 1 << 14;

/** Makes what remembers one walk per file. */
export function createParents(
  files: readonly PreparedFile[],
  formats: readonly LogFormat[],
): Parents {
  const withProcesses = new Set(
    formats.filter(({ hasProcesses }) => hasProcesses === true).map(({ name }) => name),
  );
  const lookBack = createLookBack(files);
  const walks = new Map<number, Walk>();

  const begin = (index: number, piece: number): Walk => {
    const { format, streams } = files[index]!;
    const processes = createProcesses();
    const follow = (event: Event): void => {
      if (withProcesses.has(event.format)) processes.follow(event);
    };
    readBack(lookBack(index, piece), format, formats, follow);
    const sink = (event: Event, _raw: string, offset: number): void => {
      follow(event);
      const waiting = walk.waiting.get(offset);
      if (waiting !== undefined) give(walk, offset, waiting, event);
      else if (offset > walk.last) walk.ahead.set(offset, event);
    };
    const clock = createClock({ zone: 'UTC' });
    const account = createAccount();
    const reader = createEventReader({ format, streams, formats, clock, account, sink });
    const walk: Walk = {
      ...{ piece, at: piece, last: piece - 1, reader },
      ...{ waiting: new Map(), ahead: new Map() },
    };
    return walk;
  };

  const walkTo = (index: number, piece: number, first: number): Walk => {
    const known = walks.get(index);
    if (known?.piece === piece && first > known.last) return known;
    const walk = begin(index, piece);
    walks.set(index, walk);
    return walk;
  };

  return {
    isMissing: (event) =>
      withProcesses.has(event.format) &&
      event['process.parent.pid'] !== undefined &&
      event['process.parent.executable'] === undefined,
    *tell(index, descriptor, events, pieceAt) {
      const { contentBytes } = files[index]!;
      for (const [piece, group] of byPiece(events, pieceAt)) {
        const offsets = [...group.keys()];
        const walk = walkTo(index, piece, offsets[0]!);
        ask(walk, group, offsets.at(-1)!);
        const most = Math.min(contentBytes, walk.last + MOST_AHEAD);
        for (let to = walk.last + 1; walk.waiting.size > 0 && walk.at < most; to += STEP_BYTES) {
          if (to <= walk.at) continue;
          const end = Math.min(to, contentBytes);
          yield* readChunks(descriptor, walk.at, end, contentBytes, walk.reader);
          walk.at = end;
        }
        if (walk.waiting.size === 0) continue;
        walk.reader.end();
        walks.delete(index);
      }
    },
  };
}

function ask(walk: Walk, group: Map<number, Event>, last: number): void {
  walk.waiting = group;
  walk.last = last;
  for (const [offset, event] of walk.ahead) {
    if (offset > last) continue;
    const waiting = group.get(offset);
    if (waiting !== undefined) give(walk, offset, waiting, event);
    walk.ahead.delete(offset);
  }
}

function give({ waiting }: Walk, offset: number, event: Event, known: Event): void {
  waiting.delete(offset);
  for (const field of PARENT_FIELDS) if (known[field] !== undefined) event[field] = known[field];
}

function byPiece(
  events: ReadonlyMap<number, Event>,
  pieceAt: (offset: number) => number,
): Map<number, Map<number, Event>> {
  const groups = new Map<number, Map<number, Event>>();
  for (const [offset, event] of events) {
    const piece = pieceAt(offset);
    const group = groups.get(piece) ?? new Map<number, Event>();
    groups.set(piece, group.set(offset, event));
  }
  return groups;
}
