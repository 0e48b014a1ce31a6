/** The timeline for people (histogram, totals, top sources, findings with evidence, accounting) and machines. */

import type { TimelineResult } from '../../commands/timeline.ts';
import type { FileAccount, Finding, Timeline, TopSource } from '../../detect/finding.ts';
import { problemLine } from '../../errors.ts';
import type { Level } from '../../events/level.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import { byteSize, grouped, plural } from '../../events/words.ts';
import { csvRecord } from '../csv.ts';
import { columnsCsv, columnsText, onlyColumns } from '../exports/columns.ts';
import { shorten, showDuration, showMicros, timeWidth, wrap, wrapAfter } from '../layout.ts';
import { levelMark, paintLevel } from '../level-text.ts';
import { neutraliseLine } from '../neutralise.ts';
import { sparkline, squeeze } from '../sparkline.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { actText, othersText } from './folded-text.ts';
import { storiesText } from './story.ts';
import { accountLines } from './timeline-account.ts';

const LEVEL_WIDTH = 13;
const INDENT = 4;

/** How `ir timeline` is shown. */
export const view: View<TimelineResult> = {
  text: (result, style) =>
    result.columns === undefined
      ? findingsText(result, style)
      : columnsText(result.alerts, result.columns, style),
  json: ({ timeline, alerts, story, saved }) => ({
    schema: 'ir.timeline/v1',
    story,
    totals: {
      events: timeline.totals.events,
      findings: timeline.totals.findings,
      by_level: timeline.totals.byLevel,
    },
    histogram: {
      start: rfc3339(timeline.histogram.startUs),
      bucket_seconds: timeline.histogram.bucketUs / 1_000_000,
      counts: timeline.histogram.counts,
      marks: timeline.histogram.marks.map((mark) => mark ?? null),
    },
    top: {
      by_requests: timeline.top.byRequests,
      by_bytes: timeline.top.byBytes,
      by_failed_logins: timeline.top.byFailedLogins,
      approximate: timeline.top.isApproximate,
    },
    stages: timeline.stages.map(({ id, name, findings }) => ({
      tactic: { id: id ?? null, name },
      findings: findings.map((finding) => finding.id),
    })),
    findings: alerts,
    files: timeline.files.map(fileDocument),
    hidden_findings: timeline.hiddenFindings,
    folded_findings: timeline.foldedFindings,
    why_nothing: timeline.whyNothing ?? null,
    rules_run: timeline.rulesRun,
    unmatchable_rules: timeline.unmatchable,
    broken_rules: timeline.brokenRules.map(problemLine),
    saved:
      saved === undefined ? null : { incident: saved.incident, seq: saved.seq, head: saved.head },
  }),
  jsonl: ({ alerts, columns }) => onlyColumns(alerts, columns),
  rows: ({ alerts, columns }) => ({ rows: alerts, columns }),
  html: ({ page }) => timelineHtml(page as NonNullable<typeof page>),
  async *csv({ timeline, alerts, columns }) {
    if (columns !== undefined) {
      yield* columnsCsv(alerts, columns);
      return;
    }
    yield csvRecord(CSV_COLUMNS);
    for (const finding of timeline.findings) yield csvRecord(csvValues(finding));
  },
};

async function* timelineHtml(page: NonNullable<TimelineResult['page']>): AsyncIterable<string> {
  const { timelinePage } = await import('../../pages/timeline-page.ts');
  yield* timelinePage(page);
}

/** Story, stages and findings, totals, and what became of the files. */
function* findingsText(
  { timeline, saved, storyLength, isFlat }: TimelineResult,
  style: Style,
): Iterable<string> {
  const heading = headingText(timeline, style);
  yield heading;
  if (storyLength !== 'none') {
    const linesAbove = heading.split('\n').length - 1;
    yield* storiesText(timeline, { length: storyLength, linesAbove }, style);
  }
  if (isFlat) {
    yield* summaryLines(timeline, style);
    yield '\n';
    for (const finding of timeline.findings) yield* findingLines(finding, style);
  } else {
    for (const { name, findings } of timeline.stages) {
      yield `\n${style.paint.bold(name)}\n`;
      for (const finding of findings) yield* findingLines(finding, style, true);
    }
    if (timeline.findings.length === 0) yield '\n';
  }
  yield* restLines(timeline, style);
  if (!isFlat) yield* summaryLines(timeline, style);
  yield* accountLines(timeline, style);
  if (saved !== undefined) {
    const text = `Saved into ${saved.incident}: ${plural(saved.newFindings, 'new finding')}, ${plural(saved.sources, 'source file')}.`;
    yield `${wrapAfter('', text, style.width, 0)}\n`;
  }
}

