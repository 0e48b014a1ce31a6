/** The headline of a story: what was broken into, or may have been. */
import { failuresBefore } from './clause.ts';
import type { Fact } from './fact.ts';

/**
 * `web01 was broken into`; where nothing but a login after few failures from within says so, `may have been`.
 * Where nobody is seen to get in, what was done may be an administrator's own work: that is said, not judged.
 */
export function titleOf(
  targets: readonly string[],
  facts: readonly Fact[],
  isEntrySeen: boolean,
): string {
  const last = targets.at(-1);
  const named = targets.length > 1 ? `${targets.slice(0, -1).join(', ')} and ${last}` : last;
  if (!isEntrySeen)
    return `No break-in seen${named === undefined ? '' : ` on ${named}`}, but acts as of an intruder`;
  const inside = facts.filter(({ isInside }) => isInside);
  const isDoubtful = inside.length > 0 && inside.every(mayBeMistyped);
  if (named === undefined) return isDoubtful ? 'Somebody may have got in' : 'Somebody got in';
  const verb = isDoubtful ? 'may have been' : targets.length > 1 ? 'were' : 'was';
  return `${named} ${verb} broken into`;
}

/** Fewer failures than these are soon mistyped. */
const LEAST_GUESSES = 10;
/** Addresses that no stranger has: RFC 1918, RFC 4193, link-local, the machine itself. */
const INTERNAL =
  /^(?:::ffff:)?(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)|^(?:f[cd][\da-f]{2}|fe80):|^::1$/i;

/** A login of one account after few failures from an internal address: its owner may have mistyped. */
const mayBeMistyped = ({ finding, addresses }: Fact): boolean =>
  finding.rule.techniques.some((id) => id.startsWith('T1110')) &&
  finding.rule.techniques.some((id) => id.startsWith('T1078')) &&
  failuresBefore(finding) < LEAST_GUESSES &&
  (finding.entities['user.name'] ?? []).length < 2 &&
  addresses.length > 0 &&
  addresses.every((address) => INTERNAL.test(address));
