/** The headline of a story: what was broken into, or may have been. */
import type { Fact } from './fact.ts';

/** What administrators do every day: rights given to accounts, and accounts made. */
const ADMINISTRATION = ['T1098', 'T1136'];

const isAdministration = (facts: readonly Fact[]): boolean =>
  facts.every(({ finding: { rule } }) =>
    rule.techniques.every((id) => ADMINISTRATION.some((one) => id.startsWith(one))),
  );

/**
 * `web01 was broken into`; where an innocent act explains all that says so as well, `may have been`.
 * Where nobody is seen to get in, what was done may be an administrator's own work: that is said, not judged.
 */
export function titleOf(
  targets: readonly string[],
  facts: readonly Fact[],
  isEntrySeen: boolean,
): string {
  const last = targets.at(-1);
  const named = targets.length > 1 ? `${targets.slice(0, -1).join(', ')} and ${last}` : last;
  if (!isEntrySeen) {
    const acts = isAdministration(facts)
      ? "rights or accounts given: an administrator's work, or an intruder's"
      : 'acts as of an intruder';
    return `No break-in seen${named === undefined ? '' : ` on ${named}`}, but ${acts}`;
  }
  const inside = facts.filter(({ isInside }) => isInside);
  const isDoubtful =
    inside.length > 0 && inside.every(({ finding }) => finding.doubt !== undefined);
  if (named === undefined) return isDoubtful ? 'Somebody may have got in' : 'Somebody got in';
  const verb = isDoubtful ? 'may have been' : targets.length > 1 ? 'were' : 'was';
  return `${named} ${verb} broken into`;
}
