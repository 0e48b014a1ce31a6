/** The program on a pseudo terminal, driven as a person would. */
import type { IPty } from 'node-pty';
import { isThere } from '../needs.ts';

/** A development package that has to be compiled where no ready-made one is inside: on Linux. */
const pty = await import('node-pty').catch(() => undefined);
export const hasTerminal = isThere(
  'walks on a pseudo terminal (npm rebuild node-pty --ignore-scripts=false)',
  pty !== undefined,
);

export interface Terminal {
  /** Everything shown so far, without escape sequences. */
  screen(): string;
  /** Resolves when the text shown since the last call matches. */
  sees(pattern: RegExp): Promise<void>;
  type(keys: string): void;
  /** Chooses the entry of a list by its number, counted from 1, when the first one is marked. */
  choose(number: number): void;
  resize(columns: number, rows: number): void;
  kill(): void;
  ended: Promise<{ exitCode: number; signal?: number }>;
}

export const ENTER = '\r';
export const DOWN = '\u001b[B';
export const CONTROL_C = '\u0003';

const WAIT_MS = 60_000;
const ESCAPES = /\u001b\[[0-9;?]*[A-Za-z]/g;

export function openTerminal(
  argv: readonly string[],
  env: Record<string, string>,
  columns = 80,
  program = process.execPath,
): Terminal {
  if (pty === undefined) throw new Error('node-pty is not there');
  const terminal: IPty = pty.spawn(program, [...argv], { cols: columns, rows: 40, env });
  let all = '';
  let from = 0;
  const listeners = new Set<() => void>();
  const screen = (): string => all.replace(ESCAPES, '');
  terminal.onData((data) => {
    all += data;
    for (const listener of listeners) listener();
  });
  let hasEnded = false;
  const ended = new Promise<{ exitCode: number; signal?: number }>((resolve) =>
    terminal.onExit((end) => {
      hasEnded = true;
      resolve(end);
    }),
  );
  const sees = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        listeners.delete(check);
        reject(new Error(`waited for ${pattern} and saw:\n${screen().slice(from)}`));
      }, WAIT_MS);
      const check = (): void => {
        const text = screen();
        if (!pattern.test(text.slice(from))) return;
        from = text.length;
        clearTimeout(timer);
        listeners.delete(check);
        resolve();
      };
      listeners.add(check);
      check();
    });
  return {
    screen,
    sees,
    type: (keys) => terminal.write(keys),
    choose: (number) => terminal.write(DOWN.repeat(number - 1) + ENTER),
    resize: (wide, high) => terminal.resize(wide, high),
    kill: () => {
      // It may have ended in the meantime.
      if (!hasEnded) terminal.kill('SIGKILL');
    },
    ended,
  };
}
