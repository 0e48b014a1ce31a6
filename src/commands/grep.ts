/** `ir grep`: lines of any logs, by their text, their fields and their time. */
import { type Around, withContext } from '../detect/search/context-lines.ts';
import { createSpans } from '../detect/search/line-test.ts';
import { readQuery } from '../detect/search/query.ts';
import { type FoundPart, failuresOf, searchFiles } from '../detect/search/search-files.ts';
import { usageError } from '../errors.ts';
import { type InputProblem, STDIN_PATH } from '../logs/walk.ts';
import { readColumns } from './columns.ts';
import type { CommandContext } from './context.ts';
import {
  type Asked,
  counted,
  ending,
  type GrepOptions,
  type GrepResult,
  type LinesResult,
  type Tally,
} from './grep-result.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { readPasswords } from './read-passwords.ts';
import { isPiped } from './read-stdin.ts';
import { readSaid, readWorkers } from './said-options.ts';
import { outputTo } from './write-file.ts';

/** @param given the pattern and the paths; with -e or --where paths alone */
export async function grep(
  context: CommandContext,
  given: readonly string[],
  options: GrepOptions,
): Promise<CommandOutcome<GrepResult>> {
  const asked = readAsked(given, options);
  if (options.save === true || options.note !== undefined) {
    const { assertSaving } = await import('./save-lines.ts');
    await assertSaving(context, options);
  }
  const written = await outputTo(context, options, asked.paths);
  if (!needsEvents(context, asked)) return { ...(await grepLines(context, asked)), ...written };
  const { grepEvents } = await import('./grep-events.ts');
  return { ...(await grepEvents(context, asked)), ...written };
}

/** Lines alone, without any event. */
async function grepLines(
  context: CommandContext,
  asked: Asked,
): Promise<CommandOutcome<GrepResult>> {
  const { options } = asked;
  const { query, paths } = asked;
  const { settings } = context;
  const search = await searchFiles(paths, {
    ...{ cwd: settings.cwd, query, isCounting: options.count === true },
    ...{ said: readSaid(settings, options), isFollowing: options.follow === true },
    passwords: readPasswords(options.passwordFile, settings.cwd),
    workers: readWorkers(options.workers),
    ...{ stdin: process.stdin, progress: context.progress, signal: context.signal },
  });
  const { files } = search;
  const reasons = (): string[] => incompleteness(failuresOf(search.problems), [], {});
  sayLeftOut(context, search.problems);
  const tally: Tally = { found: 0, reasons };
  const parts = counted(search.parts, tally);
  const pathOf = (file: number): string => files[file]?.path ?? '';
  if (options.count === true) {
    const counts = byFile(parts, pathOf);
    return { result: { kind: 'counts', by: 'file', counts }, ...ending(tally) };
  }
  const shown = asked.around === undefined ? parts : withContext(parts, files, asked.around);
  const lines: LinesResult = { kind: 'lines', pathOf, parts: shown, spansIn: createSpans(query) };
  if (options.save !== true) return { result: lines, ...ending(tally) };
  const { savedIf } = await import('./save-lines.ts');
  return { result: await savedIf(context, options, lines, files), ...ending(tally) };
}

async function* byFile(
  parts: AsyncIterable<FoundPart>,
  pathOf: (file: number) => string,
): AsyncGenerator<{ value: string; count: number }> {
  let sum: FoundPart | undefined;
  for await (const part of parts) {
    if (sum?.file === part.file) sum = { ...sum, count: sum.count + part.count };
    else {
      if (sum !== undefined) yield { value: pathOf(sum.file), count: sum.count };
      sum = part;
    }
  }
  if (sum !== undefined) yield { value: pathOf(sum.file), count: sum.count };
}

/** Only what a line says is asked, and lines are wanted: no event is made. */
const needsEvents = ({ settings }: CommandContext, { options }: Asked): boolean =>
  ['where', 'since', 'until', 'by', 'around', 'columns'].some(
    (name) => options[name as keyof GrepOptions] !== undefined,
  ) ||
  options.sort === 'time' ||
  (options.count !== true && settings.format !== 'text');

function readAsked(given: readonly string[], options: GrepOptions): Asked {
  const { regexp, where, around, by, count, sort } = options;
  const isPathsOnly = regexp !== undefined || where !== undefined;
  if (!isPathsOnly && given.length === 0) {
    throw usageError(
      'nothing to look for: no pattern, no -e and no --where',
      'Write: ir grep PATTERN [paths]',
    );
  }
  const patterns = isPathsOnly ? (regexp ?? []) : given.slice(0, 1);
  const paths = isPathsOnly ? given : given.slice(1);
  const lines = readAround(options);
  if (lines !== undefined && (around !== undefined || sort === 'time'))
    throw usageError(
      '-A, -B and -C are lines of a file and do not go with --around or --sort time',
      'Use one of them.',
    );
  if (
    by !== undefined &&
    (around !== undefined || lines !== undefined || options.columns !== undefined)
  )
    throw usageError(
      '--by counts, and shows no lines around any and no columns',
      'Leave them out.',
    );
  if (count === true && around !== undefined)
    throw usageError(
      '--count counts matches, and shows nothing around them',
      'Leave out --around.',
    );
  return {
    paths: paths.length > 0 ? paths : [isPiped() ? STDIN_PATH : '.'],
    query: readQuery(patterns, {
      isFixed: options.fixedStrings === true,
      ignoresCase: options.ignoreCase === true,
      isInverted: options.invertMatch === true,
    }),
    around: lines,
    columns: readColumns(options.columns),
    options,
  };
}

function readAround({ afterContext, beforeContext, context }: GrepOptions): Around | undefined {
  const both = readCount(context, '-C');
  const after = readCount(afterContext, '-A') ?? both;
  const before = readCount(beforeContext, '-B') ?? both;
  if (after === undefined && before === undefined) return undefined;
  return { after: after ?? 0, before: before ?? 0 };
}

function readCount(text: string | undefined, flag: string): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,6}$/.test(text)) throw usageError(`${flag}: "${text}" is no number of lines`);
  return Number(text);
}

/** What was left out on purpose is said in one line. */
function sayLeftOut(context: CommandContext, problems: readonly InputProblem[]): void {
  const left = problems.filter(({ isFailure }) => !isFailure);
  const [first] = left;
  if (first === undefined) return;
  const others = left.length - 1;
  const more = others === 0 ? '' : `, and ${others} more`;
  context.say(`Not searched: ${first.path} (${first.reason})${more}`);
}
