/** Lines on stderr while a command runs: remarks that stay and progress that passes. */
import type { Settings } from '../settings.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { columnsOf } from './style.ts';

/** A step that goes on is told again so often, with --verbose. */
const TOLD_EVERY_MS = 1_000;

/** `say` writes lines that stay; `progress` rewrites one line, on a terminal only, or with --verbose writes one a step. */
export function createConsole(settings: Settings): {
  say(text: string): void;
  progress(text: string): void;
} {
  const stream = process.stderr;
  const showsProgress =
    stream.isTTY === true && !settings.isQuiet && settings.env['TERM'] !== 'dumb';
  let isLineDirty = false;
  let toldStep = '';
  let toldMs = 0;
  /** The steps are told apart by their first words: `reading: 3% at 90 MB/s` goes on as `reading: 4%`. */
  const tell = (text: string): void => {
    if (text === '') return;
    const nowMs = performance.now();
    const step = text.split(':')[0] ?? '';
    if (step === toldStep && nowMs - toldMs < TOLD_EVERY_MS) return;
    toldStep = step;
    toldMs = nowMs;
    stream.write(`[${(nowMs / 1000).toFixed(1).padStart(6)} s] ${neutraliseLine(text)}\n`);
  };
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
      if (settings.isVerbose) return tell(text);
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
