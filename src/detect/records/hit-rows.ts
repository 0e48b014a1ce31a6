/** The rows that every line of a template adds, with its own address and path in them, without making a string of either. */

import type { Event } from '../../events/event.ts';
import type { ByteChunk } from '../../logs/chunks.ts';
import { dottedQuad } from '../../logs/formats/ipv4-number.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { createRemembered } from '../access/remembered.ts';
import type { Location } from '../location.ts';
import { isHotFor, onlyFeedsCounts } from '../matcher.ts';
import { groupKey, type Plan, type RowKind } from '../plan.ts';
import type { RowCollector } from '../rows/rows.ts';
import {
  createSketchCounter,
  hashAddress,
  hashGroup,
  hashRange,
  type SketchCounter,
} from '../sketch.ts';
import { createSourceCounts, placeOf } from '../source-counts.ts';
import type { LineAtHand } from './line-view.ts';

/** In the place of a text: it is the line's address, or the path of its target. */
const ADDRESS = 0;
const PATH = 1;
type Part = typeof ADDRESS | typeof PATH | string;

/** A row that every line adds. */
export interface HitRow {
  kind: number;
  group: Part;
  value: Part;
  /** Counters of the sketches that count its group. */
  counters: readonly SketchCounter[];
  /** Its hits are only counted, until the second reading. */
  isCounted: boolean;
  of: RowKind;
}

/** Adds such rows. */
export interface HitRows {
  /** A new piece: texts are numbered anew. */
  begin(): void;
  /**
   * The rows of a rule; undefined when they hold more than addresses, paths and texts that are always the same.
   * @param views each call shows another line of the template: the event, and how it is seen by `read`
   */
  rowsOf(
    rule: number,
    each: (visit: (view: Event) => void) => void,
    moving: ReadonlySet<string>,
  ): readonly HitRow[] | undefined;
  /**
   * Counts the line at hand, whose target lies at `targetStart`, and adds the rows that are not only counted; in the second
   * reading (`isHot`) those that were, of groups that may reach their threshold.
   */
  add(
    list: readonly HitRow[],
    chunk: ByteChunk,
    targetStart: number,
    location: Location,
    isHot: boolean,
  ): void;
}

const QUESTION = 63;
const QUOTE = 34;
const NUMBERS = 2 ** 32;

/** Makes the part of a lane that adds rows of `line`. */
export function createHitRows(
  plan: Plan,
  rows: RowCollector,
  sketches: readonly Uint16Array[],
  sums: readonly Uint16Array[],
  line: LineAtHand,
): HitRows {
  /** The addresses of the piece, and by their places the numbers of their texts. */
  let addresses = createSourceCounts();
  let numbers: (number | undefined)[] = [];
  let piece = 0;
  /** Numbers of paths, with the piece in front. */
  const paths = createRemembered<number>();
  const texts = new Map<string, number>();

  const partOf = (
    readers: readonly FieldReader[],
    each: (visit: (view: Event) => void) => void,
    moving: ReadonlySet<string>,
  ): Part | undefined => {
    const found: (string | undefined)[][] = [];
    each((view) => found.push([groupKey(readers, view), view['source.ip'], view['url.path']]));
    if (found.every(([key, address]) => key !== undefined && key === address)) return ADDRESS;
    if (found.every(([key, , path]) => key !== undefined && key === path)) return PATH;
    const isSteady = readers.every(
      ({ paths: read = [] }) => read.length > 0 && !read.some((path) => moving.has(path)),
    );
    const [first] = found[0] ?? [];
    return isSteady && found.every(([key]) => key === first) ? first : undefined;
  };

  const rowOf = (
    of: RowKind,
    isCounted: boolean,
    each: (visit: (view: Event) => void) => void,
    moving: ReadonlySet<string>,
  ): HitRow | undefined => {
    const { index, groupBy, counted, feeds } = of;
    const group = partOf(groupBy, each, moving);
    const value = counted.length === 0 ? '' : partOf(counted, each, moving);
    if (group === undefined || value === undefined) return undefined;
    const counters = feeds.flatMap(({ dense }) =>
      dense?.counts === true
        ? [createSketchCounter(sketches[dense.sketch] as Uint16Array, dense.windowUs)]
        : [],
    );
    return { kind: index, group, value, counters, isCounted, of };
  };

  let pathEnd = 0;
  const endOfPath = (bytes: Uint8Array, start: number): number => {
    let end = start;
    while (bytes[end] !== QUESTION && bytes[end] !== QUOTE) end += 1;
    return end;
  };

  const numberOf = (part: Part, { bytes, view }: ByteChunk, start: number): number => {
    if (part === ADDRESS) {
      const place = placeOf(addresses, line.found.address);
      return (numbers[place] ??= rows.intern(dottedQuad(line.found.address)));
    }
    if (part === PATH) {
      const known = paths.find(view, start, pathEnd) ?? -1;
      if (known >= piece * NUMBERS) return known - piece * NUMBERS;
      const number = rows.intern(bytes.toString('latin1', start, pathEnd));
      paths.keep(view, start, pathEnd, piece * NUMBERS + number);
      return number;
    }
    let number = texts.get(part);
    if (number === undefined) texts.set(part, (number = rows.intern(part)));
    return number;
  };

  const hashOf = (part: Part, { view }: ByteChunk, start: number): number =>
    part === ADDRESS
      ? hashAddress(line.found.address)
      : part === PATH
        ? hashRange(view, start, pathEnd)
        : hashGroup(part);

  return {
    begin() {
      addresses = createSourceCounts();
      numbers = [];
      texts.clear();
      piece += 1;
    },
    rowsOf(rule, each, moving) {
      if (plan.reports[rule] === true) return undefined;
      const list = (plan.rowKindsOfRule[rule] ?? []).map((kind) =>
        rowOf(kind, onlyFeedsCounts(plan, rule), each, moving),
      );
      return list.includes(undefined) ? undefined : (list as HitRow[]);
    },
    add(list, chunk, targetStart, location, isHot) {
      if (targetStart >= 0) pathEnd = endOfPath(chunk.bytes, targetStart);
      for (let index = 0; index < list.length; index += 1) {
        const { kind, group, value, counters, isCounted, of } = list[index] as HitRow;
        if (isHot) {
          const hash = isCounted ? hashOf(group, chunk, targetStart) : 0;
          if (!isCounted || !isHotFor(of, sums, hash, line.timeUs)) continue;
        } else {
          for (let each = 0; each < counters.length; each += 1)
            (counters[each] as SketchCounter)(hashOf(group, chunk, targetStart), line.timeUs);
          if (isCounted) continue;
        }
        rows.addInterned(
          kind,
          line.timeUs,
          location,
          numberOf(group, chunk, targetStart),
          numberOf(value, chunk, targetStart),
        );
      }
    },
  };
}
