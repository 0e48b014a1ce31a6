/** Reads a request line that stands inside an error message: `GET /a?b HTTP/1.1`. */
import { type RequestTarget, splitTarget } from './request-target.ts';

/** A request line and the parts of its target (RFC 9112, section 3). */
export interface RequestLine extends RequestTarget {
  method: string;
  target: string;
  version: string | undefined;
}

const REQUEST = /^([A-Za-z][A-Za-z_-]{1,31}) (\S.*)$/;
const VERSION = / HTTP\/(\d(?:\.\d)?)$/;

/** Undefined when the text is no request line (TLS bytes, an empty request). */
export function splitRequestLine(text: string): RequestLine | undefined {
  const found = REQUEST.exec(text);
  if (found === null) return undefined;
  const rest = found[2] ?? '';
  const version = VERSION.exec(rest.slice(-12));
  const target = version === null ? rest : rest.slice(0, rest.length - version[0].length);
  return { method: found[1] ?? '', target, version: version?.[1], ...splitTarget(target) };
}
