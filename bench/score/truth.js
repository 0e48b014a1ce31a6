// Reads the public sets beside the project's folder; what is absent reads as nothing.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const DATA = join(root, '..', 'shared', 'data');

/** True when the sets are there. */
export const hasData = () => existsSync(DATA);

/** The text of a file of the sets. */
export function readText(path) {
  const absolute = join(DATA, path);
  return existsSync(absolute) ? readFileSync(absolute, 'utf8') : undefined;
}

/** Names in a folder of the sets, sorted. */
export const namesIn = (path) =>
  existsSync(join(DATA, path)) ? readdirSync(join(DATA, path)).sort() : [];

/** The rows of a file of JSON lines. */
export const jsonRows = (path) =>
  (readText(path) ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

export const lineCount = (text) => text.split('\n').length;

/** The rows of a CSV file with a header; quotes may enclose commas, line ends and doubled quotes. */
export function csvRows(path) {
  const text = readText(path) ?? '';
  const table = [];
  let row = [];
  for (const [, quoted, bare, end] of text.matchAll(
    /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g,
  )) {
    row.push(quoted === undefined ? bare : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (row.length > 1) table.push(row);
    row = [];
    if (end === '') break;
  }
  const [header = [], ...rows] = table;
  return rows.map((cells) => Object.fromEntries(header.map((name, index) => [name, cells[index]])));
}
