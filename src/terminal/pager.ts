/** Long output for a terminal goes through a pager, as git's does. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { Settings } from '../settings.ts';

/** A pager, and the screen that has to be full before it is started. */
export interface Paging {
  command: string;
  rows: number;
  columns: number;
  env: Settings['env'];
  /** Called when it starts: from then on Ctrl-C is the pager's. */
  onStart(): void;
}

/**
 * The pager of IR_PAGER, else PAGER, else less; undefined where none is wanted (`--no-pager`, an empty value, `cat`), and where nobody
 * looks on.
 */
export function pagingFor(
  stream: { isTTY?: boolean; rows?: number; columns?: number },
  env: Settings['env'],
  isWanted: boolean,
  onStart: () => void,
): Paging | undefined {
  const { rows = 0, columns = 80 } = stream;
  if (!isWanted || stream.isTTY !== true || rows === 0 || env['TERM'] === 'dumb') return undefined;
  const command = (env['IR_PAGER'] ?? env['PAGER'] ?? 'less').trim();
  if (command === '' || command === 'cat') return undefined;
  return { command, rows, columns, env, onStart };
}

/** Rows that text takes on a screen; what colours it takes none. */
export function rowsOf(text: string, columns: number): number {
  const lines = text.replace(/\u001b\[[0-9;]*m/g, '').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / columns)), 0);
}

/** A pager that runs. */
export interface RunningPager {
  /** Waits for a slow reader. False once the pager was left: nothing more is wanted. */
  write(text: string): Promise<boolean>;
  /** All is said: resolves when the reader leaves it. */
  end(): Promise<void>;
}

/** Starts the pager; undefined where the program is not there. */
export async function startPager({
  command,
  env,
  onStart,
}: Paging): Promise<RunningPager | undefined> {
  const options = {
    stdio: ['pipe', 'inherit', 'inherit'] as ['pipe', 'inherit', 'inherit'],
    env: { ...env, LESS: env['LESS'] ?? 'FRX', LV: env['LV'] ?? '-c' },
  };
  // A shell only for what needs one: without it a program that is not there is noticed.
  const isPlain = /^[\w./ =+-]+$/.test(command) && !/^\w+=/.test(command);
  const [program = '', ...args] = command.split(/ +/);
  const child = isPlain
    ? spawn(program, args, options)
    : spawn(command, { ...options, shell: true });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const isThere = await new Promise<boolean>((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
  if (!isThere) return undefined;
  onStart();
  return writerTo(child, closed);
}

function writerTo(child: ChildProcess, closed: Promise<void>): RunningPager {
  const { stdin } = child;
  if (stdin === null) throw new Error('the pager has no input');
  let isLeft = false;
  // Whoever leaves it early has seen enough.
  stdin.on('error', () => (isLeft = true));
  void closed.then(() => (isLeft = true));
  return {
    async write(text) {
      if (isLeft) return false;
      if (!stdin.write(text)) {
        await Promise.race([new Promise((resolve) => stdin.once('drain', resolve)), closed]);
      }
      return !isLeft;
    },
    async end() {
      stdin.end();
      await closed;
    },
  };
}
