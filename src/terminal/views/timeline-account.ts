/** The end of a timeline: what became of every line of every file. */
import type { FileAccount, Timeline } from '../../detect/finding.ts';
import { grouped, plural } from '../../events/words.ts';
import { shorten, wrapAfter } from '../layout.ts';
import type { Style } from '../style.ts';
import { problemLines } from './playbook-check.ts';

/** One line per file, its skips with an example, and what could not be read. */
export function* accountLines(
  {
    files,
    brokenRules,
    rulesRun,
    unmatchable = [],
  }: Pick<Timeline, 'files' | 'brokenRules' | 'rulesRun'> & Partial<Pick<Timeline, 'unmatchable'>>,
  style: Style,
): Iterable<string> {
  yield `\n${style.paint.bold('Files')}\n`;
  const isFolded = files.length > MOST_LISTED;
  if (isFolded) yield* foldedLines(files.filter(isClean), style);
  for (const file of files) if (!isFolded || !isClean(file)) yield* fileLines(file, style);
  if (rulesRun > 0)
    yield style.paint.dim(`${plural(rulesRun, 'rule')} run; times are ${style.zone ?? 'UTC'}\n`);
  if (unmatchable.length > 0) {
    yield style.paint.dim(`${wrapAfter('', unmatchableText(unmatchable), style.width, 2)}\n`);
  }
  for (const problem of brokenRules) {
    yield `${style.paint.yellow('rule ')} ${problemLines(problem, style).join('\n')}\n`;
  }
}

const REASONS = {
  'log-source': 'no file of the log source',
  field: 'no such field',
  rules: 'by the rules they need',
};

function unmatchableText(rules: Timeline['unmatchable']): string {
  const reasons = (['log-source', 'field', 'rules'] as const).flatMap((reason) => {
    const count = rules.filter((rule) => rule.reason === reason).length;
    return count === 0 ? [] : [`${grouped(count)} ${REASONS[reason]}`];
  });
  return `${grouped(rules.length)} could not match: ${reasons.join(', ')} (see --json)`;
}

/** Files beyond which those that were read without a remark are added up. */
const MOST_LISTED = 40;

const isClean = ({ problem, advice, skipped, format }: FileAccount): boolean =>
  problem === undefined && advice === undefined && skipped === 0 && format !== '';

/** A line per format for the files of which nothing was left out, so that the others are seen. */
function* foldedLines(files: readonly FileAccount[], style: Style): Iterable<string> {
  const formats = [...new Set(files.map(({ format }) => format))].sort();
  for (const format of formats) {
    const ofFormat = files.filter((file) => file.format === format);
    const sum = (count: (file: FileAccount) => number): number =>
      ofFormat.reduce((total, file) => total + count(file), 0);
    const joined = sum((file) => file.joined);
    const text = `${plural(ofFormat.length, 'file')} of ${format} read in full: ${plural(
      sum((file) => file.lines),
      'line',
    )}, ${grouped(sum((file) => file.parsed))} parsed${ofGeneric(sum((file) => file.generic))}${joined > 0 ? `, ${grouped(joined)} joined` : ''}`;
    yield `${wrapAfter('', text, style.width, 2).trimStart()}\n`;
  }
  if (formats.length > 0) yield style.paint.dim('  (--json lists each)\n');
}

/** Lines that were read by their stamp alone are told apart. */
const ofGeneric = (count: number): string =>
  count > 0 ? ` (${grouped(count)} of them generic)` : '';

function* fileLines(file: FileAccount, style: Style): Iterable<string> {
  const { path, format, lines, parsed, joined, skipped, advice, problem } = file;
  const parts = [`${path === '-' ? 'standard input' : path}: `];
  if (lines === 0 && problem === undefined) parts.push('empty');
  else if (lines > 0) {
    parts.push(`${plural(lines, 'line')} ${format === '' ? '(no known format)' : `of ${format}`}`);
    parts.push(`, ${grouped(parsed)} parsed${ofGeneric(file.generic)}`);
    if (joined > 0) parts.push(`, ${grouped(joined)} joined`);
    if (skipped > 0) parts.push(`, ${grouped(skipped)} skipped`);
  }
  yield `${wrapAfter('', parts.join(''), style.width, 2).trimStart()}\n`;
  if (advice !== undefined) yield `${wrapAfter('  ', advice, style.width, 4)}\n`;
  if (problem !== undefined) {
    yield `${style.paint.yellow(wrapAfter('  ! ', problem, style.width, 4))}\n`;
  }
  for (const [reason, { count, firstLine, example }] of Object.entries(file.skips)) {
    const text = `${grouped(count)} ${reason}, first at line ${firstLine}: ${example}`;
    yield `    ${style.paint.dim(shorten(text, Math.max(30, style.width - 4), style))}\n`;
  }
}
