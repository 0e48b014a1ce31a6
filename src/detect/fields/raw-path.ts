/** Reads dotted paths in the record that a source wrote (`requestParameters.bucketName`). */
import type { Event } from '../../events/event.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';

/** Nested arrays are flattened this deep at most; records come from outside. */
const MAX_DEPTH = 32;

/**
 * The reader of a dotted path in `event.raw`. Only own properties count. A key that has the whole dotted
 * name wins. Where the path meets an array, it goes on in each of its elements. Objects become JSON text.
 */
export function rawReader(path: string): FieldReader {
  const keys = path.split('.');
  const first = keys[0] ?? '';
  if (keys.length === 1) {
    return (event: Event) => {
      const { raw } = event;
      return raw !== undefined && Object.hasOwn(raw, first) ? finish(raw[first]) : undefined;
    };
  }
  return (event: Event) => {
    const { raw } = event;
    if (raw === undefined) return undefined;
    if (Object.hasOwn(raw, path)) return finish(raw[path]);
    return Object.hasOwn(raw, first) ? descend(raw[first], keys, 1) : undefined;
  };
}

function descend(value: unknown, keys: readonly string[], depth: number): unknown {
  if (depth === keys.length) return finish(value);
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  if (Array.isArray(value)) return descendArray(value, keys, depth);
  const key = keys[depth] ?? '';
  if (Object.hasOwn(value, key)) {
    return descend((value as Record<string, unknown>)[key], keys, depth + 1);
  }
  const rest = keys.slice(depth).join('.');
  return Object.hasOwn(value, rest) ? finish((value as Record<string, unknown>)[rest]) : undefined;
}

function descendArray(list: readonly unknown[], keys: readonly string[], depth: number): unknown {
  const key = keys[depth] ?? '';
  if (/^\d{1,6}$/.test(key)) return descend(list[Number(key)], keys, depth + 1);
  const found: unknown[] = [];
  for (const element of list) {
    // An array of arrays names no keys.
    if (Array.isArray(element)) continue;
    const value = descend(element, keys, depth);
    if (Array.isArray(value)) for (const one of value) found.push(one);
    else if (value !== undefined) found.push(value);
  }
  return found.length === 0 ? undefined : found;
}

/** IAM writes some policies percent-encoded; rules are written in plain JSON. */
const ENCODED_JSON = /^%7B/i;

function finish(value: unknown): unknown {
  if (typeof value === 'string') {
    return ENCODED_JSON.test(value) ? [value, decodeJson(value)] : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  if (!Array.isArray(value)) return JSON.stringify(value);
  return value.map((element: unknown) =>
    typeof element === 'object' && element !== null ? JSON.stringify(element) : element,
  );
}

function decodeJson(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
