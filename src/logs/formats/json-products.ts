/** Whose product a JSON record is, by the format files with `records`. */
import { bundledFormats } from '../load-formats.ts';
import type { FormatDocument } from '../pattern/format-document.ts';
import { type JsonRecord, type RecordReader, recordReader } from '../pattern/record-reader.ts';

/** A product whose records a format file describes. */
export interface Product extends Pick<RecordReader, 'fill'> {
  name: string;
}

interface Known extends RecordReader {
  name: string;
}

/** Products by a key that their records have at the top: few records have the keys of many. */
let byKey: ReadonlyMap<string, readonly Known[]> = new Map();

/** The latest record: it is asked what it wraps first, then it is read. */
let latest: { record: JsonRecord; product: Product | undefined } | undefined;

/** What the bundled format files say of JSON records, and then the user's own. */
export function declareProducts(own: readonly FormatDocument[]): void {
  const names = new Set(own.map(({ name }) => name));
  const bundled = bundledFormats().filter(({ name }) => !names.has(name));
  const found = new Map<string, Known[]>();
  const ordered = [...own, ...bundled].sort((left, right) => testsOf(right) - testsOf(left));
  for (const document of ordered)
    for (const test of document.records) {
      const key = test.find(([, words]) => !words.includes('!'))?.[0].split('.')[0] ?? '';
      const known = { name: document.name, ...recordReader({ ...document, records: [test] }) };
      found.set(key, [...(found.get(key) ?? []), known]);
    }
  byKey = found;
  latest = undefined;
}

/** The more a document asks of its records, the earlier it is asked. */
const testsOf = ({ records }: FormatDocument): number =>
  Math.max(0, ...records.map(({ length }) => length));

declareProducts([]);

/** The product that a record is of; undefined when no format file knows it. */
export function productOf(record: JsonRecord): Product | undefined {
  if (latest?.record !== record) latest = { record, product: findProduct(record) };
  return latest.product;
}

/** Might a record with these keys at its top be that of a product? */
export const hasProductKey = (keys: readonly string[]): boolean =>
  keys.some((key) => byKey.has(key));

function findProduct(record: JsonRecord): Product | undefined {
  for (const [key, products] of byKey) {
    if (!Object.hasOwn(record, key)) continue;
    for (const product of products) if (product.matches(record)) return product;
  }
  return undefined;
}
