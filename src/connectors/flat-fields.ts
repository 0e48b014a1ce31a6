/** A nested document as names with dots, for places that know no others. */
import type { JsonRecord } from './connector.ts';

/** Texts and numbers by their names; lists are joined, booleans are texts. */
export function flatFields(document: JsonRecord): [string, string | number][] {
  const found: [string, string | number][] = [];
  const visit = (record: JsonRecord, prefix: string): void => {
    for (const [key, value] of Object.entries(record)) {
      const name = prefix === '' ? key : `${prefix}.${key}`;
      if (typeof value === 'string' || typeof value === 'number') found.push([name, value]);
      else if (typeof value === 'boolean') found.push([name, String(value)]);
      else if (Array.isArray(value))
        found.push([
          name,
          value
            .map((one) => (typeof one === 'object' ? JSON.stringify(one) : String(one)))
            .join(', '),
        ]);
      else if (typeof value === 'object' && value !== null && found.length < MOST_FIELDS)
        visit(value as JsonRecord, name);
    }
  };
  visit(document, '');
  return found.slice(0, MOST_FIELDS);
}

/** Places refuse documents with more. */
const MOST_FIELDS = 200;
