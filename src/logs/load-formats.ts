/**
 * The format files that come with the program. A run does not parse them: the build keeps them checked beside the
 * program, as much a part of it as its code; from a source checkout they are read and checked.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { templateError } from '../errors.ts';
import { readRecord } from './formats/json-record.ts';
import type { LogFormat } from './formats/log-format.ts';
import { lineFormat } from './pattern/declared-format.ts';
import type { FormatDocument } from './pattern/format-document.ts';
import { readFormatFile } from './pattern/format-file.ts';
import { recordReader } from './pattern/record-reader.ts';

/** The same depth below the package for `src/logs`, `dist/logs` and `dist/bundle`. */
const FOLDER = new URL('../../templates/formats/', import.meta.url);
const CACHE_PATH = fileURLToPath(new URL('../formats.cache', import.meta.url));

let bundled: readonly FormatDocument[] | undefined;

/** The bundled format files, by name. Throws when one has a mistake. */
export function bundledFormats(): readonly FormatDocument[] {
  bundled ??= keptFormats() ?? readBundledFormats();
  return bundled;
}

function keptFormats(): FormatDocument[] | undefined {
  try {
    return JSON.parse(readFileSync(CACHE_PATH, 'utf8')) as FormatDocument[];
  } catch {
    // Never a failure: without the cache the files are read.
    return undefined;
  }
}

/** The log formats of format files, those for whole lines. */
const lineFormats = (documents: readonly FormatDocument[]): LogFormat[] =>
  documents
    .filter(({ programs, records }) => programs.length + records.length === 0)
    .map(lineFormat);

/** The formats of files with JSON records, which the reader of any JSON reads. */
function recordFormats(
  documents: readonly FormatDocument[],
  formats: readonly LogFormat[],
): LogFormat[] {
  const json = formats.find(({ name }) => name === 'json-lines');
  if (json === undefined) return [];
  const { records: _, detectsPayload: __, ...rest } = json;
  return documents
    .filter(({ records }) => records.length > 0)
    .map((document): LogFormat => {
      const { name, title, url, order, forgeable, samples } = document;
      // Who logs in to a service is for rules what it is in any application.
      const sources = document.sources.map((source) => ({
        ...source,
        categories: [...(source.categories ?? []), 'application'],
      }));
      const { matches } = recordReader(document);
      const detect = (line: string): boolean => {
        const record = readRecord(line);
        return record !== undefined && matches(record);
      };
      return {
        ...rest,
        name,
        title,
        url,
        order,
        sources,
        isEcho: false,
        forgeable,
        detect,
        samples,
      };
    });
}

/** The formats of our code and those of files, in the order of asking. */
export const withDeclared = (coded: readonly LogFormat[]): readonly LogFormat[] =>
  withOwn(coded, bundledFormats());

const inOrder = (formats: readonly LogFormat[]): LogFormat[] =>
  [...formats].sort(
    (left, right) => (left.order ?? 5) - (right.order ?? 5) || (left.name < right.name ? -1 : 1),
  );

/** The formats together with the user's own, which take the place of those of the same name. */
export function withOwn(
  formats: readonly LogFormat[],
  own: readonly FormatDocument[],
): readonly LogFormat[] {
  const names = new Set(own.map(({ name }) => name));
  const kept = formats.filter(({ name }) => !names.has(name));
  return inOrder([...kept, ...lineFormats(own), ...recordFormats(own, kept)]);
}

function readBundledFormats(): FormatDocument[] {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.yml'));
  return files.sort().map((file) => {
    const { document, problems } = readFormatFile(
      readFileSync(new URL(file, FOLDER), 'utf8'),
      `templates/formats/${file}`,
    );
    const [problem] = problems;
    if (document === undefined || problem !== undefined)
      throw templateError(
        problem?.message ?? 'no format',
        problem?.source ?? { path: file },
        problem?.hint,
      );
    return document;
  });
}

/** The text of some top-level keys of a bundled file, for a file that is made after it. */
export function bundledText(name: string, keys: readonly string[]): string {
  const text = readFileSync(new URL(`${name}.yml`, FOLDER), 'utf8');
  const parts = text.split(/^(?=[a-z])/m);
  return parts.filter((part) => keys.includes(/^\w+/.exec(part)?.[0] ?? '')).join('');
}

/** For the build: keeps the bundled formats as they are when read and checked, beside the built program. */
export function cacheBundledFormats(): void {
  const temporary = `${CACHE_PATH}.tmp-${process.pid}`;
  writeFileSync(temporary, JSON.stringify(readBundledFormats()));
  renameSync(temporary, CACHE_PATH);
}
