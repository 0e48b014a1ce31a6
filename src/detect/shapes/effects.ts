/** Does for a line what was learned of its shape: counts, bursts and rows, with the line's own address in them. */

import { dottedQuad, ipv4Number } from '../../logs/formats/ipv4-number.ts';
import type { BurstCollector } from '../bursts.ts';
import type { Location } from '../location.ts';
import { createMinuteCounter } from '../minute-counter.ts';
import type { RowCollector } from '../rows/rows.ts';
import { addAt, addCounts, createSourceCounts, placeOf } from '../source-counts.ts';
import { addEffect, type Totals } from '../totals.ts';
import { ADDRESS, type Outcome } from './outcome.ts';

/** A shape whose lines all do the same. */
export interface KnownShape {
  outcome: Outcome;
  /** Do its lines take part at all (`--where`)? */
  isAccepted: boolean;
  /** Where the address of its outcome lies, counted from the end of the stamp; `addressEnd` 0: it has none. */
  addressStart: number;
  addressEnd: number;
  /** Lines of the piece at hand that count for a source that is the same for all. */
  count: number;
  /** The piece for which the rows' texts were numbered. */
  piece: number;
  rows: readonly KnownRow[];
}

/** A row to be, with the numbers of its texts, or how to get them. */
interface KnownRow {
  kind: number;
  group: number;
  value: number;
}

/** In place of a text's number: it is the line's address, or holds it. */
const IS_ADDRESS = -1;
const HOLDS_ADDRESS = -2;

/** Applies outcomes to the lines of one piece at a time. */
export interface ShapeEffects {
  /** A new piece: counts go to `totals`. */
  begin(totals: Totals): void;
  /** Applies the outcome to a line. False, and nothing done, when its address is none after all. */
  apply(
    shape: KnownShape,
    bytes: Uint8Array,
    stampEnd: number,
    timeUs: number,
    location: Location,
  ): boolean;
  /** Hands the counts out. */
  flush(): void;
}

/** Makes the part of a reader that applies outcomes. */
export function createShapeEffects(rows: RowCollector, bursts: BurstCollector): ShapeEffects {
  const minutes = createMinuteCounter();
  /** The addresses of the piece, and by their places the numbers of their texts among the rows' texts. */
  let addresses = createSourceCounts();
  let numbers: (number | undefined)[] = [];
  let totals: Totals;
  let piece = 0;
  let counted: KnownShape[] = [];

  const numberOf = (text: string): number =>
    text === ADDRESS ? IS_ADDRESS : text.includes(ADDRESS) ? HOLDS_ADDRESS : rows.intern(text);

  const textAt = (place: number): string => dottedQuad(addresses.addresses[place] as number);

  const numbered = (text: string, known: number, place: number): number => {
    if (known >= 0) return known;
    if (known === IS_ADDRESS) return (numbers[place] ??= rows.intern(textAt(place)));
    return rows.intern(text.replaceAll(ADDRESS, textAt(place)));
  };

  const addRows = (
    { outcome, rows: known }: KnownShape,
    place: number,
    timeUs: number,
    location: Location,
  ): void => {
    for (let index = 0; index < known.length; index += 1) {
      const { kind, group, value } = known[index] as KnownRow;
      const texts = outcome.rows[index] as Outcome['rows'][number];
      rows.addInterned(
        kind,
        timeUs,
        location,
        group >= 0 ? group : numbered(texts.group, group, place),
        value >= 0 ? value : numbered(texts.value, value, place),
      );
    }
  };

  const addBursts = (
    { outcome: { reports } }: KnownShape,
    place: number,
    timeUs: number,
    location: Location,
  ): void => {
    const address = place < 0 ? '' : textAt(place);
    for (const { rule, entities } of reports) {
      const own = entities.map(
        ([field, value]) => [field, value.replaceAll(ADDRESS, address)] as const,
      );
      bursts.add(rule, own[0]?.[1] ?? '', timeUs, location, own);
    }
  };

  return {
    begin(next) {
      totals = next;
      piece += 1;
      minutes.begin(next);
    },
    apply(shape, bytes, stampEnd, timeUs, location) {
      const { outcome } = shape;
      let place = -1;
      if (shape.addressEnd > 0) {
        const address = ipv4Number(
          bytes,
          stampEnd + shape.addressStart,
          stampEnd + shape.addressEnd,
        );
        if (address < 0) return false;
        place = placeOf(addresses, address);
      }
      minutes.count(timeUs);
      const { effect } = outcome;
      if (effect !== undefined) {
        if (place >= 0 && effect.source === ADDRESS) {
          const { requests, bytes: size, failedLogins } = effect;
          addAt(addresses, place, requests, size, failedLogins);
        } else {
          if (shape.count === 0) counted.push(shape);
          shape.count += 1;
        }
      }
      if (outcome.rows.length > 0) {
        if (shape.piece !== piece) {
          shape.piece = piece;
          shape.rows = outcome.rows.map(({ kind, group, value }) => ({
            kind,
            group: numberOf(group),
            value: numberOf(value),
          }));
        }
        addRows(shape, place, timeUs, location);
      }
      if (outcome.reports.length > 0) addBursts(shape, place, timeUs, location);
      return true;
    },
    flush() {
      minutes.flush();
      addCounts(totals.sources, addresses);
      addresses = createSourceCounts();
      numbers = [];
      for (const shape of counted) {
        const { effect } = shape.outcome;
        if (effect !== undefined) addEffect(totals, effect, shape.count);
        shape.count = 0;
      }
      counted = [];
    },
  };
}
