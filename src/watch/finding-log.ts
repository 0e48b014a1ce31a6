/**
 * The steps of findings in the order in which they were told, one JSON document a line. A step is in it before anybody hears of
 * it; after a crash, what is found again is known from it.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../detect/finding.ts';
import type { FindingState } from '../detect/sink.ts';
import type { LiveFinding } from './live-finding.ts';

/** What was last told of a finding: its id, state and count. */
export type ToldFinding = readonly [id: string, state: FindingState, count: number];

/** The log of a watch; `close` it in any case. */
export interface FindingLog {
  /** The number of the last step. */
  lastSeq(): number;
  /**
   * Notes a step. Undefined where it was told before: after a crash events are read again.
   * It is on its way to the disk; `flush` waits for that.
   */
  add(
    finding: Finding,
    state: FindingState,
    at: Pick<LiveFinding, 'notedMs' | 'isReplayed'>,
  ): LiveFinding | undefined;
  /** What was added is kept when it returns. @throws what the file system says; nothing is lost then: call again */
  flush(): void;
  /** The steps behind a number. */
  after(seq: number): LiveFinding[];
  /** What was told of findings that have not closed. */
  told(): ToldFinding[];
  /** State was written: what closed before need not be known any more. */
  settle(): void;
  close(): void;
}

const FILE = 'findings.jsonl';
const EARLIER = 'findings.1.jsonl';
/** Larger than this, the file is put away, and the one put away before is dropped. */
const MOST_BYTES = 64 << 20;

/** Opens the log in a folder. @param seq up to which a state accounts @param told by that state */
export function openFindingLog(
  folder: string,
  seq: number,
  told: readonly ToldFinding[],
): FindingLog {
  const path = join(folder, FILE);
  const earlier = join(folder, EARLIER);
  const known = new Map<string, ToldFinding>(told.map((one) => [one[0], one]));
  const steps = [...readSteps(earlier), ...readSteps(path)];
  let last = Math.max(seq, steps.at(-1)?.seq ?? 0);
  for (const step of steps) if (step.seq > seq) note(known, step);
  let descriptor = openSync(path, 'a+', 0o600);
  cutHalfLine(descriptor, path);
  let waiting: string[] = [];

  return {
    lastSeq: () => last,
    add(finding, asked, at) {
      const before = known.get(finding.id);
      if (before !== undefined && isTold(before, asked, finding.count)) return undefined;
      const state = asked === 'open' && before !== undefined ? 'going-on' : asked;
      const step: LiveFinding = { seq: (last += 1), state, ...at, finding };
      note(known, step);
      waiting.push(`${JSON.stringify(step)}\n`);
      return step;
    },
    flush() {
      if (waiting.length === 0) return;
      const start = fstatSync(descriptor).size;
      const bytes = Buffer.from(waiting.join(''));
      try {
        for (let done = 0; done < bytes.length; ) done += writeSync(descriptor, bytes, done);
        fsyncSync(descriptor);
      } catch (error) {
        ftruncateSync(descriptor, start);
        throw error;
      }
      waiting = [];
      if (start + bytes.length < MOST_BYTES) return;
      closeSync(descriptor);
      renameSync(path, earlier);
      descriptor = openSync(path, 'a+', 0o600);
    },
    after: (from) =>
      from >= last
        ? []
        : [...readSteps(earlier), ...readSteps(path)].filter((step) => step.seq > from),
    told: () => [...known.values()].filter(([, state]) => state !== 'closed'),
    settle() {
      for (const [id, [, state]] of known) if (state === 'closed') known.delete(id);
    },
    close: () => closeSync(descriptor),
  };
}

function note(
  known: Map<string, ToldFinding>,
  { state, finding }: Pick<LiveFinding, 'state' | 'finding'>,
): void {
  known.set(finding.id, [finding.id, state, finding.count]);
}

/** Would it say nothing that was not said? */
const isTold = ([, state, count]: ToldFinding, now: FindingState, nowCount: number): boolean =>
  state === 'closed' || (now !== 'closed' && nowCount <= count);

function* readSteps(path: string): Iterable<LiveFinding> {
  if (!existsSync(path)) return;
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    // The last one may have been cut off by a crash: nobody was told of it.
    if (line.endsWith('}')) {
      const step = parsed(line);
      if (step !== undefined) yield step;
    }
  }
}

function parsed(line: string): LiveFinding | undefined {
  try {
    return JSON.parse(line) as LiveFinding;
  } catch {
    return undefined;
  }
}

function cutHalfLine(descriptor: number, path: string): void {
  const text = readFileSync(path);
  const end = text.lastIndexOf(10) + 1;
  if (end < text.length) ftruncateSync(descriptor, end);
}
