/**
 * Parse, run, print, exit code. The only catch-all and the only place that sets the exit code.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Run } from './cli/declare.ts';
import type { CommandContext } from './commands/context.ts';
import type { CommandOutcome } from './commands/outcome.ts';
import { EXIT, type ExitCode, IrError } from './errors.ts';
import { buildSettings, type RawSettings, type Settings } from './settings.ts';

/** The version in package.json. */
function readVersion(): string {
  // This file runs as dist/main.js and, bundled, one folder deeper.
  const found = ['../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find((url) => existsSync(url));
  if (found === undefined) throw new Error('package.json is missing from the installation');
  return (JSON.parse(readFileSync(found, 'utf8')) as { version: string }).version;
}

async function main(argv: readonly string[]): Promise<void> {
  // What Node has to say about the program is for those who work on it.
  if (!argv.includes('--debug')) process.removeAllListeners('warning');
  process.stdout.on('error', (error) => void endOnBrokenOutput(error));
  // The commonest question of scripts and packagers, answered before anything is loaded.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    await printPlain(`${readVersion()}\n`);
    return;
  }
  // A reader of the messages that went away is no reason to stop.
  process.stderr.on('error', () => undefined);
  const interruption = listenForSignals();
  const plain = { out: '', err: '' };
  try {
    const { CommanderError } = await import('commander');
    const { createProgram } = await import('./cli/program.ts');
    const program = createProgram(readVersion(), createRun(interruption), (text, isError) => {
      plain[isError ? 'err' : 'out'] += text;
    });
    try {
      await program.parseAsync(argv as string[], { from: 'user' });
    } catch (error) {
      if (!(error instanceof CommanderError)) throw error;
      await printHelp(plain.out, plain.err, interruption);
      if (error.exitCode !== 0) setExit(EXIT.usage);
      return;
    }
    if (interruption.exit !== undefined) setExit(interruption.exit);
  } catch (error) {
    if (
      interruption.exit !== undefined &&
      !(error instanceof IrError && error.exit !== EXIT.refused)
    ) {
      setExit(interruption.exit);
      return;
    }
    await printFailure(error);
  }
}

/** --json, --format json or --format=json, read before the options are, for errors in the options. */
const asksForJson = (argv: readonly string[]): boolean =>
  argv.some(
    (argument, index) =>
      argument === '--json' ||
      argument === '--format=json' ||
      (argument === 'json' && argv[index - 1] === '--format'),
  );

interface Interruption {
  readonly signal: AbortSignal;
  exit: ExitCode | undefined;
  /** The work is done: what is left is writing the result, perhaps to a reader that does not read. */
  isPrinting: boolean;
  /** A pager has the terminal: Ctrl-C is for it, and reaches us as well. */
  isPaging: boolean;
  /** Ends the run as if SIGINT had arrived (Ctrl-C inside a prompt). */
  interrupt(): void;
}

/**
 * First SIGINT or SIGTERM: abort and let the command finish tidily. Second, or while printing: exit at once. Before a command asks for the
 * signal, and in those that never do, the system ends the run at once: what works through a long journal would not hear of it, and the
 * store survives it.
 */
function listenForSignals(): Interruption {
  const controller = new AbortController();
  let isListening = false;
  const interruption: Interruption = {
    get signal() {
      if (!isListening) {
        process.on('SIGINT', () => stop(EXIT.sigint));
        process.on('SIGTERM', () => stop(EXIT.sigterm));
      }
      isListening = true;
      return controller.signal;
    },
    exit: undefined,
    isPrinting: false,
    isPaging: false,
    interrupt: () => stop(EXIT.sigint),
  };
  const stop = (code: ExitCode): void => {
    if (interruption.isPaging && code === EXIT.sigint) return;
    if (interruption.exit !== undefined || interruption.isPrinting) process.exit(code);
    interruption.exit = code;
    controller.abort();
  };
  return interruption;
}

