/** What is less than it seems: findings whose lines fit an innocent act as well as a grave one. */
import type { Finding } from './finding.ts';

/** Fewer failures than these are soon mistyped. */
const LEAST_GUESSES = 10;
/** A person takes longer over a password; microseconds. */
const LEAST_PAUSE_US = 1_500_000;
/** Addresses that no stranger has: RFC 1918, RFC 4193, link-local, the machine itself. */
const INTERNAL =
  /^(?:::ffff:)?(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|^(?:f[cd][\da-f]{2}|fe80):|^::1$/i;

/** Of what was counted, all but the logins that it led to. */
export const failuresBefore = ({ count, decided = 1 }: Finding): number =>
  Math.max(0, count - decided);

/** A finding that an innocent act explains as well is high at most, and says so. */
export function withDoubt(finding: Finding): Finding {
  if (!mayBeMistyped(finding)) return finding;
  const level = finding.level === 'critical' ? 'high' : finding.level;
  const doubt = `${failuresBefore(finding)} failures of one account from an internal address, no faster than a person types: its owner may have mistyped`;
  return { ...finding, level, doubt };
}

/** A login of one account after few failures from an internal address, at the pace of a person. */
function mayBeMistyped(finding: Finding): boolean {
  const { rule, entities, atUs, firstUs } = finding;
  const failures = failuresBefore(finding);
  const isGuessed = ['T1110', 'T1078'].every((id) =>
    rule.techniques.some((one) => one.startsWith(id)),
  );
  const addresses = entities['source.ip'] ?? [];
  return (
    isGuessed &&
    failures < LEAST_GUESSES &&
    (entities['user.name'] ?? []).length < 2 &&
    addresses.length === 1 &&
    addresses.every((address) => INTERNAL.test(address)) &&
    atUs !== undefined &&
    firstUs !== undefined &&
    atUs - firstUs >= failures * LEAST_PAUSE_US
  );
}