/** Histogram, totals, and who did most. */
function* summaryLines(timeline: Timeline, style: Style): Iterable<string> {
  yield* histogramLines(timeline, style);
  yield* topLines(timeline, style);
}

/** That there is nothing, or more than what is shown. */
function* restLines(
  { findings, whyNothing, hiddenFindings, rulesRun }: Timeline,
  style: Style,
): Iterable<string> {
  if (findings.length === 0) {
    const why = whyNothing === undefined ? '' : `: ${whyNothing}`;
    const isAsked = rulesRun > 0 || whyNothing !== undefined;
    const said = isAsked ? 'No findings' : 'No rules were run';
    yield `${wrapAfter('', `${said}${why}.`, style.width, 0)}\n`;
  }
  if (hiddenFindings === 0) return;
  const hidden = `${plural(hiddenFindings, 'finding')} below this level, not shown (--level)`;
  yield `${style.paint.dim(wrapAfter('', hidden, style.width, 0))}\n`;
}

/** How a file was accounted for, in the names of machine output. */
const fileDocument = (file: FileAccount): Record<string, unknown> => ({
  path: file.path,
  sha256: file.sha256,
  size_bytes: file.sizeBytes,
  format: file.format,
  lines: file.lines,
  parsed: file.parsed,
  generic: file.generic,
  joined: file.joined,
  skipped: file.skipped,
  skips: Object.fromEntries(
    Object.entries(file.skips).map(([reason, { count, firstLine, example }]) => [
      reason,
      { count, first_line: firstLine, example },
    ]),
  ),
  ...{ nul_bytes: file.nulBytes, problem: file.problem },
  first: file.firstUs === undefined ? null : rfc3339(file.firstUs),
  last: file.lastUs === undefined ? null : rfc3339(file.lastUs),
});

const CSV_COLUMNS = [
  'first_seen',
  'last_seen',
  'level',
  'rule_id',
  'rule_name',
  'techniques',
  'count',
  'entities',
  'file',
  'line',
  'sha256',
  'raw',
  'folded',
];

function csvValues(finding: Finding): (string | number | undefined)[] {
  const [evidence] = finding.evidence;
  return [
    finding.firstUs === undefined ? undefined : rfc3339(finding.firstUs),
    finding.lastUs === undefined ? undefined : rfc3339(finding.lastUs),
    finding.level,
    finding.rule.id,
    finding.rule.title,
    finding.rule.techniques.join(' '),
    finding.count,
    entityText(finding, Number.POSITIVE_INFINITY),
    evidence?.file,
    evidence?.line,
    evidence?.sha256,
    evidence?.raw,
    othersText(finding),
  ];
}

/** What was read and the time it spans: one line, or on a narrow terminal a line each. */
function headingText({ files, totals, histogram }: Timeline, style: Style): string {
  const read = files.filter(({ lines }) => lines > 0);
  const lines = read.reduce((sum, file) => sum + file.lines, 0);
  const amount = `${plural(read.length, 'file')}, ${plural(lines, 'line')}, ${plural(totals.events, 'event')}`;
  const span = histogram.counts.length === 0 ? '' : timeSpan(files, style);
  const isNarrow = style.isTerminal && amount.length + span.length + 2 > style.width;
  const paragraphs = isNarrow
    ? [amount, span].flatMap((text) => wrap(text, style.width))
    : [`${amount}${span === '' ? '' : `  ${span}`}`];
  return paragraphs.map((line) => `${line}\n`).join('');
}

function timeSpan(files: Timeline['files'], { offsetAt }: Style): string {
  const firsts = files.map(({ firstUs }) => firstUs).filter((time) => time !== undefined);
  const lasts = files.map(({ lastUs }) => lastUs).filter((time) => time !== undefined);
  const first = Math.min(...firsts);
  const last = Math.max(...lasts);
  return `${showMicros(first, offsetAt)} to ${showMicros(last, offsetAt)} (${showDuration((last - first) / 1000)})`;
}

