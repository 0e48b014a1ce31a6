/** What is counted of a log while its events go by. Pure. */
import type { Event } from '../events/event.ts';

/** Counts of one log. */
export interface Facts {
  path: string;
  format: string;
  lines: number;
  skipped: number;
  events: number;
  levels: Map<string, number>;
  /** Found values by kind, and up to three lines of each, masked. */
  found: Map<string, { count: number; examples: string[] }>;
  loginsOk: number;
  loginsFailed: number;
  denied: number;
  /** Changes of passwords or second factors, and of each. */
  credentials: number;
  passwords: number;
  factors: number;
  permissions: number;
  configuration: number;
  errors: number;
  stacks: number;
  /** Stamps that name their zone, and those that lie after the date of their file, of which nobody can say it. */
  zoned: number;
  late: number;
  fine: number;
  timed: number;
  /** Logins and changes; how many name user and address. */
  acts: number;
  actsWithUser: number;
  fromOutside: number;
  withAddress: number;
  requests: number;
  requestIds: number;
  injected: { count: number; example: string | undefined };
  lastUs: number | undefined;
  firstUs: number | undefined;
  longestGapUs: number;
  skew: string | undefined;
}

/** Of a log of which nothing was read yet. */
export const noFacts = (path: string): Facts => ({
  ...{ path, format: '', lines: 0, skipped: 0, events: 0, levels: new Map(), found: new Map() },
  ...{
    loginsOk: 0,
    loginsFailed: 0,
    denied: 0,
    credentials: 0,
    passwords: 0,
    factors: 0,
    permissions: 0,
    configuration: 0,
  },
  ...{ errors: 0, stacks: 0, zoned: 0, late: 0, fine: 0, timed: 0, acts: 0, actsWithUser: 0 },
  ...{
    fromOutside: 0,
    withAddress: 0,
    requests: 0,
    requestIds: 0,
    injected: { count: 0, example: undefined },
  },
  ...{ lastUs: undefined, firstUs: undefined, longestGapUs: 0, skew: undefined },
});

const PASSWORDS = /password.*(?:chang|reset|set)|(?:chang|reset|set).*password/i;
const FACTOR =
  '(?:(?:^|[^a-z])(?:mfa|[th]?otp|2fa)(?:[^a-z]|$)|(?:two|second|multi)[ _-]?factor|authenticator)';
const CHANGE = '(?:chang|reset|set|enabl|disabl|add|remov|delet|enroll|regist|activat)';
const FACTORS = new RegExp(`${FACTOR}.*${CHANGE}|${CHANGE}.*${FACTOR}`, 'i');
const PERMISSIONS =
  /user_(?:added|created|deleted|modified)|group|role|permission|privilege|policy|grant|authz_admin|account_/i;
const CONFIGURATION = /config|setting|start|stop|reload|boot|shutdown|sys_/i;
const STACK = /\n\s+at |Traceback \(most recent|"stack"|stack_trace|\bat [\w.$<>]+\([^)]{1,200}\)/;
const REQUEST_ID = /request[_-]?id|trace[_.-]?id|correlation[_-]?id|x-request-id|traceparent/i;
/** An escape, a backspace, or an encoded end of line with something like a stamp or a level behind it. */
const INJECTED =
  /[\u0000-\u0008\u001b]|%0[ad](?:%0a)?(?:[A-Z][a-z]{2}(?:%20|\+| )\d|\d{4}-\d\d|\[|ERROR|INFO|WARN)|\\[rn](?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:)/i;

/** Counts an event. @param raw all its lines @param found what the detectors found in them @param masked the same lines, safe to show */
export function addEvent(
  facts: Facts,
  event: Event,
  raw: string,
  found: readonly string[],
  masked: () => string,
): void {
  const fields = event as unknown as Readonly<Record<string, unknown>>;
  facts.events += 1;
  for (const kind of found) {
    const known = facts.found.get(kind) ?? { count: 0, examples: [] };
    known.count += 1;
    if (known.examples.length < 3) known.examples.push(masked().slice(0, 300));
    facts.found.set(kind, known);
  }
  const level = fields['log.level'];
  if (typeof level === 'string')
    facts.levels.set(level.toLowerCase(), (facts.levels.get(level.toLowerCase()) ?? 0) + 1);
  if (INJECTED.test(raw)) {
    facts.injected.count += 1;
    facts.injected.example ??= masked().slice(0, 300);
  }
  addTime(facts, event);
  addActs(facts, fields, raw, typeof level === 'string' ? level : '');
}

function addTime(facts: Facts, { timeUs, timeConfidence }: Event): void {
  if (timeUs === undefined) return;
  facts.timed += 1;
  if (timeConfidence === 'exact') facts.zoned += 1;
  if (timeConfidence === 'after-file-date') facts.late += 1;
  if (timeUs % 1_000_000 !== 0) facts.fine += 1;
  facts.firstUs ??= timeUs;
  if (facts.lastUs !== undefined)
    facts.longestGapUs = Math.max(facts.longestGapUs, timeUs - facts.lastUs);
  facts.lastUs = Math.max(facts.lastUs ?? timeUs, timeUs);
}

function addActs(
  facts: Facts,
  fields: Readonly<Record<string, unknown>>,
  raw: string,
  level: string,
): void {
  const categories = Array.isArray(fields['event.category'])
    ? (fields['event.category'] as string[])
    : [];
  const action = String(fields['event.action'] ?? '');
  const said = `${action} ${String(fields['message'] ?? '').slice(0, 200)}`;
  const outcome = fields['event.outcome'];
  const hasAddress = fields['source.ip'] !== undefined || fields['source.address'] !== undefined;
  const isLogin = categories.includes('authentication') && outcome !== undefined;
  const isChange = categories.includes('iam');
  if (isLogin && outcome === 'success') facts.loginsOk += 1;
  if (isLogin && outcome === 'failure') facts.loginsFailed += 1;
  if (isLogin || isChange) {
    facts.acts += 1;
    if (fields['user.name'] !== undefined || fields['user.id'] !== undefined)
      facts.actsWithUser += 1;
  }
  const status = fields['http.response.status_code'];
  const isRequest = status !== undefined || fields['http.request.method'] !== undefined;
  if (isRequest || isLogin) {
    facts.fromOutside += 1;
    if (hasAddress) facts.withAddress += 1;
  }
  if (isRequest) {
    facts.requests += 1;
    if (fields['http.request.id'] !== undefined || REQUEST_ID.test(raw)) facts.requestIds += 1;
  }
  if (status === 401 || status === 403 || /denied|refused|forbidden|authz_fail/i.test(said))
    facts.denied += 1;
  const isPassword = PASSWORDS.test(said);
  const isFactor = FACTORS.test(said);
  if (isPassword) facts.passwords += 1;
  if (isFactor) facts.factors += 1;
  if (isPassword || isFactor) facts.credentials += 1;
  if (isChange || PERMISSIONS.test(action)) facts.permissions += 1;
  if (categories.includes('configuration') || CONFIGURATION.test(action)) facts.configuration += 1;
  if (/^(?:err|crit|alert|emerg|fatal|severe)/i.test(level)) {
    facts.errors += 1;
    if (STACK.test(raw) || fields['error.stack_trace'] !== undefined) facts.stacks += 1;
  }
}
