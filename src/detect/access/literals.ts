/**
 * For access logs: which literals to look for in which field. A rule on the request need not be tried
 * because its literal stands in the user agent.
 */
import type { CompiledRule } from '../../sigma/compiled-rule.ts';
import {
  createLiteralIndex,
  HEADER_VIEW,
  type LiteralIndex,
  NUMBER_FIELD,
  TARGET_VIEW,
} from '../rule-bucket.ts';

export interface AccessLiterals {
  request: LiteralIndex;
  agent: LiteralIndex;
  referrer: LiteralIndex;
  user: LiteralIndex;
  /** Rules with keywords, or with a field that lies elsewhere: their literals are looked for in the whole line. */
  other: { index: LiteralIndex; rules: readonly number[] };
}

const either = (one: RegExp, other: RegExp): RegExp =>
  new RegExp(`${one.source}|${other.source}`, 'i');

const REQUEST_FIELD = either(
  /^(?:cs-uri|c-uri|cs-method|url\.(?:original|path|query|extension)$|http\.request\.method$)/,
  TARGET_VIEW,
);
const AGENT_FIELD = either(
  /^(?:cs-user-agent|c-useragent|c-user-agent|cs\(user-agent\)|user_agent\.|useragent)/,
  HEADER_VIEW,
);
const USER_FIELD = either(/^(?:cs-username|user\.name$)/, HEADER_VIEW);
const REFERRER_FIELD = either(
  /^(?:cs-referr?er|cs\(referr?er\)|http\.request\.referrer)/,
  HEADER_VIEW,
);
/** Sorts the rules by the fields that they read. */
export function accessLiterals(
  rules: readonly CompiledRule[],
  chosen: readonly number[],
): AccessLiterals {
  const request: number[] = [];
  const agent: number[] = [];
  const referrer: number[] = [];
  const user: number[] = [];
  const other: number[] = [];
  for (const index of chosen) {
    const { fields, literals, readsLine } = rules[index] as CompiledRule;
    if (literals === undefined) continue;
    const texts = fields.filter((field) => !NUMBER_FIELD.test(field));
    const isKnown = (field: string): boolean =>
      [REQUEST_FIELD, AGENT_FIELD, REFERRER_FIELD, USER_FIELD].some((known) => known.test(field));
    if (readsLine || texts.length === 0 || !texts.every(isKnown)) other.push(index);
    if (texts.some((field) => REQUEST_FIELD.test(field))) request.push(index);
    if (texts.some((field) => AGENT_FIELD.test(field))) agent.push(index);
    if (texts.some((field) => REFERRER_FIELD.test(field))) referrer.push(index);
    if (texts.some((field) => USER_FIELD.test(field))) user.push(index);
  }
  return {
    request: createLiteralIndex(rules, request),
    agent: createLiteralIndex(rules, agent),
    referrer: createLiteralIndex(rules, referrer),
    user: createLiteralIndex(rules, user),
    other: { index: createLiteralIndex(rules, other), rules: other },
  };
}
