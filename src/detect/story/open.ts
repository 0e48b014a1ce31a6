/** What a story cannot say: logs that fall silent or begin late, kinds of logs that are not there, lines that were not read. */
import { durationText, grouped } from '../../events/words.ts';
import { rotationOf } from '../../logs/rotation.ts';
import type { FileAccount, Finding } from '../finding.ts';
import { enteredBy, type Fact, isGateway } from './fact.ts';
import { missingKinds } from './missing-logs.ts';
import type { Story, StoryInput, StoryItem } from './story.ts';

type Span = Pick<Story, 'firstUs' | 'lastUs'>;

const MINUTE_US = 60_000_000;
/** A log is silent after a pause this many times longer than those between its lines, and longer than half an hour. */
const SILENT_PAUSES = 20;
const LEAST_SILENCE_US = 30 * MINUTE_US;
/** The rhythm of a day is no silence: the pause must be more than this part of all that was logged. */
const SILENT_PART = 1 / 24;
const MOST_SILENT = 3;

/** What is open, the weightiest first. */
export function openItems(
  facts: readonly Fact[],
  span: Span,
  { files, findings }: StoryInput,
): StoryItem[] {
  const logs = logsOf(files);
  if (logs.length === 0) return [];
  const endUs = Math.max(...logs.map(({ lastUs }) => lastUs));
  const startUs = Math.min(...logs.map(({ firstUs }) => firstUs));
  return [
    ...lastAct(span, endUs),
    ...logs.flatMap((log) => silence(log, { startUs, endUs }, span)).slice(0, MOST_SILENT),
    ...passedOnly(facts),
    ...missing(facts, files, findings),
    unread(files),
  ];
}

const plain = (text: string, atUs?: number): StoryItem => ({
  text,
  atUs,
  untilUs: undefined,
  place: undefined,
  findings: [],
});

function lastAct({ lastUs }: Span, endUs: number): StoryItem[] {
  if (lastUs === undefined) return [];
  const pauseUs = endUs - lastUs;
  return [
    plain(
      pauseUs < 10 * MINUTE_US
        ? 'the last act is at the end of the logs: it may go on'
        : `the last act is ${durationText(pauseUs / 1_000)} before the logs end`,
    ),
  ];
}

/** A log with its rotated parts. */
interface Log {
  name: string;
  firstUs: number;
  lastUs: number;
  lines: number;
}

function logsOf(files: readonly FileAccount[]): Log[] {
  const logs = new Map<string, Log>();
  for (const { path, firstUs, lastUs, lines } of files) {
    if (firstUs === undefined || lastUs === undefined) continue;
    const { log } = rotationOf(path);
    const known = logs.get(log);
    if (known === undefined) logs.set(log, { name: nameOf(log), firstUs, lastUs, lines });
    else {
      known.firstUs = Math.min(known.firstUs, firstUs);
      known.lastUs = Math.max(known.lastUs, lastUs);
      known.lines += lines;
    }
  }
  return [...logs.values()];
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** A log that ends before the story does, or begins after it, where its own rhythm would have had lines. */
function silence(
  log: Log,
  all: { startUs: number; endUs: number },
  { firstUs, lastUs }: Span,
): StoryItem[] {
  if (firstUs === undefined || lastUs === undefined) return [];
  const pauseUs = ((log.lastUs - log.firstUs) / Math.max(1, log.lines)) * SILENT_PAUSES;
  const leastUs = Math.max(LEAST_SILENCE_US, pauseUs, (all.endUs - all.startUs) * SILENT_PART);
  if (all.endUs - log.lastUs > leastUs && log.lastUs >= firstUs)
    return [plain(`${log.name} is silent from then on`, log.lastUs)];
  if (all.endUs - log.lastUs > leastUs)
    return [plain(`${log.name} ends before it began`, log.lastUs)];
  if (log.firstUs - all.startUs > leastUs && log.firstUs > firstUs)
    return [plain(`${log.name} begins only then`, log.firstUs)];
  return [];
}

/** Who passed a gateway went somewhere. */
function passedOnly(facts: readonly Fact[]): StoryItem[] {
  const entered = enteredBy(facts);
  const [first] = entered;
  if (first === undefined || !entered.every(isGateway)) return [];
  return [plain(`no log shows what came through ${first.host ?? 'the gateway'} afterwards`)];
}

function missing(
  facts: readonly Fact[],
  files: readonly FileAccount[],
  findings: readonly Finding[],
): StoryItem[] {
  const kinds = findings.length > 0 ? missingKinds(facts, files, findings) : [];
  return kinds.length === 0 ? [] : [plain(`no log of ${listed(kinds)}`)];
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

function unread(files: readonly FileAccount[]): StoryItem {
  const skipped = files.reduce(
    (sum, { skipped, skips }) => sum + skipped - (skips['blank line']?.count ?? 0),
    0,
  );
  const failed = files.filter(
    ({ problem, lines }) => problem !== undefined && !isAnswer(problem, lines),
  );
  if (skipped === 0 && failed.length === 0) return plain('every line was read');
  const parts = [
    ...(skipped > 0
      ? [`${grouped(skipped)} ${skipped === 1 ? 'line' : 'lines'} not understood`]
      : []),
    ...(failed.length > 0
      ? [`${grouped(failed.length)} ${failed.length === 1 ? 'file' : 'files'} not read in full`]
      : []),
  ];
  return plain(parts.join(' and '));
}

/** What was left out on purpose is no gap. */
const isAnswer = (problem: string, lines: number): boolean =>
  lines === 0 && /left out|a copy of/.test(problem);
