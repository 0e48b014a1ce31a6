/** Why a run has no event at all: "no findings" must not look like a clean bill of health where nothing was read. */
import { rfc3339 } from '../events/rfc3339.ts';
import { STDIN_PATH } from '../logs/walk.ts';
import { NO_RULES } from './choose-rules.ts';
import type { FileAccount, PathProblem } from './finding.ts';
import { type AnalyseOptions, openSession, type Session } from './session.ts';
import { addTotals, createTotals, type Totals } from './totals.ts';

/** What a run without an event came to. */
interface Outcome {
  files: readonly FileAccount[];
  unread: readonly PathProblem[];
}

/** Paths that could not be read, in whole or in part: those that end a run with exit 4. */
export function unreadOf(session: Session, accounts: readonly FileAccount[]): PathProblem[] {
  // The accounts of files that were opened come first.
  const opened = accounts.slice(0, session.files.length);
  return [
    ...session.problems.flatMap(({ path, reason, isFailure }) =>
      isFailure ? [{ path, problem: reason }] : [],
    ),
    ...opened.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ path, problem }])),
  ];
}

/**
 * The reason in a sentence part, such as `the logs end at ..., before --since ...`. Call when there was no event.
 * @param isOfRules were only the events of the rules that were named wanted?
 */
export async function whyNothing(
  paths: readonly string[],
  options: AnalyseOptions,
  { files, unread }: Outcome,
  isOfRules = false,
): Promise<string> {
  const read = files.filter(({ lines }) => lines > 0);
  if (read.length === 0) {
    if (unread.length > 0) return 'no file could be read';
    const left = files.filter(({ problem }) => problem !== undefined);
    if (files.length === 0) return `no file was read: there is none in ${paths.join(', ')}`;
    const [first] = left;
    if (first === undefined || left.length < files.length) return 'what was read is empty';
    return left.length === 1
      ? `no file was read: ${first.path}: ${first.problem}`
      : `no file was read: none of ${left.length} is a log`;
  }
  if (read.every(({ parsed }) => parsed === 0)) {
    return `no line of the ${amount(read.length, 'file')} read is of a known format`;
  }
  const { ruleNames, filter } = options;
  const { sinceUs, untilUs, entities, grep, where } = filter;
  const asked = [
    ...(entities.length > 0 ? [`names ${entities.join(' or ')} (--entity)`] : []),
    ...(isOfRules && ruleNames.length > 0
      ? [`is a hit of ${ruleNames.join(' or ')} (--rule)`]
      : []),
    ...(grep === undefined
      ? []
      : [`matches ${grep.patterns.map(({ text }) => text).join(' or ')} (--grep)`]),
    ...(where === undefined ? [] : ['is as --where asks']),
  ].join(' and ');
  const isTimed = Number.isFinite(sinceUs) || Number.isFinite(untilUs);
  if (!isTimed) return `no event ${asked}`;
  // Standard input is gone; what it held cannot be looked at again.
  const all = paths.includes(STDIN_PATH) ? undefined : await totalsOf(paths, options);
  const { firstUs, lastUs } = all ?? {};
  const { timeText = rfc3339 } = options;
  const since = Number.isFinite(sinceUs) ? timeText(sinceUs) : '';
  const until = Number.isFinite(untilUs) ? timeText(untilUs) : '';
  if (all !== undefined && (firstUs === undefined || lastUs === undefined)) {
    return 'no event has a time, and a range of time was asked for';
  }
  if (lastUs !== undefined && lastUs < sinceUs) {
    return `the logs end at ${timeText(lastUs)}, before --since ${since}`;
  }
  if (firstUs !== undefined && firstUs > untilUs) {
    return `the logs begin at ${timeText(firstUs)}, after --until ${until}`;
  }
  const range = [since === '' ? '' : `from ${since} on`, until === '' ? '' : `up to ${until}`];
  return `no event ${range.filter((text) => text !== '').join(' ')}${asked === '' ? '' : ` ${asked}`}`;
}

const amount = (count: number, noun: string): string => (count === 1 ? noun : `${count} ${noun}s`);

/** Counts all events, whatever was asked for. */
async function totalsOf(paths: readonly string[], options: AnalyseOptions): Promise<Totals> {
  const filter = {
    ...{ sinceUs: Number.NEGATIVE_INFINITY, untilUs: Number.POSITIVE_INFINITY },
    entities: [],
  };
  const silent = { ...options, filter, say: () => {} };
  const session = await openSession(paths, silent, async () => NO_RULES);
  try {
    const totals = createTotals();
    await session.scan('rules', (result) => addTotals(totals, result.totals));
    return totals;
  } finally {
    await session.close();
  }
}
