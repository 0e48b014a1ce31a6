/**
 * One run of the engine: the files, the rules, the readers, and the pieces of work. Both the findings
 * (`analyse`) and the plain events (`streamEvents`) are made from it.
 */
import { availableParallelism } from 'node:os';
import { EXIT, IrError, suggestion, usageError } from '../errors.ts';
import type { Level } from '../events/level.ts';
import { dateFiles } from '../logs/date-files.ts';
import { type FileChange, UNCHANGED } from '../logs/file-change.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { LineMark } from '../logs/line-account.ts';
import { loadOwnFormats, useOwnFormats } from '../logs/own-formats.ts';
import type { FormatDocument } from '../logs/pattern/format-document.ts';
import { isProblem, type PreparedFile, prepareFile, type UndatedFile } from '../logs/prepare.ts';
import { isPackedName } from '../logs/rotation.ts';
import { type ForPaths, type SaidOfFiles, sayUnused } from '../logs/said-of-files.ts';
import { withoutCopies } from '../logs/same-content.ts';
import { createSpool, type Spool } from '../logs/spool.ts';
import { createTurns, inTurns } from '../logs/turns.ts';
import { type InputProblem, STDIN_PATH, type Walk, walk } from '../logs/walk.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { createFilter, type FilterOptions, followsSessions } from './event-filter.ts';
import { fileAccount, problemAccount } from './file-accounts.ts';
import type { FileAccount } from './finding.ts';
import { followSessions } from './follow.ts';
import type { Geo } from './geo/geo.ts';
import { usePlaces } from './geo/here.ts';
import { changesOf, type Hash, hashAll } from './hash-files.ts';
import type { Indicators } from './indicators/indicator-rules.ts';
import { MAX_FILES } from './location.ts';
import { byTask, inOrder, lineMarksOf, planTasks } from './pieces.ts';
import type { Plan } from './plan.ts';
import { createPool, type Pool, type WorkerSetup } from './pool.ts';
import { createScanner, type ScanResult, type ScanTask } from './scan-task.ts';
import { createSketchMemory } from './sketch.ts';
import type { StatsSpec } from './stats/collect.ts';

/** What a run is asked, as the command line has it. */
export interface AnalyseOptions {
  cwd: string;
  /** IANA zone of stamps that name none. */
  zone: string;
  /** What the user says of single files, the zone included. */
  said?: SaidOfFiles;
  env: Readonly<Record<string, string | undefined>>;
  filter: FilterOptions;
  /** Lowest level of findings to report. */
  level: Level;
  /** Is one finding an act wanted instead of one a hit? Absent: no. */
  isFolded?: boolean;
  /** Only these rules (id, name, title or file, with `*`); empty: all. */
  ruleNames: readonly string[];
  /** Folders of rules besides the bundled ones and the user's. */
  ruleFolders: readonly string[];
  /** Are the user's own rules left out? */
  isWithoutOwnRules?: boolean;
  /** No rule is asked. */
  isWithoutRules?: boolean | undefined;
  /** Only rules that fit this profile of the configuration. */
  profile?: string | undefined;
  /** Logs that tell what is normal. Absent: the first fifth of the span does. */
  baseline?: readonly string[] | undefined;
  /** Are these the logs of the baseline itself? */
  isBaseline?: boolean;
  /** Where addresses are. Absent: nothing is said of places. */
  geo?: Geo | undefined;
  /** What is looked for besides the rules. */
  indicators?: Indicators | undefined;
  /** The workspace folder that the user named: its configuration is read. */
  store?: string | undefined;
  /** Dates year-less stamps as of this moment (milliseconds) instead of by file date. */
  referenceMs: number | undefined;
  /** Reader threads; 0 reads in this thread; undefined: by size and processors. */
  workers: number | undefined;
  /** Is the SHA-256 of the files wanted? It takes a tenth of the time. Absent: yes. */
  isHashed?: boolean;
  /** Follow symbolic links out of the folders that were named. */
  isFollowing?: boolean;
  /** A moment in microseconds as the reader wants to see it. Absent: RFC 3339 in UTC. */
  timeText?(us: number): string;
  /** Tried on locked members of archives. */
  passwords?: string[];
  /** Longer pauses are gaps, in microseconds: for `clock`. */
  gapUs?: number;
  /** In which order events are handed out. Absent: by time. */
  order?: 'time' | 'file';
  /** Are all lines of events handed out? Absent: those that they begin on. */
  areAllWanted?: boolean;
  /** What a file is called that was brought here to be read. */
  shownAs?: ((path: string) => string) | undefined;
  stdin: AsyncIterable<Uint8Array>;
  progress?(text: string): void;
  /** Remarks for the person who runs it. */
  say?(text: string): void;
  signal?: AbortSignal;
}

