/** The terminal while it is drawn on: its other screen, its keys, its size; and as it was, however the run ends. */
import { writeSync } from 'node:fs';
import { emitKeypressEvents } from 'node:readline';
import type { Style } from '../style.ts';
import type { ScreenLine, Span } from './render.ts';

/** The other screen, no cursor, no line that goes on in the next. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l\u001b[2J';
const LEAVE = '\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l';
/** How long a lone Escape may be the beginning of another key. */
const ESCAPE_MS = 30;
/** After so long a run that was to stop goes on. */
const RESUME_MS = 100;

/** What happens to it. */
export interface ScreenEvents {
  onKey(key: { name: string; text: string; isControl: boolean }): void;
  /** Its size, at the beginning, when it changes, and when the run is in the foreground again. */
  onSize(rows: number, columns: number): void;
}

/** A screen that is drawn on. */
export interface Screen {
  draw(lines: readonly ScreenLine[]): void;
  /** To the shell, until somebody brings the run back. */
  suspend(): void;
  close(): void;
}

/** Takes the terminal over. */
export function openScreen(style: Style, { onKey, onSize }: ScreenEvents): Screen {
  const { stdin, stdout } = process;
  let shown: string[] = [];
  let isOpen = false;
  let isClosed = false;
  const keys = (
    text: string | undefined,
    key: { name?: string; ctrl?: boolean; sequence?: string },
  ): void => {
    const isControl = key.ctrl === true;
    const isPrintable = text !== undefined && !isControl && !/^[\u0000-\u001f\u007f]/.test(text);
    const name = key.name === 'enter' ? 'return' : (key.name ?? '');
    onKey({ name, text: isPrintable ? text : '', isControl });
  };
  const sized = (): void => {
    shown = [];
    stdout.write('\u001b[2J');
    onSize(stdout.rows, stdout.columns);
  };
  const open = (): void => {
    if (isOpen) return;
    isOpen = true;
    stdin.setRawMode(true);
    stdin.resume();
    stdout.write(ENTER);
  };
  /** At once: the process may end before a stream is written. */
  const leave = (): void => {
    if (!isOpen) return;
    isOpen = false;
    try {
      writeSync(stdout.fd, LEAVE);
      stdin.setRawMode(false);
    } catch {
      // The terminal is gone.
    }
  };
  const resumed = (): void => {
    open();
    sized();
  };
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_MS } as never);
  stdin.on('keypress', keys);
  stdout.on('resize', sized);
  process.on('SIGCONT', resumed);
  process.on('exit', leave);
  open();
  return {
    draw(lines) {
      const painted = lines.map((line) => paintLine(line, style));
      const changed = painted.flatMap((text, row) =>
        text === shown[row] ? [] : [`\u001b[${row + 1};1H\u001b[K${text}\u001b[0m`],
      );
      shown = painted;
      if (changed.length > 0) stdout.write(changed.join(''));
    },
    suspend() {
      leave();
      process.kill(process.pid, 'SIGTSTP');
      // Where there is no shell to come back from, nothing stops it.
      setTimeout(() => {
        if (!isClosed && !isOpen) resumed();
      }, RESUME_MS);
    },
    close() {
      isClosed = true;
      leave();
      stdin.off('keypress', keys);
      stdout.off('resize', sized);
      process.off('SIGCONT', resumed);
      process.off('exit', leave);
      stdin.pause();
    },
  };
}

function paintLine({ spans, isMarked }: ScreenLine, { paint }: Style): string {
  if (isMarked) return paint.inverse(spans.map(({ text }) => text).join(''));
  return spans.map((span) => paintSpan(span, paint)).join('');
}

function paintSpan({ text, tone }: Span, paint: Style['paint']): string {
  switch (tone) {
    case 'plain':
      return text;
    case 'dim':
    case 'informational':
      return paint.dim(text);
    case 'bold':
      return paint.bold(text);
    case 'critical':
      return paint.bold.red(text);
    case 'high':
    case 'error':
      return paint.red(text);
    case 'medium':
      return paint.yellow(text);
    case 'low':
      return paint.cyan(text);
  }
}
