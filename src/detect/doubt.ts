/** What is less than it seems: findings whose lines fit an innocent act as well as a grave one. */
import type { Finding } from './finding.ts';

/** Fewer failures than these are soon mistyped. */
const LEAST_GUESSES = 10;
/** A person takes longer over a password; microseconds. */
const LEAST_PAUSE_US = 1_500_000;

/** Of what was counted, all but the logins that it led to. */
export const failuresBefore = ({ count, decided = 1 }: Finding): number =>
  Math.max(0, count - decided);

/** A finding that an innocent act explains as well is high at most, and says so. */
export function withDoubt(finding: Finding): Finding {
  if (!mayBeMistyped(finding)) return finding;
  const doubt = `${failuresBefore(finding)} failures of one account, no faster than a person types: its owner may have mistyped`;
  return doubted({ ...finding, doubt });
}

/** Of what is doubted nothing is critical. */
export const doubted = (finding: Finding): Finding =>
  finding.doubt !== undefined && finding.level === 'critical'
    ? { ...finding, level: 'high' }
    : finding;

/**
 * A login after few failures from one address at the pace of a person, of one account; where the address is of the
 * Internet as well: people are there, too.
 */
function mayBeMistyped(finding: Finding): boolean {
  const { rule, entities, atUs, firstUs } = finding;
  const failures = failuresBefore(finding);
  const isGuessed = ['T1110', 'T1078'].every((id) =>
    rule.techniques.some((one) => one.startsWith(id)),
  );
  return (
    isGuessed &&
    finding.doubt === undefined &&
    failures < LEAST_GUESSES &&
    (entities['user.name'] ?? []).length < 2 &&
    (entities['source.ip'] ?? []).length === 1 &&
    atUs !== undefined &&
    firstUs !== undefined &&
    atUs - firstUs >= failures * LEAST_PAUSE_US
  );
}

/** A failure or a login, as its line tells. */
export interface Tried {
  account: string | undefined;
  timeUs: number | undefined;
}

/** A login so soon after its own failure is a second try; microseconds. */
const SECOND_TRY_US = 120_000_000;
/** Failures that led to the first login: with fewer, nothing was counted. */
const FIRST_FAILURES = 6;

/**
 * Why the logins of an address may be those of many people behind it: different accounts, each after a failure of
 * its own, and hardly more failures than logins. Undefined where that is not so: who sprays passwords gets few of many.
 * @param failures the failures that are known, in time order; @param total how many there were
 */
export function officeDoubt(
  failures: readonly Tried[],
  logins: readonly Tried[],
  total: number,
): string | undefined {
  const accounts = new Set(failures.flatMap(({ account }) => account ?? []));
  const entered = new Set(logins.flatMap(({ account }) => account ?? []));
  if (accounts.size < 2 || entered.size === 0 || entered.size < logins.length) return undefined;
  if (total > 2 * logins.length + FIRST_FAILURES - 2) return undefined;
  const tries = new Map<string, number>();
  for (const { account = '' } of failures) tries.set(account, (tries.get(account) ?? 0) + 1);
  const [login] = logins;
  const own = failures.findLast(({ account }) => account === login?.account);
  const isSecondTry =
    own?.timeUs !== undefined &&
    login?.timeUs !== undefined &&
    login.timeUs - own.timeUs <= SECOND_TRY_US;
  const isFewEach = [...tries.values()].every((count) => count <= MOST_MISTYPED);
  return isSecondTry && isFewEach
    ? `${total} failures of ${accounts.size} accounts or more at one address, hardly more than logins: people behind one address may have mistyped`
    : undefined;
}

/** So often somebody mistypes in a row. */
const MOST_MISTYPED = 3;
