/** A whole answer, with what it says to browsers. */
import type { ServerResponse } from 'node:http';

/** A body with its type and the policy that it asks of browsers. */
export interface Page {
  type: string;
  body: string;
  status?: number;
  policy?: string;
}

/** What goes to every answer. */
export const HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};
/** Text of the server itself. */
export const PLAIN = 'text/plain; charset=utf-8';
/** The policy of what is no page. */
export const NOTHING_RUNS = "default-src 'none'; frame-ancestors 'none'";

const MOST_SENDING_MS = 20_000;

/** Sends it. */
export function write(
  response: ServerResponse,
  { type, body, status = 200, policy = NOTHING_RUNS }: Page,
  further: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, {
    ...{ ...HEADERS, 'content-type': type, 'content-length': Buffer.byteLength(body) },
    'content-security-policy': policy,
    ...further,
  });
  // Who does not read gets no more time than who does not write.
  response.setTimeout(MOST_SENDING_MS, () => response.destroy());
  response.end(body);
}
