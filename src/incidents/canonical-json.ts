/**
 * JSON in its one canonical form, so that a hash of it can be recomputed by anyone.
 * One deviation: a lone surrogate, which hostile logs hold, becomes a `\udXXX` escape instead of an error.
 * @see https://www.rfc-editor.org/rfc/rfc8785 (JSON Canonicalization Scheme)
 */

/** Deeper nesting than this comes only from hostile input and would exhaust the stack. */
const MAX_DEPTH = 1_000;

/**
 * Renders plain JSON with sorted keys and no blanks. Members that are `undefined` are left out.
 * @throws TypeError on values JSON cannot hold: NaN, Infinity, bigint, functions, nesting over 1,000.
 */
export function canonicalJson(value: unknown): string {
  return render(value, 0);
}

function render(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TypeError(`JSON is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null) return 'null';
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return JSON.stringify(value);
    case 'number':
      if (!Number.isFinite(value)) throw new TypeError(`JSON cannot hold the number ${value}`);
      return JSON.stringify(value);
    case 'object':
      return Array.isArray(value)
        ? `[${value.map((member) => (member === undefined ? 'null' : render(member, depth + 1))).join(',')}]`
        : renderObject(value, depth);
    default:
      throw new TypeError(`JSON cannot hold a ${typeof value}`);
  }
}

function renderObject(value: object, depth: number): string {
  const members: string[] = [];
  // The default sort compares UTF-16 code units, which is what RFC 8785 section 3.2.3 asks for.
  for (const key of Object.keys(value).sort()) {
    const member = (value as Record<string, unknown>)[key];
    if (member === undefined) continue;
    members.push(`${JSON.stringify(key)}:${render(member, depth + 1)}`);
  }
  return `{${members.join(',')}}`;
}