/** Less than this is read faster than workers start. */
const INLINE_BYTES = 6 * 1024 * 1024;

/** A run whose files are prepared and whose readers wait; `close` it in any case. */
export interface Session {
  files: readonly PreparedFile[];
  problems: readonly InputProblem[];
  sketchMemory: SharedArrayBuffer;
  /** Reads everything for a purpose; results in any order. @param stats what is counted, for `stats` */
  scan(
    purpose: ScanTask['purpose'],
    onResult: (result: ScanResult) => void,
    stats?: StatsSpec,
  ): Promise<void>;
  /** Results of the first reading must be handed in for accounts and line marks. */
  accounts(
    results: readonly ScanResult[],
    hashes: readonly Hash[],
    changes: readonly FileChange[],
  ): FileAccount[];
  /** What became of every file since it was opened, by the results of the first reading. */
  changes(results: readonly ScanResult[]): Promise<readonly FileChange[]>;
  marksOf(results: readonly ScanResult[]): (file: number) => readonly LineMark[];
  /** The results of each file, in the order of its pieces. */
  byFile(results: readonly ScanResult[]): readonly (readonly ScanResult[])[];
  /** SHA-256 of every file. Runs beside the reading. */
  hash(): Promise<readonly Hash[]>;
  /** Nothing more will be scanned: the readers may end while the rest is worked out. */
  release(): void;
  close(): Promise<void>;
}

/** The rules of a run, loaded while the readers start. */
export interface LoadedPlan {
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  mappings: WorkerSetup['mappings'];
  plan: Plan;
}

/** Walks, starts the readers, loads the rules and prepares the files. */
export async function openSession<L extends LoadedPlan>(
  paths: readonly string[],
  options: AnalyseOptions,
  load: () => Promise<L>,
): Promise<Session & { loaded: L }> {
  const ownFormats = takeOwnFormats(options);
  usePlaces(options.geo);
  assertFormats(options.said?.formats ?? []);
  const { progress, signal } = options;
  const walked = await walk(paths, options.cwd, options);
  assertCount(walked.files.length);
  const count = workerCount(walked, options.workers);
  const pool = createPool(count);
  const spool = createSpool();
  try {
    const loaded = await load();
    const { documents, mappings, plan } = loaded;
    const sketchMemory = createSketchMemory(plan.sketchCount, count + 1);
    const begin = (filter: FilterOptions): void => {
      const context = { plan, formats: FORMATS, sketchMemory, filter: createFilter(filter) };
      const scanner = createScanner({ ...context, section: 1 });
      const setup = { documents, mappings, ownFormats, sketchMemory, filter };
      pool.begin({ ...setup, places: options.geo?.bytes }, scanner);
    };
    const { filter } = options;
    // Readers get ready while the files are looked at, where these do not decide what is wanted.
    if (!followsSessions(filter)) begin(filter);
    const { files, problems } = await prepareAll(walked, spool, options);
    if (options.isBaseline !== true) sayUnused(files, options);
    if (followsSessions(filter)) {
      progress?.('following sessions');
      const from = { entities: filter.entities, signs: filter.signs ?? [] };
      const sessions = await inTurns(followSessions(files, from), createTurns(signal));
      begin({ ...filter, sessions });
    }
    const session = createSession(files, problems, sketchMemory, pool, spool, options);
    return { ...session, loaded };
  } catch (error) {
    spool.remove();
    await pool.close();
    throw error;
  }
}

function assertCount(files: number): void {
  if (files <= MAX_FILES) return;
  throw new IrError(`${files} files are more than one run takes (${MAX_FILES})`, {
    exit: EXIT.usage,
    hint: 'Run it on parts of the folder.',
  });
}

/** Reads the user's own formats, says what is wrong with any, and reads with the others. */
function takeOwnFormats({ env, say }: AnalyseOptions): readonly FormatDocument[] {
  const { documents, problems, notes } = loadOwnFormats(env);
  useOwnFormats(documents);
  for (const { message, source, hint } of problems) {
    const { path, line = 1, column = 1, text } = source;
    const advice = hint === undefined ? '' : `. ${hint}`;
    say?.(`${path}:${line}:${column}: the format is left out: ${message}${advice}`);
    if (text === undefined) continue;
    say?.(`  ${text}`);
    say?.(`  ${' '.repeat(column - 1)}^`);
  }
  for (const note of notes) say?.(note);
  return documents;
}

/** A format that nobody has would leave files to chance. */
function assertFormats(said: readonly ForPaths<string>[]): void {
  const names = FORMATS.map(({ name }) => name);
  for (const { value } of said) {
    if (names.includes(value)) continue;
    throw usageError(
      `--as: there is no format "${value}"`,
      suggestion(value, names, 'ir formats list names them all.'),
    );
  }
}

