/** Tells from an application's words whether they report a login, and how it ended. */

import { readIp } from '../../events/address.ts';

/** A login as a text tells it. */
export interface LoginReport {
  outcome: 'success' | 'failure';
  /** The account, when the text names it. */
  user: string | undefined;
  /** The address it came from, when the text names it. */
  address: string | undefined;
}

/** Application messages say it early; the rest may be anything. */
const MAX_TEXT = 400;

const LOGIN = '(?:log ?in|log ?on|sign ?in|authentication)';
/** What may stand between "login" and its end: more, and a failed login page would be a failed login. */
const ABOUT =
  '(?: (?:attempt|request|event|try))?(?: (?:for|of|by|as|from|with|via) (?:user |account )?\\S{1,64}(?: \\S{1,64}){0,2}?(?: from(?: [0-9a-f]{1,4}){1,8})?|(?: from(?: [0-9a-f]{1,4}){1,24}(?: for (?:user )?\\S{1,64})?))?(?: (?:has|was|is))?(?: been)?';
const KIND = '(?: (?:user|admin|web|ssh|ldap|sso|api|console|password|http|basic|remote|to))?';
const BAD =
  '(?:failed|failure|fail|denied|rejected|refused|unsuccessful|blocked|throttled|rate limited)';
const GOOD = '(?:succeeded|success|successful|successfully|accepted|ok)';

const FAILURES = [
  new RegExp(`\\b${LOGIN}${ABOUT} (?:${BAD}|invalid)\\b`),
  /\b(?:log ?in|sign ?in|auth|authentication) (?:error|fail(?:ed|ure)?|denied|rejected)\b/,
  new RegExp(
    `\\b(?:failed|failure|invalid|unsuccessful|rejected|denied|incorrect|bad)${KIND} (?:${LOGIN}|auth|authenticate)\\b(?! (?:page|form|service|server|url|route|view|screen|token|module|config))`,
  ),
  /\b(?:invalid|wrong|incorrect|bad) (?:user ?name or password|user or password|user ?name password|email or password|username|credentials?|password)\b/,
  /\bauthentication credentials (?:were )?(?:invalid|not valid|rejected)\b/,
  /\bpassword (?:mismatch|incorrect|is incorrect|does not match|check failed)\b/,
  /\b(?:could|can) ?not authenticate\b|\bunable to authenticate\b/,
  /\bfailed to validate (?:user )?credentials\b/,
  // The second step of a login.
  /\b(?:invalid|wrong|incorrect|bad) (?:totp|otp|2fa|mfa|two factor|second factor|one time|verification|recovery) (?:code|token|passcode|password)\b/,
  /\b(?:totp|otp|2fa|mfa|two factor|second factor)(?: (?:code|token|authentication|check|login))?(?: (?:is|was))? (?:invalid|failed|failure|incorrect|denied|rejected)\b/,
  /\binvalid (?:admin token|token provided for user)\b/,
];
const SUCCESSES = [
  new RegExp(`\\b${LOGIN}${ABOUT} ${GOOD}\\b`),
  /\bauth (?:succeeded|success|ok)\b/,
  new RegExp(`\\b(?:successful|successfully)${KIND} ${LOGIN}\\b`),
  /\b(?:logged|signed) (?:in|on)\b/,
  /\b(?:successfully|has been|was) authenticated\b|\bauthenticated successfully\b/,
  /\buser (?:\S{1,64} )?authenticated\b/,
];
const NOT_YET =
  /\bnot (?:logged|signed|authenticated)\b|\b(?:must|need|please|required?|should|before|until|if)\b/;

/**
 * Reads a message (`Failed login for user eve from 192.0.2.7`) or an event name (`user.loginFailed`).
 * Undefined unless the text clearly reports the end of a login attempt.
 */
export function readLogin(text: string): LoginReport | undefined {
  const head = text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text;
  // Most messages mention none of these; the words below are costly to try on each.
  if (!/log|sign|auth|passw|credential|totp|2fa|mfa|factor|token/i.test(head)) return undefined;
  const words = head
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9@\\]+/g, ' ');
  const outcome = outcomeOf(words);
  if (outcome === undefined) return undefined;
  return { outcome, user: userIn(head), address: addressIn(head) };
}

