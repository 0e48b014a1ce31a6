/** Stamps in a layout of one's own, in the letters of strftime(3): `{@timestamp:%d.%m.%Y %H:%M:%S}`. */
import { zoneMinutes } from '../../events/zone-names.ts';
import { monthNumber } from '../formats/access-time.ts';
import type { Stamp } from '../formats/syslog-stamp.ts';
import { MONTH_DAYS } from '../yearless-stamp.ts';

/** What each letter takes and where it puts it. */
const LETTERS: Readonly<
  Record<string, readonly [source: string, set: (stamp: Stamp, text: string) => void]>
> = {
  Y: ['\\d{4}', (stamp, text) => set(stamp, 'year', Number(text))],
  y: ['\\d{2}', (stamp, text) => set(stamp, 'year', 2000 + Number(text))],
  m: ['\\d{1,2}', (stamp, text) => set(stamp, 'month', Number(text))],
  b: ['[A-Za-z]{3,9}', (stamp, text) => set(stamp, 'month', monthNumber(text))],
  d: ['\\d{1,2}', (stamp, text) => set(stamp, 'day', Number(text))],
  e: [' ?\\d{1,2}', (stamp, text) => set(stamp, 'day', Number(text))],
  H: ['\\d{1,2}', (stamp, text) => set(stamp, 'hour', Number(text))],
  I: ['\\d{1,2}', (stamp, text) => set(stamp, 'hour', Number(text) % 12)],
  M: ['\\d{2}', (stamp, text) => set(stamp, 'minute', Number(text))],
  S: ['\\d{2}', (stamp, text) => set(stamp, 'second', Number(text))],
  f: ['\\d{1,9}', (stamp, text) => set(stamp, 'micros', Number(text.padEnd(6, '0').slice(0, 6)))],
  p: ['[AaPp][Mm]', (stamp, text) => set(stamp, 'hour', stamp.hour + (/^p/i.test(text) ? 12 : 0))],
  z: ['(?:Z|[+-]\\d{2}:?\\d{2})', (stamp, text) => set(stamp, 'offsetMinutes', zoneMinutes(text))],
  Z: ['[A-Z]{1,5}', (stamp, text) => set(stamp, 'offsetMinutes', zoneMinutes(text))],
  a: ['[A-Za-z]{3,9}', () => {}],
  s: ['\\d{9,10}', (stamp, text) => set(stamp, 'epochUs', Number(text) * 1e6)],
};

function set<K extends keyof Stamp>(stamp: Stamp, key: K, value: Stamp[K]): void {
  stamp[key] = value;
}

const WHOLE: Readonly<Record<string, string>> = {
  T: '%H:%M:%S',
  F: '%Y-%m-%d',
  D: '%m/%d/%y',
  B: '%b',
  A: '%a',
  '%': '%',
};

/**
 * A reader of stamps in that layout: like `readStamp`, it fills the stamp and its end, and is false where there is none.
 * Throws when the layout has a letter that is not known.
 */
export function stampLayout(layout: string): (text: string, at: number, stamp: Stamp) => boolean {
  const written = layout.replace(/%([TFDBA])/g, (_, letter: string) => WHOLE[letter] ?? '');
  const letters: string[] = [];
  const source = written.replace(/%(.)|[.*+?^${}()|[\]\\]/g, (sign, letter?: string) => {
    if (letter === undefined) return `\\${sign}`;
    if (letter === '%') return '%';
    if (!Object.hasOwn(LETTERS, letter)) throw new Error(`a layout has no %${letter}`);
    letters.push(letter);
    return `(${LETTERS[letter]?.[0] ?? ''})`;
  });
  // Every part is bounded and none is repeated: linear.
  const expression = new RegExp(source, 'y');
  return (text, at, stamp) => {
    expression.lastIndex = at;
    const found = expression.exec(text);
    if (found === null) return false;
    Object.assign(stamp, { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, micros: 0 });
    Object.assign(stamp, { offsetMinutes: undefined, epochUs: 0, end: expression.lastIndex });
    for (const [index, letter] of letters.entries())
      LETTERS[letter]?.[1](stamp, found[index + 1] ?? '');
    if (stamp.epochUs !== 0) stamp.epochUs += stamp.micros;
    const { month, day, hour, minute, second } = stamp;
    return (
      day >= 1 && day <= (MONTH_DAYS[month - 1] ?? 0) && hour < 24 && minute < 60 && second <= 60
    );
  };
}