function* histogramLines({ histogram, totals }: Timeline, style: Style): Iterable<string> {
  const { counts, marks, startUs, bucketUs } = histogram;
  if (counts.length === 0) return;
  const columns = squeeze(counts, Math.max(20, style.width - 2));
  yield `\n${sparkline(columns, style.isUnicode)}\n`;
  const step = counts.length / columns.length;
  const row = columns.map((_, column) => {
    const covered = marks.slice(Math.floor(column * step), Math.floor((column + 1) * step));
    const ranks = ['critical', 'high', 'medium', 'low', 'informational'] as const;
    const highest = ranks.find((level) => covered.includes(level));
    return highest === undefined ? ' ' : paintLevel(highest, levelMark(highest, style), style);
  });
  yield `${row.join('').trimEnd()}\n`;
  const end = startUs + counts.length * bucketUs;
  const left = showMicros(startUs, style.offsetAt).slice(0, 16);
  const right = showMicros(end, style.offsetAt).slice(0, 16);
  const gap = columns.length - left.length - right.length;
  yield `${style.paint.dim(gap > 0 ? `${left}${' '.repeat(gap)}${right}` : `${left} to ${right}`)}\n`;
  yield style.paint.dim(
    `a column is ${showDuration((bucketUs / 1000) * step)}, the highest ${plural(Math.max(...columns), 'event')}\n`,
  );
  yield `\n${totalsLine(totals, style)}\n`;
}

function totalsLine({ findings, byLevel }: Timeline['totals'], style: Style): string {
  const levels = (['critical', 'high', 'medium', 'low', 'informational'] as const).filter(
    (level) => byLevel[level] > 0,
  );
  if (levels.length === 0) return plural(findings, 'finding');
  const texts = levels.map((level) => `${levelMark(level, style)} ${byLevel[level]} ${level}`);
  const painted = texts.map((text, index) => paintLevel(levels[index] as Level, text, style));
  const head = `${plural(findings, 'finding')}:`;
  const isNarrow = head.length + 1 + texts.join('  ').length > style.width;
  return isNarrow ? [head, ...painted].join('\n  ') : `${head} ${painted.join('  ')}`;
}

function* topLines({ top }: Timeline, style: Style): Iterable<string> {
  const number = (value: number): string => grouped(value);
  const blocks: [string, readonly TopSource[], (value: number) => string][] = [
    ['by requests', top.byRequests, number],
    ['by bytes sent', top.byBytes, byteSize],
    ['by failed logins', top.byFailedLogins, number],
  ];
  const shown = blocks.filter(([, sources]) => sources.length > 0);
  const about = top.isApproximate ? ', about' : '';
  if (shown[0] !== undefined)
    shown[0][0] = `Top sources${about}, ${shown[0][0]}`.replace('sources, by', 'sources by');
  if (shown.length === 0) return;
  const width = Math.floor(style.width / shown.length) - 1;
  const isLong = shown.some(([, sources, show]) =>
    sources.slice(0, 5).some((source) => sourceText(source, show).length > width),
  );
  if (width < 24 || (isLong && !style.isTerminal)) {
    for (const [title, sources, show] of shown) {
      yield `\n${style.paint.bold(title)}\n`;
      for (const source of sources.slice(0, 5))
        yield `${shorten(sourceText(source, show), style.width, style)}\n`;
    }
    return;
  }
  const pad = (text: string): string => shorten(text, width, style).padEnd(width + 1);
  yield `\n${style.paint.bold(
    shown
      .map(([title]) => pad(title))
      .join('')
      .trimEnd(),
  )}\n`;
  const rows = Math.min(5, Math.max(...shown.map(([, sources]) => sources.length)));
  for (let row = 0; row < rows; row += 1) {
    const cells = shown.map(([, sources, show]) => {
      const source = sources[row];
      return pad(source === undefined ? '' : sourceText(source, show));
    });
    yield `${cells.join('').trimEnd()}\n`;
  }
}

const sourceText = ({ value, count }: TopSource, show: (value: number) => string): string =>
  `${show(count).padStart(9)}  ${value}`;

