/** `ir audit`: what logs should not hold, and what they should. */
import { readChecks } from '../audit/checks.ts';
import { addEvent, type Facts, noFacts } from '../audit/facts.ts';
import { type Audited, audit, missingEvents } from '../audit/score.ts';
import { ownFolder } from '../config.ts';
import { reportClocks } from '../detect/clock-report.ts';
import { streamEvents } from '../detect/event-stream.ts';
import type { FileAccount } from '../detect/finding.ts';
import { EXIT, usageError } from '../errors.ts';
import { createMasker, useOwnDetectors } from '../masking/masker.ts';
import { redacting } from '../masking/naming.ts';
import type { CommandContext } from './context.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import type { TableResult } from './table-result.ts';
import { readOptions, type TimelineOptions } from './timeline.ts';

/** Pauses that are told of by --clock; here they are measured from the events. */
const GAP_US = 3_600_000_000;
/** Clocks nearer to each other than that are one. */
const MOST_SKEW_US = 2_000_000;

/** Reads the paths and judges each log. @throws IrError (exit 2) */
export async function auditLogs(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions & { failUnder?: string | undefined },
): Promise<CommandOutcome<TableResult>> {
  const least = readScore(options.failUnder);
  const asked = {
    ...readOptions(context, options),
    order: 'file' as const,
    areAllWanted: true,
    isHashed: false,
  };
  const stream = await streamEvents(paths.length === 0 ? ['.'] : paths, asked);
  const all = new Map<string, Facts>();
  useOwnDetectors(ownFolder(context.settings.env, 'masking'));
  const masker = createMasker(redacting);
  for await (const { event, file, raw, others } of stream.events) {
    const facts = all.get(file) ?? noFacts(file);
    all.set(file, facts);
    const text = [raw, ...others.map((other) => other.raw)].join('\n');
    const found = masker.valuesIn(text).map(({ kind }) => kind);
    addEvent(facts, event, text, found, () => masker.text(text));
  }
  for (const account of stream.files) {
    const facts = all.get(account.path);
    if (facts === undefined) continue;
    Object.assign(facts, accountOf(account));
  }
  if (all.size > 1) await addSkews(context, paths, options, all);
  const checks = readChecks();
  const audited = [...all.values()].map((facts) => audit(facts, checks));
  const unread = incompleteness(stream.unread, stream.files, options);
  const low = audited.filter(({ score }) => least !== undefined && score < least);
  const exit =
    unread.length > 0 ? EXIT.unreadableInput : low.length > 0 ? EXIT.findings : EXIT.done;
  return {
    result: table(audited, stream.whyNothing),
    exit,
    reasons: () => [
      ...unread,
      ...low.map(({ facts, score }) => `${facts.path}: ${score} is under ${least}`),
    ],
  };
}

/** What is read by its stamp alone is read by nobody else. */
const accountOf = ({ lines, skipped, generic, format }: FileAccount): Partial<Facts> => ({
  ...{ lines, skipped: skipped + generic, format },
});

async function addSkews(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions,
  all: ReadonlyMap<string, Facts>,
): Promise<void> {
  const { skews } = await reportClocks(
    paths.length === 0 ? ['.'] : paths,
    readOptions(context, options),
    GAP_US,
  );
  for (const { path, other, aheadUs, agreeing } of skews) {
    const facts = all.get(path);
    if (facts === undefined || Math.abs(aheadUs) < MOST_SKEW_US) continue;
    facts.skew ??= `${Math.round(aheadUs / 1_000_000)} s ahead of ${other}, by ${agreeing} events`;
  }
}

function readScore(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,3}$/.test(text) && Number(text) <= 100) return Number(text);
  throw usageError(`--fail-under: "${text}" is no score from 0 to 100`);
}

function table(audited: readonly Audited[], whyNothing: string | undefined): TableResult {
  const rows = audited.flatMap(({ facts, score, judged }) =>
    judged.map(({ check, result, evidence, examples }) => ({
      facts,
      score,
      check,
      result,
      evidence,
      examples,
    })),
  );
  const missing = audited.length === 0 ? [] : missingEvents(audited.map(({ facts }) => facts));
  const worst = rows.filter(({ result }) => result !== 'met');
  return {
    title:
      audited.length === 0
        ? `Nothing to judge: ${whyNothing ?? 'no events'}.`
        : audited.map(({ facts, score }) => `${facts.path}: ${score} of 100`).join('; '),
    heads: ['Log', 'Check', 'Result', 'Evidence', 'Asked for by'],
    rows: rows.map(({ facts, check, result, evidence }) => [
      facts.path,
      check.title,
      result,
      evidence,
      cited(check),
    ]),
    widest: 3,
    notes: [
      ...(missing.length === 0 ? [] : [`In none of these logs: ${missing.join(', ')}.`]),
      ...worst.flatMap(({ facts, check, examples }) => [
        `${facts.path}: ${check.title}: ${check.advice}`,
        ...examples.slice(0, 1).map((example) => `  such as: ${example}`),
      ]),
    ],
    next: [],
    documents: audited.map(({ facts, score, judged }) => ({
      ...{ path: facts.path, format: facts.format, events: facts.events, score },
      levels: Object.fromEntries(facts.levels),
      found: Object.fromEntries([...facts.found].map(([kind, { count }]) => [kind, count])),
      checks: judged.map(({ check, result, evidence, examples }) => ({
        ...{
          name: check.name,
          title: check.title,
          result,
          weight: check.weight,
          evidence,
          examples,
        },
        ...{ sources: check.sources, advice: check.advice },
      })),
    })),
    about: { missing },
  };
}

const cited = ({ sources }: Audited['judged'][number]['check']): string =>
  sources.map(({ document, section }) => `${document} ${section}`).join('; ');
