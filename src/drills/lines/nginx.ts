/**
 * Lines of nginx 1.22: the `combined` access log and the error log.
 * @see https://nginx.org/en/docs/http/ngx_http_log_module.html
 */
import { accessStamp, errorStamp } from './stamps.ts';

/** What both logs say about one request. */
export interface Exchange {
  ip: string;
  method: string;
  /** Path and query as sent. */
  target: string;
  status: number;
  bytes: number;
  referrer: string;
  agent: string;
}

/** Browsers speak HTTP/2 to the shop, most programs HTTP/1.1. */
const requestOf = (x: Exchange): string =>
  `${x.method} ${x.target} HTTP/${/^Mozilla\/5\.0 \((?!compatible)/.test(x.agent) ? '2.0' : '1.1'}`;

/** One line of the access log. */
export const accessLine = (atMs: number, x: Exchange): string =>
  `${x.ip} - - [${accessStamp(atMs)}] "${requestOf(x)}" ${x.status} ${x.bytes} "${x.referrer}" "${x.agent}"`;

interface ErrorSource {
  level: 'error' | 'crit' | 'warn';
  worker: number;
  connection: number;
  text: string;
  site: string;
  /** Shown as `upstream: "..."`. */
  upstream?: string | undefined;
}

/** One line of the error log that belongs to a request. */
export function errorLine(atMs: number, x: Exchange, e: ErrorSource): string {
  const upstream = e.upstream === undefined ? '' : `, upstream: "${e.upstream}"`;
  const referrer = x.referrer === '-' ? '' : `, referrer: "${x.referrer}"`;
  return (
    `${errorStamp(atMs)} [${e.level}] ${e.worker}#${e.worker}: *${e.connection} ${e.text}, client: ${x.ip}, ` +
    `server: ${e.site}, request: "${requestOf(x)}"${upstream}, host: "${e.site}"${referrer}`
  );
}
