/** Lines on stderr while a command runs: remarks that stay and progress that passes. */
import type { Settings } from '../settings.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { columnsOf } from './style.ts';

/** `say` writes lines that stay; `progress` rewrites one line, on a terminal only. */
export function createConsole(settings: Settings): {
  say(text: string): void;
  progress(text: string): void;
} {
  const stream = process.stderr;
  const showsProgress =
    stream.isTTY === true && !settings.isQuiet && settings.env['TERM'] !== 'dumb';
  let isLineDirty = false;
  const clear = (): void => {
    if (isLineDirty) stream.write('\r\u001b[2K');
    isLineDirty = false;
  };
  return {
    say(text) {
      if (settings.isQuiet) return;
      clear();
      stream.write(`${neutralise(text)}\n`);
    },
    progress(text) {
      if (!showsProgress) return;
      clear();
      if (text === '') return;
      stream.write(
        neutraliseLine(text).slice(0, Math.max(20, (columnsOf(stream, settings.env) ?? 80) - 1)),
      );
      isLineDirty = true;
    },
  };
}
