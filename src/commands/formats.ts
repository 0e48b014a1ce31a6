/** `ir formats list`, `show`, `detect`, `check` and `test`. */
import { EXIT, type ExitCode, IrError, suggestion, usageError } from '../errors.ts';
import { isSkip } from '../events/event.ts';
import { createClock } from '../logs/clock.ts';
import { type FormatReport, reportFormats } from '../logs/format-report.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { LogFormat, LogSource, Sample } from '../logs/formats/log-format.ts';
import { bundledFormats } from '../logs/load-formats.ts';
import {
  checkFormatFile,
  formatOfPrograms,
  loadOwnFormats,
  type OwnFormats,
  useOwnFormats,
} from '../logs/own-formats.ts';
import { eventProblem, sampleProblem } from '../logs/pattern/check-sample.ts';
import type { FormatDocument } from '../logs/pattern/format-document.ts';
import { howFar } from '../logs/pattern/how-far.ts';
import { isProblem, prepareFile } from '../logs/prepare.ts';
import { readSample, SAMPLE_YEAR } from '../logs/read-sample.ts';
import { createSpool } from '../logs/spool.ts';
import { walk } from '../logs/walk.ts';
import type { Problem } from '../yaml.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';

/** A format as the list shows it. */
export interface FormatSummary {
  name: string;
  title: string;
  url: string;
  /** `lines`: whole lines or records; `program`: messages of programs of syslog. */
  kind: 'lines' | 'program';
  /** Names of those programs. */
  programs: readonly string[];
  origin: 'bundled' | 'user';
  samples: number;
}

/** What `ir formats list` found. */
export interface FormatListResult {
  formats: readonly FormatSummary[];
  /** Files of the user's that could not be used. */
  problems: readonly Problem[];
  notes: readonly string[];
}

/** A format with all that is known of it. */
export interface FormatShowResult {
  format: FormatSummary;
  /** What its events are for rules. */
  sources: readonly LogSource[];
  /** Fields that hold what a stranger wrote. */
  forgeable: readonly string[];
  /** Patterns of lines and of messages; none for a format in code. */
  lines: readonly string[];
  phrases: readonly string[];
  samples: readonly { lines: readonly string[]; event: Readonly<Record<string, unknown>> }[];
}

/** What `ir formats detect` found, file by file. */
export interface FormatDetectResult {
  files: readonly FormatReport[];
  /** Paths that are not read, with the reason. */
  unread: readonly { path: string; reason: string }[];
}

/** What is wrong with format files. */
export interface FormatCheckResult {
  files: readonly {
    path: string;
    /** Undefined when it has mistakes. */
    name: string | undefined;
    samples: number;
    problems: readonly Problem[];
    /** Other formats that claim one of its samples, too. */
    rivals: readonly { format: string; line: string }[];
  }[];
}

/** Which samples are not read as they say. */
export interface FormatTestResult {
  formats: readonly { name: string; samples: number; failures: readonly string[] }[];
}

interface Known {
  summary: FormatSummary;
  /** Undefined for a format in code. */
  document: FormatDocument | undefined;
  /** Reads its lines: of a program's messages, syslog. */
  reader: LogFormat;
  samples: readonly Sample[];
}

/** Puts the user's formats in use, and gives all. */
function loadAll(context: CommandContext): { known: readonly Known[]; own: OwnFormats } {
  const own = loadOwnFormats(context.settings.env);
  useOwnFormats(own.documents);
  const documents = new Map(bundledFormats().map((document) => [document.name, document]));
  for (const document of own.documents) documents.set(document.name, document);
  const isOwn = (name: string): boolean => own.documents.some((each) => each.name === name);
  const known = FORMATS.map((format) => knownOf(format, documents.get(format.name), isOwn));
  for (const document of documents.values())
    if (document.programs.length > 0) known.push(knownOf(formatOfPrograms(), document, isOwn));
  known.sort((a, b) => (a.summary.name < b.summary.name ? -1 : 1));
  return { known, own };
}

function knownOf(
  reader: LogFormat,
  document: FormatDocument | undefined,
  isOwn: (name: string) => boolean,
): Known {
  const { name, title, url, samples } = document ?? reader;
  const programs = document?.programs ?? [];
  const summary: FormatSummary = {
    ...{ name, title, url, programs, samples: samples.length },
    kind: programs.length > 0 ? 'program' : 'lines',
    origin: isOwn(name) ? 'user' : 'bundled',
  };
  return { summary, document, reader, samples };
}

/** All formats, those of the user included. */
export function listFormats(context: CommandContext): FormatListResult {
  const { known, own } = loadAll(context);
  const { problems, notes } = own;
  return { formats: known.map(({ summary }) => summary), problems, notes };
}

/**
 * One format with its patterns and the events of its samples.
 * @throws IrError (exit 2) when there is none of that name
 */
