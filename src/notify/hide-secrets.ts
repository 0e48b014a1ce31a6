/** Takes secrets out of a text before anybody sees it. */

/** As they are, and as they stand in addresses, JSON and base64. */
const forms = (secret: string): string[] => [
  secret,
  ...urlParts(secret),
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret, 'utf8').toString('base64'),
];

/** Of an address that is a secret, the path and its parts are: the other side may say them alone. */
function urlParts(secret: string): string[] {
  if (!/^https?:/i.test(secret) || !URL.canParse(secret)) return [];
  const { pathname, search } = new URL(secret);
  const parts = [...pathname.split('/'), ...search.slice(1).split(/[&=]/)].filter(
    (part) => part.length > 6,
  );
  const plain = parts.map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return [...parts, ...plain, ...plain.map((part) => JSON.stringify(part).slice(1, -1))];
}

/** The text with `***` in place of every secret, however it is written. */
export function hideSecrets(text: string, secrets: Iterable<string>): string {
  const all = [...new Set([...secrets].filter((one) => one.length > 2).flatMap(forms))];
  // The longer first: a secret may begin with another.
  all.sort((a, b) => b.length - a.length);
  return all.reduce((shown, secret) => shown.replaceAll(secret, '***'), text);
}

/** Scheme and host: the rest of an address may be the secret. */
export function hideUrl(text: string): string {
  if (!URL.canParse(text)) return '***';
  const { protocol, host, pathname, search } = new URL(text);
  return `${protocol}//${host}${pathname === '/' && search === '' ? '/' : '/***'}`;
}
