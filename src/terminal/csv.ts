/**
 * CSV as RFC 4180, made safe to open in a spreadsheet: a value that a spreadsheet would run as a formula
 * gets an apostrophe in front.
 */
import { neutralise } from './neutralise.ts';

/** Also in the full width of East Asian text, which some spreadsheets read as the same signs. */
const FORMULA = /^[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

/** One record with its line ending. */
export const csvRecord = (values: readonly (string | number | undefined)[]): string =>
  `${values.map(csvValue).join(',')}\r\n`;

function csvValue(value: string | number | undefined): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = neutralise(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
