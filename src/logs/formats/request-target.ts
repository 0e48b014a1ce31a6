/** Takes the target of an HTTP request apart: path, query, extension, and what an absolute URL adds. */

/** The parts of a target, as they are written: nothing is decoded. */
export interface RequestTarget {
  path: string | undefined;
  query: string | undefined;
  extension: string | undefined;
  /** Set for absolute URLs and CONNECT. */
  scheme: string | undefined;
  domain: string | undefined;
  port: number | undefined;
}

/** The parts of a request without target. */
export const NO_TARGET: RequestTarget = Object.freeze({
  path: undefined,
  query: undefined,
  extension: undefined,
  scheme: undefined,
  domain: undefined,
  port: undefined,
});

const ABSOLUTE = /^([A-Za-z][A-Za-z0-9+.-]{0,15}):\/\/([^/?#]{1,255})/;
const AUTHORITY = /^([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\]):(\d{1,5})$/;

/** Splits a request target as the log has it; nothing is decoded. */
export function splitTarget(target: string): RequestTarget {
  if (target.charCodeAt(0) === 47) return splitPath(target, undefined, undefined, undefined);
  const absolute = ABSOLUTE.exec(target);
  if (absolute !== null) {
    const host = splitHost((absolute[2] ?? '').replace(/^[^@]*@/, ''));
    const rest = target.slice(absolute[0].length);
    return splitPath(rest === '' ? '/' : rest, absolute[1]?.toLowerCase(), host.domain, host.port);
  }
  const authority = AUTHORITY.exec(target);
  if (authority !== null) {
    const host = splitHost(target);
    return { path: undefined, query: undefined, extension: undefined, scheme: undefined, ...host };
  }
  return splitPath(target, undefined, undefined, undefined);
}

/** `www.example.com:8443`, `[2001:db8::1]:443` or a bare host. */
export function splitHost(host: string): { domain: string; port: number | undefined } {
  const authority = AUTHORITY.exec(host);
  const name = authority?.[1] ?? host;
  const port = authority === null ? undefined : Number(authority[2]);
  return { domain: name.startsWith('[') ? name.slice(1, name.length - 1) : name, port };
}

function splitPath(
  target: string,
  scheme: string | undefined,
  domain: string | undefined,
  port: number | undefined,
): RequestTarget {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 || mark + 1 === target.length ? undefined : target.slice(mark + 1);
  return { path, query, extension: extensionOf(path), scheme, domain, port };
}

const MAX_EXTENSION = 12;

/** `php` of `/a/b.php`; undefined when the last segment has none. Case is kept. */
function extensionOf(path: string): string | undefined {
  const dot = path.lastIndexOf('.');
  if (dot < 0 || dot === path.length - 1 || path.length - dot - 1 > MAX_EXTENSION) return undefined;
  for (let at = dot + 1; at < path.length; at++) {
    const code = path.charCodeAt(at) | 32;
    if (!((code >= 97 && code <= 122) || (code >= 48 && code <= 57))) return undefined;
  }
  return path.slice(dot + 1);
}
