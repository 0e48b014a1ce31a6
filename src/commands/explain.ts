/** `ir explain`: why a finding is one, on which lines it stands, what was around it, and what to do next. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { analyse } from '../detect/analyse.ts';
import { chooseRules } from '../detect/choose-rules.ts';
import { type StreamedEvent, streamEvents } from '../detect/event-stream.ts';
import { createResolver } from '../detect/fields/resolver.ts';
import type { Finding } from '../detect/finding.ts';
import { unfold } from '../detect/story/story.ts';
import { EXIT, IrError, usageError } from '../errors.ts';
import { numberedFindings } from '../reports/attack-timeline.ts';
import { loadPlaybooks } from '../respond/load-playbooks.ts';
import { suggestPlaybooks } from '../respond/suggest-playbook.ts';
import { type ExplainedPart, explainRule } from '../sigma/explain-rule.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';
import { actorOf, isOfFinding } from './lines-of-finding.ts';
import { readOptions, type TimelineOptions } from './timeline.ts';

/** A line and its place. */
export interface ExplainedLine {
  file: string;
  line: number;
  timeUs: number | undefined;
  raw: string;
}

/** What `ir explain` shows. */
export interface ExplainFindingResult {
  finding: Finding;
  /** `F-12` where it was asked for so. */
  number: string | undefined;
  rule:
    | {
        title: string;
        description: string;
        place: string;
        /** What a correlation asks for, in words. */
        condition: string;
        falsepositives: readonly string[];
      }
    | undefined;
  /** The answer of each part of the rule for the first line; undefined for correlations, and where the logs are gone. */
  why: ExplainedPart | undefined;
  lines: readonly ExplainedLine[];
  /** Further lines, which `--lines all` shows. */
  further: number;
  /** Events of the same actor before and after. */
  neighbours: readonly ExplainedLine[];
  next: { playbook: string; step: string; title: string; instructions: string } | undefined;
}

/** Options of `ir explain`. */
export type ExplainOptions = Omit<TimelineOptions, 'lines'> & { lines?: string };

const NUMBER = /^F-\d+$/i;
const NEIGHBOUR_US = 300_000_000;
const MOST_NEIGHBOURS = 10;
const MOST_LINES = 10_000;

/** Explains the finding of the incident with a number, or that with an id in the logs at `paths`. */
export async function explainFinding(
  context: CommandContext,
  name: string,
  paths: readonly string[],
  options: ExplainOptions,
): Promise<ExplainFindingResult> {
  const found = await findFinding(context, name, paths, options);
  const { finding } = found;
  const { documents, mappings } = await chooseRules(readOptions(context, options));
  const rule = documents.find(({ id }) => id === finding.rule.id);
  const logs = logsOf(finding, paths, context);
  const hits = rule === undefined ? [] : await hitsOf(context, finding, rule, logs, options);
  const cited = finding.evidence.map(({ file, line, timeUs, raw }) => ({
    file,
    line,
    timeUs,
    raw,
  }));
  const all = hits.length > 0 ? hits.map(lineOf) : cited;
  const lines = options.lines === 'all' ? all : cited;
  const [first] = hits;
  const resolver = createResolver(mappings.bundled, mappings.own);
  return {
    ...found,
    rule: rule === undefined ? undefined : cardOf(rule),
    why:
      rule?.kind === 'rule' && first !== undefined
        ? explainRule(rule, resolver, first.event, first.raw)
        : undefined,
    lines,
    further: Math.max(0, Math.max(all.length, finding.count) - lines.length),
    neighbours: await neighboursOf(context, finding, logs, options),
    next: await nextStep(context, finding),
  };
}

async function findFinding(
  context: CommandContext,
  name: string,
  paths: readonly string[],
  options: ExplainOptions,
): Promise<{ finding: Finding; number: string | undefined }> {
  if (paths.length === 0 || NUMBER.test(name)) {
    const saved = await withIncident(
      context,
      async (store, { id }) => (await store.load(id)).findings,
    );
    const numbered = numberedFindings(saved);
    const known = NUMBER.test(name)
      ? numbered.find(({ number }) => Number(number.slice(2)) === Number(name.slice(2)))
      : numbered.find(({ finding }) => finding.id.startsWith(name));
    if (known !== undefined) return known;
    throw usageError(
      `the incident has no finding ${name}`,
      numbered.length === 0
        ? 'Save some with: ir timeline PATHS --save'
        : `It has ${numbered[0]!.number} to ${numbered.at(-1)!.number}; with paths, ir explain takes an id that ir timeline printed.`,
    );
  }
  const settings = readOptions(context, {
    ...options,
    level: options.level ?? 'low',
    fold: 'none',
  });
  // What people are shown is made without checksums, and so are its ids; machine output has others.
  const plain = await analyse(paths, { ...settings, isHashed: false });
  let fitting = withId(plain.findings, name);
  if (fitting.length === 0) fitting = withId((await analyse(paths, settings)).findings, name);
  if (fitting.length === 1) return { finding: fitting[0]!, number: undefined };
  if (fitting.length > 1)
    throw usageError(`"${name}" begins ${fitting.length} ids`, 'Give more of it.');
  const { findings, unread } = plain;
  const [problem] = unread;
  if (problem !== undefined && findings.length === 0)
    throw new IrError(problem.problem, {
      exit: EXIT.unreadableInput,
      source: { path: problem.path },
    });
  throw usageError(
    `no finding in these logs has the id ${name}`,
    'ir timeline prints the ids behind the techniques.',
  );
}