function workerCount({ files }: Walk, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  // A packed file is several times larger inside; standard input may be anything.
  const bytes = files.reduce(
    (sum, { path, sizeBytes }) => sum + (isPackedName(path) ? sizeBytes * 8 : sizeBytes),
    files.some(({ path }) => path === STDIN_PATH) ? INLINE_BYTES : 0,
  );
  return bytes < INLINE_BYTES ? 0 : Math.max(1, Math.min(16, availableParallelism()));
}

/** Files between two looks of the progress line. */
const PROGRESS_STEP = 50;

async function prepareAll(
  walked: Walk,
  spool: Spool,
  { stdin, referenceMs, zone, said = { zone }, passwords, signal, progress }: AnalyseOptions,
): Promise<{ files: PreparedFile[]; problems: InputProblem[] }> {
  const files: UndatedFile[] = [];
  const problems: InputProblem[] = [...walked.problems];
  const turn = createTurns(signal);
  for (const [index, file] of walked.files.entries()) {
    await turn();
    if (index % PROGRESS_STEP === 0 && index > 0)
      progress?.(`looking into files: ${index} of ${walked.files.length}`);
    const prepared = await prepareFile(file, {
      formats: FORMATS,
      spool,
      stdin,
      said,
      passwords,
      signal,
    });
    for (const found of prepared) {
      if (isProblem(found)) problems.push(found);
      else files.push(found);
    }
  }
  const single = await withoutCopies(files, turn);
  signal?.throwIfAborted();
  assertCount(single.files.length);
  return {
    files: dateFiles(single.files, { referenceMs }),
    problems: [...problems, ...single.problems],
  };
}

/** Only the lanes by positions and by templates count hits instead of keeping them, and leave something to read again. */
export const countsFirst = (format: LogFormat | undefined): boolean =>
  format?.lane === 'positions' || format?.lane === 'templates';

function createSession(
  files: readonly PreparedFile[],
  problems: readonly InputProblem[],
  sketchMemory: SharedArrayBuffer,
  pool: Pool,
  spool: Spool,
  options: AnalyseOptions,
): Session {
  const tasks = planTasks(files);
  const tasksOf: ScanTask[][] = files.map(() => []);
  for (const task of tasks) tasksOf[task.file]?.push(task);
  return {
    files,
    problems,
    sketchMemory,
    async scan(purpose, onResult, stats) {
      const isHot = ({ file }: ScanTask): boolean => countsFirst(files[file]?.format);
      const chosen = purpose === 'hot' ? tasks.filter(isHot) : tasks;
      const meter = createMeter(chosen, options.progress);
      await pool.run(
        chosen.map((task) => ({ ...task, purpose, gapUs: options.gapUs ?? 0, stats })),
        createTurns(options.signal),
        (result) => {
          options.signal?.throwIfAborted();
          meter(result.id);
          onResult(result);
        },
      );
    },
    accounts(results, hashes, changes) {
      const resultsOf = inOrder(tasksOf, results);
      return [
        ...files.map((file, index) =>
          fileAccount(file, resultsOf(index), hashes[index], changes[index] ?? UNCHANGED),
        ),
        ...problems.map(problemAccount),
      ];
    },
    changes: (results) => changesOf(files, inOrder(tasksOf, results), createTurns(options.signal)),
    byFile(results) {
      const resultsOf = inOrder(tasksOf, results);
      return files.map((_, index) => resultsOf(index));
    },
    marksOf(results) {
      const resultsOf = byTask(results);
      return (file) => lineMarksOf(tasksOf[file] ?? [], resultsOf);
    },
    hash: async () =>
      options.isHashed === false ? files.map(() => '') : await hashAll(files, options.signal),
    release() {
      // A failure to end comes out of `close`, which asks again.
      pool.close().catch(() => undefined);
    },
    async close() {
      spool.remove();
      await pool.close();
    },
  };
}

/** Progress with rate and time left. */
function createMeter(
  tasks: readonly ScanTask[],
  progress: ((text: string) => void) | undefined,
): (id: number) => void {
  const total = tasks.reduce((sum, { start, end }) => sum + end - start, 0);
  const started = Date.now();
  let done = 0;
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return (id) => {
    const task = byId.get(id);
    if (progress === undefined || task === undefined || total === 0) return;
    done += task.end - task.start;
    const seconds = Math.max(0.001, (Date.now() - started) / 1000);
    const rate = done / seconds;
    const left = Math.ceil((total - done) / rate);
    progress(
      `reading: ${Math.floor((done / total) * 100)}% at ${Math.round(rate / 1e6)} MB/s, ${left} s left`,
    );
  };
}