function createRun(interruption: Interruption): Run {
  return async (command, view, body) => {
    const raw = command.optsWithGlobals() as RawSettings;
    const settings = buildSettings(raw, process.env, process.cwd());
    const context = await createContext(settings, interruption);
    // Also when it fails or is interrupted: a passing line is no place to end on.
    const outcome: CommandOutcome<unknown> = await body(context).finally(() =>
      context.progress(''),
    );
    const { printResult } = await import('./terminal/print-result.ts');
    const { writeTo } = outcome;
    // A file that is half written is to be removed.
    interruption.isPrinting = writeTo === undefined && outcome.isLive !== true;
    const onPager = (): void => leaveTerminal(interruption);
    await printResult(view, outcome.result, settings, onPager, outcome);
    const exit = outcome.exitAfter?.() ?? outcome.exit;
    if (exit === undefined || exit === EXIT.done) return;
    setExit(exit);
    const reasons = outcome.reasons?.() ?? [];
    if (reasons.length === 0) return;
    const { printReasons } = await import('./terminal/print-error.ts');
    await printReasons(reasons, exit, settings.format === 'json', process.env);
  };
}

/** To a pager: it decides what Ctrl-C means. */
function leaveTerminal(interruption: Interruption): void {
  interruption.isPaging = true;
  process.on('SIGINT', () => undefined);
}

async function createContext(
  settings: Settings,
  interruption: Interruption,
): Promise<CommandContext> {
  const { createConsole } = await import('./terminal/console.ts');
  const { createAsk } = await import('./terminal/prompts.ts');
  const { createScreen } = await import('./terminal/screen.ts');
  const { randomBytes } = await import('node:crypto');
  const { say, progress } = createConsole(settings);
  return {
    settings,
    ask: createAsk(settings, interruption),
    screen: createScreen(settings, interruption),
    say,
    progress,
    now: () => new Date(),
    randomId: () => randomBytes(16).toString('hex'),
    get signal() {
      return interruption.signal;
    },
    ...(process.stderr.columns === undefined ? {} : { columns: process.stderr.columns }),
  };
}

function setExit(code: ExitCode): void {
  process.exitCode = code;
}

/** A reader that went away (`| head`) is not an error; anything else is, whatever was being done. */
async function endOnBrokenOutput(error: NodeJS.ErrnoException): Promise<void> {
  if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.done);
  const { outputFailed, reasonOf } = await import('./terminal/output.ts');
  await printFailure(outputFailed(reasonOf(error)));
  process.exit(EXIT.outputFailed);
}

/** Help, where it was asked for and where it answers wrong usage. */
async function printHelp(out: string, err: string, interruption: Interruption): Promise<void> {
  const { wrapHelp } = await import('./terminal/help-text.ts');
  const { columnsOf } = await import('./terminal/style.ts');
  const broken = (text: string, stream: { columns?: number }): string =>
    wrapHelp(text, columnsOf(stream, process.env) ?? 80);
  if (err !== '') process.stderr.write(broken(err, process.stderr));
  const { pagingFor } = await import('./terminal/pager.ts');
  const { write } = await import('./terminal/print-result.ts');
  const isWanted = !process.argv.includes('--no-pager');
  const paging = pagingFor(process.stdout, process.env, isWanted, () =>
    leaveTerminal(interruption),
  );
  await write(broken(out, process.stdout), paging).catch(printFailure);
}

/** Text that needs no view: the version. */
async function printPlain(text: string): Promise<void> {
  const { writeOut } = await import('./terminal/output.ts');
  await writeOut(text).catch(printFailure);
}

async function printFailure(error: unknown): Promise<void> {
  const { printError } = await import('./terminal/print-error.ts');
  const argv = process.argv.slice(2);
  await printError(error, {
    wantsJson: asksForJson(argv),
    isDebug: argv.includes('--debug'),
    env: process.env,
  });
  setExit(error instanceof IrError ? error.exit : EXIT.bug);
}

void main(process.argv.slice(2));
