/** The whole terminal, for commands that somebody looks around in; what draws on it is loaded when it is wanted. */
import type { BrowseScreen } from '../commands/browse-source.ts';
import { refusedError } from '../errors.ts';
import type { Settings } from '../settings.ts';

/** What it needs to know of signals: Ctrl-C ends the run like SIGINT. */
export interface Interruption {
  readonly signal: AbortSignal;
  readonly interrupt: () => void;
}

/** Makes it. Standard input is looked at last: to look at it is to open it. */
export function createScreen(settings: Settings, interruption: Interruption): BrowseScreen {
  const canDraw = (): boolean =>
    settings.isInputAllowed &&
    settings.env['TERM'] !== 'dumb' &&
    process.stdout.isTTY === true &&
    process.stdin.isTTY === true;
  return {
    get isPossible() {
      return canDraw();
    },
    async browse(source) {
      if (!canDraw()) throw refusedError('there is no terminal to draw on');
      const { browse } = await import('./browser/browse.ts');
      await browse(source, settings, interruption);
    },
  };
}
