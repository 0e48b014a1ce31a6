/** The shop's front: nginx, with PHP for the old returns form and the application behind it. */
import { accessLine, type Exchange, errorLine } from './lines/nginx.ts';
import type { Mark } from './log-writer.ts';
import type { World } from './world.ts';

/** One request as it reaches the server. What is left out follows from the rest. */
export interface WebRequest {
  ip: string;
  agent: string;
  target: string;
  method?: string | undefined;
  status?: number | undefined;
  bytes?: number | undefined;
  referrer?: string | undefined;
  /** Text of the error log, when there is something to say. */
  error?: string | undefined;
  /** The application fails with this message. */
  failure?: string | undefined;
  /** A line of the shop's own: what the request meant. */
  event?: Readonly<Record<string, unknown>> | undefined;
  mark?: Mark | undefined;
}

type Route = 'asset' | 'hidden' | 'php' | 'application';

function routeOf(target: string): Route {
  const path = target.split('?', 1)[0] ?? target;
  if (/\/\.(?!well-known)/.test(path)) return 'hidden';
  if (/\.php$/.test(path)) return 'php';
  if (
    /^\/(assets|img|media|\.well-known)\/|^\/(favicon\.ico|robots\.txt)$|\.(zip|gz|tgz|sql|bak|old)$/.test(
      path,
    )
  ) {
    return 'asset';
  }
  return 'application';
}

/** Answers a request and writes what each log says about it. */
export function serve(world: World, request: WebRequest): void {
  const route = routeOf(request.target);
  const status = request.status ?? (route === 'hidden' ? 403 : 200);
  const x: Exchange = {
    ip: request.ip,
    method: request.method ?? 'GET',
    target: request.target,
    status,
    bytes: request.bytes ?? bodySize(world, route, status),
    referrer: request.referrer ?? '-',
    agent: request.agent,
  };
  const nowMs = world.schedule.nowMs;
  world.counters.connection += 1;
  logError(world, x, route, request);
  if (route === 'application') logApplication(world, x, request);
  world.write('access', accessLine(nowMs, x), request.mark);
}

function bodySize(world: World, route: Route, status: number): number {
  if (status === 304 || status === 204) return 0;
  if (status === 301 || status === 302) return 31;
  if (status === 403) return 153;
  if (status === 404) return route === 'application' ? 1874 : 153;
  if (status >= 400) return 312;
  return world.machine.int(4_200, 19_800);
}

function logError(world: World, x: Exchange, route: Route, request: WebRequest): void {
  const { host, site, application } = world.scenario;
  const cause = request.error ?? usualError(x, route);
  if (cause === undefined) return;
  const upstreams: Partial<Record<Route, string>> = {
    php: `fastcgi://unix:${host.phpSocket}:`,
    application: `${application.upstream}${x.target}`,
  };
  const line = errorLine(world.schedule.nowMs, x, {
    level: 'error',
    worker: host.webWorker,
    connection: world.counters.connection,
    text: cause,
    site,
    upstream: upstreams[route],
  });
  world.write('error', line, request.mark);
}

/** What nginx writes without being told: forbidden and missing files. */
function usualError(x: Exchange, route: Route): string | undefined {
  const path = x.target.split('?', 1)[0] ?? x.target;
  if (route === 'hidden' && x.status === 403) return 'access forbidden by rule';
  if (x.status !== 404) return undefined;
  if (route === 'asset') {
    return `open() "/var/www/shop/public${path}" failed (2: No such file or directory)`;
  }
  if (route === 'php') {
    return 'FastCGI sent in stderr: "Primary script unknown" while reading response header from upstream';
  }
  return undefined;
}

const LEVELS = { info: 30, warn: 40, error: 50 } as const;

/** Lines of the application, written by pino: an event or an error of its own, then the request. */
function logApplication(world: World, x: Exchange, request: WebRequest): void {
  const id = `req-${(world.counters.request++).toString(36)}`;
  if (request.event !== undefined) {
    const { level = LEVELS.info, ...rest } = request.event;
    logEntry(world, { level: Number(level), reqId: id, ip: x.ip, ...rest }, request.mark);
  }
  if (request.failure !== undefined) {
    const stack = `DatabaseError: ${request.failure}\n    at Parser.parseErrorMessage (/srv/shop/node_modules/pg-protocol/dist/parser.js:283:98)\n    at searchProducts (/srv/shop/src/catalogue/search.js:41:17)`;
    const err = { type: 'DatabaseError', message: request.failure, stack };
    logEntry(world, { level: LEVELS.error, reqId: id, err, msg: 'query failed' }, request.mark);
  }
  const req = { id, method: x.method, url: x.target, remoteAddress: x.ip };
  const level = x.status >= 500 ? LEVELS.error : LEVELS.info;
  const responseTime = x.status === 504 ? 60_001 : world.machine.int(3, 180);
  const msg = x.status >= 500 ? 'request errored' : 'request completed';
  logEntry(world, { level, req, res: { statusCode: x.status }, responseTime, msg }, request.mark);
}

/** One line of the application log. */
export function logEntry(
  world: World,
  fields: Readonly<Record<string, unknown>> & { level: number },
  mark?: Mark,
): void {
  const { level, ...rest } = fields;
  const { name, pid } = world.scenario.application;
  const line = { level, time: world.schedule.nowMs, pid, hostname: name, ...rest };
  world.write('app', JSON.stringify(line), mark);
}