function outcomeOf(words: string): LoginReport['outcome'] | undefined {
  if (FAILURES.some((pattern) => pattern.test(words))) return 'failure';
  if (NOT_YET.test(words)) return undefined;
  return SUCCESSES.some((pattern) => pattern.test(words)) ? 'success' : undefined;
}

const NAMED_USER =
  /\b(?:user ?name|user)(?:\s{0,2}[=:]\s{0,2}|\s(?!credentials?\b))["'`<]?([^\s"'`<>,;()]{1,128})/i;
/** `user="jo smith"`: quoted, a name may have blanks. */
const QUOTED_USER =
  /\b(?:user ?name|user|account|login|email|uname)\s{0,2}[=:]\s{0,2}(?:"([^"]{1,128})"|'([^']{1,128})')/i;
const LABELLED = /\b(?:account|login|email|uname)\s{0,2}[=:]\s{0,2}["'`<]?([^\s"'`<>,;()]{1,128})/i;
/** `Login failed: eve (Remote IP: ...)` */
const AFTER_RESULT =
  /\b(?:failed|failure|succeeded|successful): ["'`]?([^\s"'`<>,;():]{1,128})["'`]?(?: \(|$)/i;
const FOR_USER = /\b(?:for|by|of)\s(?:user\s|account\s)?["'`<]?([^\s"'`<>,;()]{1,128})/i;
const USER_BEFORE =
  /^["'`]?([\w.@\\+-]{1,128})["'`]? (?:(?:has )?(?:successfully )?(?:logged|signed) in\b|(?:(?:\d{1,3}\.){3}\d{1,3} )?failed to (?:log|sign) ?in\b)/i;
/** Words that follow "user" or "for" without being a name. */
const NO_NAME =
  /^(?:-+|failed|failure|login|logon|logged|signed|authentication|authenticated|not|is|was|has|with|from|in|at|on|and|or|for|user|account|id|password|credentials?|invalid|successful|successfully|success|unknown|succeeded|error|the|a|ip|address|host|request|names?|agent|does|did|do|can|cannot|could|will|would|should|must|may|exists?|no|any|this)$/i;

function userIn(text: string): string | undefined {
  for (const pattern of [
    ...[QUOTED_USER, NAMED_USER, LABELLED, FOR_USER],
    ...[USER_BEFORE, AFTER_RESULT],
  ]) {
    const found = pattern.exec(text);
    const name = (found?.[1] ?? found?.[2])?.replace(/[.:]+$/, '');
    if (name !== undefined && name !== '' && !NO_NAME.test(name) && !isAddressText(name))
      return name;
  }
  return undefined;
}

const ADDRESS =
  /(?<![\w.]|[\da-f]:)(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?:(?:\.\d{1,3}){3})?)(?=$|[\s,;:)\]"'`>]|\.(?:["'`)\s]|$))/gi;
/** Words before the address of the one who logs in. */
const FROM_WORD =
  /(?:\bfrom|\bip(?:[ _]?addr(?:ess)?)?|\baddr(?:ess)?|\bclient|\bhost|\bremote)\W{0,4}$/i;

const isAddressText = (text: string): boolean => /^(?:\d{1,3}\.){3}\d{1,3}$/.test(text);

/**
 * The address that the words call the source, else any. Of several the last: a name in front of it may be an address.
 * A clock has colons, too: only what is an address is one.
 */
function addressIn(text: string): string | undefined {
  let best: string | undefined;
  let isBestNamed = false;
  for (const found of text.matchAll(ADDRESS)) {
    const ip = readIp(found[0]);
    if (ip === undefined) continue;
    const isNamed = FROM_WORD.test(text.slice(Math.max(0, found.index - 16), found.index));
    if (isBestNamed && !isNamed) continue;
    best = ip;
    isBestNamed = isNamed;
  }
  return best;
}
