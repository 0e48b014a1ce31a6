/**
 * ModSecurity and Coraza alerts as they stand in error logs: a sentence, then `[key "value"]`.
 * @see https://github.com/owasp-modsecurity/ModSecurity/wiki/ModSecurity-2-Data-Formats
 */

/** The parts of an alert, with its ECS words. */
export interface ModSecurityAlert {
  /** What the engine did, such as `Access denied with code 403 (phase 2)`. */
  summary: string;
  isDenied: boolean;
  ruleId: string | undefined;
  ruleMessage: string | undefined;
  severity: string | undefined;
  uri: string | undefined;
  hostname: string | undefined;
  client: string | undefined;
  category: readonly string[];
  type: readonly string[];
  outcome: 'failure' | undefined;
}

const MARK = /(?:ModSecurity|Coraza): /;
// Values escape their quotes, so an attacker's `[uri "x"]` inside a value stays inside it.
const PAIR = /\[([a-z_]{1,24}) "((?:[^"\\]|\\.)*)"\]/g;
const CLIENT = /\[client "?([^\]\s"]{1,64})"?\]/;
const INTRUSION = Object.freeze(['web', 'intrusion_detection']);
const DENIED = Object.freeze(['access', 'denied']);
const INFO = Object.freeze(['info']);
const MAX_SUMMARY = 512;

/** Undefined when the message is not ModSecurity's. */
export function readModSecurity(message: string): ModSecurityAlert | undefined {
  const mark = MARK.exec(message.slice(0, MAX_SUMMARY));
  if (mark === null) return undefined;
  const text = message.slice(mark.index + mark[0].length);
  const pairs = new Map<string, string>();
  for (const found of text.matchAll(PAIR)) {
    const key = found[1] ?? '';
    if (!pairs.has(key)) pairs.set(key, found[2] ?? '');
  }
  const firstPair = text.search(/ \[[a-z_]{1,24} "/);
  const sentence = (firstPair < 0 ? text : text.slice(0, firstPair)).slice(0, MAX_SUMMARY).trim();
  const summary = sentence === '' ? (pairs.get('msg') ?? 'alert') : sentence;
  const isDenied = summary.startsWith('Access denied');
  return {
    summary,
    isDenied,
    category: INTRUSION,
    type: isDenied ? DENIED : INFO,
    outcome: isDenied ? 'failure' : undefined,
    ruleId: pairs.get('id'),
    ruleMessage: pairs.get('msg'),
    severity: pairs.get('severity')?.toLowerCase(),
    uri: pairs.get('uri'),
    hostname: pairs.get('hostname'),
    client: CLIENT.exec(message.slice(0, mark.index))?.[1] ?? pairs.get('client'),
  };
}
