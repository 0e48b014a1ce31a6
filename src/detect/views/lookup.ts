/** A request as Log4j reads it: the lookups inside of a lookup resolved, so that `${jndi:` stands there. */

const INNERMOST = /\$\{([^${}]{0,200})\}/g;
/** Lookups nest; each round resolves the innermost ones. */
const ROUNDS = 12;

/** The text, and where it is another one the text with its lookups resolved, up to `ROUNDS` deep. */
export function lookupForms(text: string): string[] {
  if (!text.includes('${')) return [text];
  let current = text;
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = current.replace(INNERMOST, (whole, inner: string) => resolve(inner) ?? whole);
    if (next === current) break;
    current = next;
  }
  return current === text ? [text] : [text, current];
}

/** What a lookup becomes; undefined for those that are left alone. */
function resolve(inner: string): string | undefined {
  const fallback = inner.indexOf(':-');
  if (fallback >= 0) return inner.slice(fallback + 2);
  const colon = inner.indexOf(':');
  if (colon < 0) return undefined;
  const value = inner.slice(colon + 1);
  switch (inner.slice(0, colon).trim().toLowerCase()) {
    case 'lower':
    case 'upper':
      return value;
    case 'date':
      return value.replaceAll("'", '');
    case 'base64':
      return Buffer.from(value, 'base64').toString('latin1');
    default:
      return undefined;
  }
}