export function showFormat(context: CommandContext, name: string): FormatShowResult {
  const { known } = loadAll(context);
  const { summary, document, reader, samples } = pick(known, name);
  const patterns = (phrases: FormatDocument['phrases'] = []): string[] =>
    phrases.flatMap((phrase) => phrase.patterns);
  return {
    format: summary,
    sources: summary.kind === 'program' ? [] : reader.sources,
    forgeable: Object.keys((document ?? reader).forgeable ?? {}),
    lines: patterns(document?.lines),
    phrases: patterns(document?.phrases),
    samples: samples.map(({ lines, expect }) => ({ lines, event: expect })),
  };
}

function pick(known: readonly Known[], name: string): Known {
  const found = known.find(({ summary }) => summary.name === name);
  if (found !== undefined) return found;
  const names = known.map(({ summary }) => summary.name);
  throw usageError(
    `there is no format "${name}"`,
    suggestion(name, names, 'ir formats list names them all.'),
  );
}

/**
 * What each format makes of the first lines of files.
 * @param asked formats of which it is said why they do not read a file
 */
export async function detectFormats(
  context: CommandContext,
  paths: readonly string[],
  asked: readonly string[],
): Promise<CommandOutcome<FormatDetectResult>> {
  const { known } = loadAll(context);
  for (const name of asked) pick(known, name);
  const documents = new Map(known.map(({ summary, document }) => [summary.name, document]));
  const { signal, progress } = context;
  const walked = await walk(paths, context.settings.cwd, { progress, signal });
  const explain = ({ name }: LogFormat, line: string) => {
    const document = documents.get(name);
    return document === undefined ? undefined : howFar(document, line);
  };
  const unread: { path: string; reason: string }[] = [];
  const files: FormatReport[] = [];
  const spool = createSpool();
  let isFailure = walked.problems.some((problem) => problem.isFailure);
  for (const { path, reason } of walked.problems) unread.push({ path, reason });
  try {
    for (const file of walked.files) {
      const options = { formats: FORMATS, spool, stdin: process.stdin, signal };
      for (const prepared of await prepareFile(file, options)) {
        if (isProblem(prepared)) {
          unread.push({ path: prepared.path, reason: prepared.reason });
          isFailure ||= prepared.isFailure;
        } else files.push(reportFormats(prepared, asked, explain));
      }
    }
  } finally {
    spool.remove();
  }
  if (!isFailure) return { result: { files, unread } };
  const reasons = (): string[] => unread.map(({ path, reason }) => `not read: ${path}: ${reason}`);
  return { result: { files, unread }, exit: EXIT.unreadableInput, reasons };
}

/** Checks format files and reports every problem of each; exit 3 when there is any. */
export function checkFormats(
  context: CommandContext,
  paths: readonly string[],
): { result: FormatCheckResult; exit?: ExitCode } {
  const checked = paths.map((path) => ({ path, ...checkFormatFile(path) }));
  loadAll(context);
  const files = checked.map(({ path, document, problems }) => {
    const [problem] = problems;
    if (paths.length === 1 && problem !== undefined && problem.source.line === undefined)
      throw new IrError(problem.message, {
        exit: EXIT.unreadableInput,
        source: { path },
        hint: 'Check the path and its permissions.',
      });
    const rivals = document === undefined ? [] : rivalsOf(document);
    return { path, name: document?.name, samples: document?.samples.length ?? 0, problems, rivals };
  });
  const isBroken = files.some(({ problems }) => problems.length > 0);
  return { result: { files }, ...(isBroken ? { exit: EXIT.invalidTemplate } : {}) };
}

/** Other formats that claim a sample: which reads such a file is then decided by how many lines each claims. */
function rivalsOf(document: FormatDocument): { format: string; line: string }[] {
  if (document.programs.length > 0) return [];
  const others = FORMATS.filter(({ name, isGeneric }) => name !== document.name && !isGeneric);
  return document.samples.flatMap(({ lines: [line = ''] }) =>
    others.filter((other) => other.detect(line)).map(({ name }) => ({ format: name, line })),
  );
}

/** Reads the samples of formats, of all when none is named; exit 3 when one is not read as it says. */
export function testFormats(
  context: CommandContext,
  names: readonly string[],
): { result: FormatTestResult; exit?: ExitCode } {
  const { known } = loadAll(context);
  const chosen = names.length === 0 ? known : names.map((name) => pick(known, name));
  const formats = chosen.map(({ summary, document, reader, samples }) => ({
    name: summary.name,
    samples: samples.length,
    failures: samples.flatMap((sample) => failureOf(reader, sample, document !== undefined)),
  }));
  const isBroken = formats.some(({ failures }) => failures.length > 0);
  return { result: { formats }, ...(isBroken ? { exit: EXIT.invalidTemplate } : {}) };
}

/** Of what code reads, a sample names the fields that matter; what a file declares, it says whole. */
function failureOf(format: LogFormat, sample: Sample, isDeclared: boolean): string[] {
  const clock = createClock({ zone: 'UTC', firstYear: SAMPLE_YEAR });
  if (isDeclared) return [sampleProblem(format, sample, clock) ?? []].flat();
  const event = readSample(format, sample, FORMATS);
  if (isSkip(event)) return [`the sample is not read: ${event.skip}: ${sample.lines[0]}`];
  return [eventProblem(event, sample) ?? []].flat();
}