/** Findings whose ids begin so, each once. */
const withId = (findings: readonly Finding[], name: string): Finding[] => [
  ...new Map(
    unfold(findings)
      .filter(({ id }) => id.startsWith(name.toLowerCase()))
      .map((finding) => [finding.id, finding]),
  ).values(),
];

/** The logs to read again: those named, else those that the finding cites and that are there. */
function logsOf(
  finding: Finding,
  paths: readonly string[],
  { settings }: CommandContext,
): string[] {
  if (paths.length > 0) return [...paths];
  const cited = new Set(finding.evidence.map(({ file }) => file));
  return [...cited].filter((path) => existsSync(resolve(settings.cwd, path)));
}

/** Events that the rule hits (or counted) and that are of the finding: its time, its first actor. */
async function hitsOf(
  context: CommandContext,
  finding: Finding,
  rule: SigmaRule | SigmaCorrelation,
  logs: readonly string[],
  options: ExplainOptions,
): Promise<StreamedEvent[]> {
  if (logs.length === 0) return [];
  const asked = readOptions(context, { ...options, rule: [rule.id], workers: '0' });
  const stream = await streamEvents(logs, asked);
  const isOf = isOfFinding(finding, rule);
  const hits: StreamedEvent[] = [];
  for await (const one of stream.events) {
    if (isOf(one.event) && hits.length < MOST_LINES) hits.push(one);
  }
  return hits;
}

async function neighboursOf(
  context: CommandContext,
  finding: Finding,
  logs: readonly string[],
  options: ExplainOptions,
): Promise<ExplainedLine[]> {
  const atUs = finding.atUs ?? finding.firstUs;
  const actor = actorOf(finding);
  if (atUs === undefined || actor === undefined || logs.length === 0) return [];
  const asked = readOptions(context, { ...options, workers: '0' });
  const filter = {
    ...asked.filter,
    ...{ sinceUs: atUs - NEIGHBOUR_US, untilUs: atUs + NEIGHBOUR_US, entities: [actor.value] },
  };
  const stream = await streamEvents(logs, { ...asked, filter });
  const own = new Set(finding.evidence.map(({ file, line }) => `${file}:${line}`));
  const before: ExplainedLine[] = [];
  const after: ExplainedLine[] = [];
  const half = MOST_NEIGHBOURS / 2;
  for await (const one of stream.events) {
    if (own.has(`${one.file}:${one.line}`)) continue;
    if ((one.event.timeUs ?? atUs) < atUs) {
      before.push(lineOf(one));
      if (before.length > half) before.shift();
    } else if (after.length < half) after.push(lineOf(one));
  }
  return [...before, ...after];
}

const lineOf = ({ event, file, line, raw }: StreamedEvent): ExplainedLine => ({
  ...{ file, line, raw },
  timeUs: event.timeUs,
});

function cardOf(rule: SigmaRule | SigmaCorrelation): ExplainFindingResult['rule'] {
  const { title, description, falsepositives, place } = rule;
  const condition = rule.kind === 'correlation' ? correlationText(rule) : '';
  return { title, description, falsepositives, condition, place: place.path };
}

function correlationText({
  type,
  references_to,
  groupBy,
  timespanSeconds,
  condition,
}: SigmaCorrelation): string {
  const asked = Object.entries(condition)
    .filter(([, value]) => typeof value === 'number')
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
  const by = groupBy.length === 0 ? '' : ` by ${groupBy.join(', ')}`;
  return `${type} of ${references_to.join(', ')}${by} within ${timespanSeconds} s${asked === '' ? '' : `: ${asked}`}`;
}

async function nextStep(
  context: CommandContext,
  finding: Finding,
): Promise<ExplainFindingResult['next']> {
  const { playbooks } = await loadPlaybooks(context.settings.env);
  const [playbook] = suggestPlaybooks(playbooks, [finding]);
  const step = playbook?.steps[0];
  if (playbook === undefined || step === undefined) return undefined;
  const { id, title, instructions } = step;
  return { playbook: playbook.id, step: id, title, instructions };
}
