/**
 * MISP: the attributes of events, of their objects, and of what the search of attributes gives.
 * @see https://www.misp-standard.org/rfc/misp-standard-core.html
 */
import { createLineFinder } from './line-finder.ts';
import type { WrittenIndicator } from './read-indicators.ts';

/** Types whose values are looked for; `a|b` holds two of them. */
const TYPES =
  /^(?:ip-(?:src|dst)|domain|hostname|url|uri|link|md5|sha1|sha256|sha512|user-agent|http-user-agent|ip|email(?:-src|-dst)?)$/;

/** Every attribute whose type is looked for, unless its event says that it is not meant for detection. */
export function* readMisp(value: unknown, text: string): Generator<WrittenIndicator> {
  const lineOf = createLineFinder(text);
  const waiting: unknown[] = [value];
  // In the order of the text: the last one is looked at first.
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (Array.isArray(node)) {
      for (let index = node.length - 1; index >= 0; index -= 1) waiting.push(node[index]);
    } else if (typeof node === 'object' && node !== null) {
      const attribute = node as Record<string, unknown>;
      const { type, value: written, to_ids: isMeant } = attribute;
      if (typeof type === 'string' && typeof written === 'string' && isMeant !== false)
        yield* inAttribute(type, written, lineOf);
      for (const key of ['Attribute', 'Object', 'Event', 'attributes', 'response'].reverse())
        if (Object.hasOwn(attribute, key)) waiting.push(attribute[key]);
    }
  }
}

function* inAttribute(
  type: string,
  written: string,
  lineOf: (text: string) => number,
): Generator<WrittenIndicator> {
  const types = type.split('|');
  const values = types.length > 1 ? written.split('|') : [written];
  if (!types.some((one) => TYPES.test(one))) return;
  const line = lineOf(written);
  for (const [index, one] of types.entries()) {
    const text = values[index];
    if (text === undefined || !TYPES.test(one)) continue;
    yield { kind: one.includes('user-agent') ? 'user-agent' : undefined, text, line };
  }
}
