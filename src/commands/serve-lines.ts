/** The lines behind a figure of the live page: `ir grep` over the sources, in a process of its own that is ended when it takes too long. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { LinesAsked, ShownLines } from '../serve/lines.ts';
import type { CommandContext } from './context.ts';

const MOST_LINES = 200;
const MOST_MS = 20_000;
const MOST_TEXT = 4000;

/** Looks for one at a time: who asks meanwhile is told so. @param program how `ir` is run, for tests */
export function lineFinder(
  { settings, signal }: Pick<CommandContext, 'settings' | 'signal'>,
  program: readonly string[] = [process.execPath, resolve(process.argv[1] ?? 'ir')],
): (asked: LinesAsked) => Promise<ShownLines> {
  let isBusy = false;
  return async (asked) => {
    if (asked.paths.length === 0) return { lines: [], ending: 'nothing' };
    if (isBusy) return { lines: [], ending: 'busy' };
    isBusy = true;
    try {
      return await find(program, asked, settings.cwd, signal);
    } finally {
      isBusy = false;
    }
  };
}

async function find(
  [file = '', ...first]: readonly string[],
  { paths, where, entity, fromMs, toMs }: LinesAsked,
  cwd: string,
  signal: AbortSignal,
): Promise<ShownLines> {
  const instant = (ms: number): string => new Date(ms).toISOString();
  const argv = [
    ...[...first, 'grep', '--format', 'jsonl', '--where', where, '--since', instant(fromMs)],
    ...['--until', instant(toMs), ...(entity === '' ? [] : ['-i', '-F', '-e', entity])],
    ...['--', ...paths],
  ];
  const child = spawn(file, argv, { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const lines: ShownLines['lines'][number][] = [];
  let ending: ShownLines['ending'] = 'all';
  const stop = (why: ShownLines['ending']): void => {
    ending = why;
    child.kill('SIGKILL');
  };
  const timer = setTimeout(() => stop('slow'), MOST_MS);
  const abort = (): void => stop('slow');
  signal.addEventListener('abort', abort, { once: true });
  const ended = new Promise<void>((done) => {
    child.on('close', () => done());
    child.on('error', () => {
      ending = 'slow';
      done();
    });
  });
  try {
    for await (const text of createInterface({ input: child.stdout })) {
      if (lines.length >= MOST_LINES) {
        stop('more');
        break;
      }
      const line = lineOf(text);
      if (line !== undefined) lines.push(line);
    }
    await ended;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
    child.kill('SIGKILL');
  }
  return { lines, ending: ending === 'all' && lines.length === 0 ? 'nothing' : ending };
}

function lineOf(text: string): ShownLines['lines'][number] | undefined {
  try {
    const { log, event, ir } = JSON.parse(text) as {
      log?: { file?: { path?: string } };
      event?: { original?: string };
      ir?: { line?: number };
    };
    const raw = event?.original ?? '';
    return {
      place: `${log?.file?.path ?? ''}:${ir?.line ?? 0}`,
      raw: raw.length > MOST_TEXT ? `${raw.slice(0, MOST_TEXT)}…` : raw,
    };
  } catch {
    return undefined;
  }
}