/** A finding for people: when, what, who, and its evidence. */
export function* findingLines(finding: Finding, style: Style, hasId = false): Iterable<string> {
  const { rule, level, count, firstUs, atUs = firstUs } = finding;
  const { offsetAt } = style;
  const time =
    atUs === undefined ? 'no time'.padEnd(timeWidth(offsetAt)) : showMicros(atUs, offsetAt);
  const who = entityText(finding);
  const title = `${rule.title}${who === '' ? '' : `: ${who}`}`;
  const head = `${time}  ${level.padEnd(LEVEL_WIDTH)} `;
  const isNarrow = style.width < 70;
  const first = isNarrow
    ? `${head.trimEnd()}\n${wrapAfter('  ', title, style.width - 2, 2)}`
    : wrapAfter(head, title, style.width, head.length);
  yield `${first.replace(level, () => paintLevel(level, level, style)).replace(rule.title, (text) => style.paint.bold(text))}\n`;
  const details = [];
  if (count > 1) {
    // The times of an act are those of all its findings.
    const span = spanText(finding.act === undefined ? finding : finding.act.lead, offsetAt);
    details.push(`${finding.isLeast === true ? 'at least ' : ''}${plural(count, 'event')}${span}`);
  }
  if (rule.techniques.length > 0) details.push(rule.techniques.join(' '));
  // By it ir explain finds it again.
  if (hasId) details.push(finding.id);
  const indent = ' '.repeat(INDENT);
  if (details.length > 0) {
    yield `${wrapAfter(indent, details.join('  '), style.width, INDENT)}\n`;
  }
  if (finding.noise !== undefined) {
    const { actors, ofActors, findings } = finding.noise;
    const what = `a noisy rule: ${plural(findings, 'finding')} in this line, it hits ${actors} of ${plural(ofActors, 'actor')} all the time; --fold none shows each`;
    yield `${wrapAfter(indent, what, style.width, INDENT)}\n`;
  }
  // Where nothing is cut, what the title leaves out stands below it.
  for (const [field, values] of style.isTerminal ? [] : Object.entries(finding.entities)) {
    if (values.length <= MAX_VALUES_SHOWN) continue;
    const further = `further ${field}: ${joined(field, values.slice(MAX_VALUES_SHOWN))}`;
    yield `${wrapAfter(indent, further, style.width, INDENT)}\n`;
  }
  for (const { value, file, line } of finding.indicators ?? []) {
    const what = `indicator ${neutraliseLine(value)} (${neutraliseLine(file)}:${line})`;
    yield `${wrapAfter(indent, what, style.width, INDENT)}\n`;
  }
  if (finding.raised !== undefined) {
    const why = `shown although below the level: ${finding.raised}`;
    yield `${wrapAfter(indent, why, style.width, INDENT)}\n`;
  }
  if (finding.doubt !== undefined) {
    yield `${wrapAfter(indent, `may be less: ${finding.doubt}`, style.width, INDENT)}\n`;
  }
  const act = actText(finding, offsetAt);
  if (act !== '') yield `${wrapAfter(indent, act, style.width, INDENT)}\n`;
  const [evidence] = finding.evidence;
  if (evidence === undefined) return;
  for (const line of citationLines(evidence, Math.max(30, style.width - INDENT), style)) {
    yield `${indent}${style.paint.dim(line)}\n`;
  }
}

/** ` in 1m 40s, until 04:00:06Z`; empty where nothing lasted. */
function spanText(
  of: Pick<Finding, 'firstUs' | 'lastUs'> | undefined,
  offsetAt: Style['offsetAt'],
): string {
  const { firstUs, lastUs } = of ?? {};
  if (firstUs === undefined || lastUs === undefined || lastUs <= firstUs) return '';
  return ` in ${showDuration((lastUs - firstUs) / 1000)}, until ${showMicros(lastUs, offsetAt)}`;
}

/** Columns of a cited line worth showing beside its place. */
const LEAST_CITED = 12;

/** Place and text of a cited line. The place is whole at any width: it is what one goes to. */
function citationLines(
  { file, line, raw }: Finding['evidence'][number],
  width: number,
  style: Style,
): string[] {
  // Line 0: the file is not the one that was read any more, and nothing of it is cited.
  if (line === 0) return wrap(`${file}: it changed, so its line is not shown`, width);
  const place = `${file}:${line}`;
  if ([...place].length + 2 + LEAST_CITED <= width)
    return [shorten(`${place}  ${raw}`, width, style)];
  return [...wrap(place, width), shorten(raw, width, style)];
}

const MAX_VALUES_SHOWN = 4;

/** Commands have blanks of their own. */
const joined = (field: string, values: readonly string[]): string =>
  values.join(field === 'process.command_line' ? '; ' : ' ');

/** `203.0.113.7, deploy`; of many values the first, as nobody reads a title of twenty. */
function entityText({ entities, act }: Finding, most = MAX_VALUES_SHOWN): string {
  // A network of one address says the same as the address.
  const told = Object.entries(entities).filter(
    ([field, list]) =>
      field !== 'ir.source.network' ||
      !list.every((value) => entities['source.ip']?.includes(value) === true),
  );
  const values = told.map(([field, list]) => {
    const shown = joined(field, list.slice(0, most));
    const more = Math.max(0, list.length - most) + (act?.furtherValues[field] ?? 0);
    return more > 0 ? `${shown} and ${more} more` : shown;
  });
  return values.join(', ');
}
