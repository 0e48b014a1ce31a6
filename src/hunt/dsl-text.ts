/** Values in queries. */
import { readIp } from '../events/address.ts';
import { ANY, DASH, type Pattern, STAR } from '../sigma/pattern.ts';

/** A text or a pattern for a `wildcard` query: `*` and `?` of the text itself have a backslash. */
export function wildcardText(from: string | Pattern): string {
  const units = typeof from === 'string' ? [...from].flatMap((one) => codeUnits(one)) : from;
  let text = '';
  for (const unit of units) {
    if (unit === STAR) text += '*';
    // Any of several dashes is any character.
    else if (unit === ANY || unit === DASH) text += '?';
    else {
      const one = String.fromCharCode(unit);
      text += one === '*' || one === '?' || one === '\\' ? `\\${one}` : one;
    }
  }
  return text;
}

const codeUnits = (text: string): number[] =>
  Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));

/** Would a field of addresses take it? Others are an error there. */
export const isDslAddress = (text: string): boolean => readIp(text) !== undefined;
