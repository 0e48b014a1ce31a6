/** Masks texts and bytes: what is found, in the words of a naming. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkSamples } from './check-samples.ts';
import { type DetectorFile, detectorPaths, readDetector, readDetectors } from './detector.ts';
import { createSpanFinder, type Span, type SpanFinder } from './find-spans.ts';
import type { Naming } from './naming.ts';

/** Masks, and counts what it masked. */
export interface Masker {
  /** Any text. */
  text(text: string): string;
  /** Whole lines of a file; the same memory where nothing was found. */
  bytes(lines: Buffer): Buffer;
  /** What would be masked of a text. */
  valuesIn(text: string): { kind: string; value: string; start: number }[];
  /** What stands in the place of a value. */
  name(kind: string, value: string): string;
  /** Kinds on demand that are asked for. */
  kinds: ReadonlySet<string>;
  /** How many values of each kind were masked. */
  counts: ReadonlyMap<string, number>;
}

let known: readonly DetectorFile[] | undefined;

/** Where the build leaves the detectors: in `dist`, from `dist/masking` and from the bundle. */
const CACHE = fileURLToPath(new URL('../masks.cache', import.meta.url));

/** The bundled detectors, read once; as the build left them, where it did. @throws IrError (exit 3) */
export const bundledDetectors = (): readonly DetectorFile[] => {
  known ??= existsSync(CACHE)
    ? (JSON.parse(readFileSync(CACHE, 'utf8')) as DetectorFile[])
    : readDetectors();
  return known;
};

const finders = new Map<string, SpanFinder>();

/**
 * Adds the user's own detectors, which take the place of bundled ones of the same name. Nothing is done where there is no such folder.
 * @throws IrError (exit 3) with the place of what is wrong
 */
export function useOwnDetectors(folder: string): void {
  if (!existsSync(folder)) return;
  const own = detectorPaths(folder).map((path) => {
    const file: DetectorFile = { ...readDetector(path), isOwn: true };
    checkSamples(file, path);
    return file;
  });
  const names = new Set(own.map(({ name }) => name));
  known = [...bundledDetectors().filter(({ name }) => !names.has(name)), ...own];
  finders.clear();
}

/** Kinds that are found where they are asked for only. */
export const kindsOnDemand = (): string[] => [
  ...new Set(bundledDetectors().flatMap(({ on_demand, kind }) => (on_demand ? [kind] : []))),
];

/** A finder of all that is never to be told, and of the kinds on demand that are named. */
export function finderFor(also: readonly string[]): SpanFinder {
  const id = [...also].sort().join();
  const made = finders.get(id);
  if (made !== undefined) return made;
  const finder = createSpanFinder(
    bundledDetectors().filter(({ on_demand, kind }) => !on_demand || also.includes(kind)),
  );
  finders.set(id, finder);
  return finder;
}

/** @param also kinds on demand */
export function createMasker(naming: Naming, also: readonly string[] = []): Masker {
  const counts = new Map<string, number>();
  const finder = finderFor(also);
  const replaced = (text: string, spans: readonly Span[], encoding: 'latin1' | 'utf8'): string => {
    let shown = '';
    let last = 0;
    for (const { start, end, kind } of spans) {
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
      const value = text.slice(start, end);
      const name = naming(kind, value, encoding);
      shown +=
        text.slice(last, start) +
        (isBareNumber(text, start, end) ? quoted(text, start, name) : name);
      last = end;
    }
    return shown + text.slice(last);
  };
  return {
    counts,
    kinds: new Set(also),
    valuesIn: (text) =>
      finder
        .find(text)
        .map(({ kind, start, end }) => ({ kind, value: text.slice(start, end), start })),
    name: (kind, value) => naming(kind, value, 'utf8'),
    text(text) {
      const spans = finder.find(text);
      return spans.length === 0 ? text : replaced(text, spans, 'utf8');
    },
    bytes(lines) {
      const text = lines.toString('latin1');
      const spans = finder.find(text, lines);
      return spans.length === 0 ? lines : Buffer.from(replaced(text, spans, 'latin1'), 'latin1');
    },
  };
}

/** A number of JSON, which a name in its place would break: `"card":4111111111111111,`. */
function isBareNumber(text: string, start: number, end: number): boolean {
  const code = text.charCodeAt(start);
  if (code < 48 || code > 57) return false;
  return (
    /^[ \t]{0,4}[,}\]]/.test(text.slice(end, end + 5)) &&
    /["\]}][ \t]{0,4}:[ \t]{0,4}\[?$/.test(text.slice(Math.max(0, start - 12), start)) &&
    /^[\d.eE+-]+$/.test(text.slice(start, end))
  );
}

/** In quotes, escaped as the one before it; said in the name, so that the way back knows. */
function quoted(text: string, start: number, name: string): string {
  const quote =
    /(\\{0,15}")[ \t]{0,4}:[ \t]{0,4}\[?$/.exec(text.slice(Math.max(0, start - 28), start))?.[1] ??
    '"';
  return `${quote}${name.replace(/^(tok|hash)-/, '$1-number-')}${quote}`;
}
