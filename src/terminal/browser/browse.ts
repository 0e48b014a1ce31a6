/** The full-screen browser: keys to states, states to the screen, and what is asked for outside. */
import type { BrowseSource } from '../../commands/browse-source.ts';
import { messageOf } from '../../errors.ts';
import type { Settings } from '../../settings.ts';
import type { Interruption } from '../screen.ts';
import { createStyle } from '../style.ts';
import { render } from './render.ts';
import { openScreen } from './screen.ts';
import { type Effect, type Message, startState } from './state.ts';
import { update } from './update.ts';
import { type Asked, perform } from './work.ts';

/** Shows it until it is left. @throws what a signal aborted the run with */
export function browse(
  source: BrowseSource,
  settings: Settings,
  { signal, interrupt }: Interruption,
): Promise<void> {
  const { stdout } = process;
  const style = createStyle(stdout, settings.color, settings.env);
  const look = { isUnicode: style.isUnicode === true };
  let state = startState(source, stdout.rows || 24, stdout.columns || 80);
  return new Promise((resolve, reject) => {
    const tasks = createTasks(source, (message) => send(message));
    let isDone = false;
    const end = (settle: () => void): void => {
      if (isDone) return;
      isDone = true;
      tasks.cancel();
      screen.close();
      signal.removeEventListener('abort', stopped);
      settle();
    };
    const stopped = (): void => end(() => reject(signal.reason));
    const act = (effect: Effect): void => {
      if (effect.kind === 'leave') end(resolve);
      else if (effect.kind === 'interrupt') interrupt();
      else if (effect.kind === 'suspend') screen.suspend();
      else if (effect.kind === 'cancel') tasks.cancel();
      else tasks.start(effect);
    };
    const send = (message: Message): void => {
      if (isDone) return;
      try {
        const step = update(state, message);
        state = step.state;
        for (const effect of step.effects) act(effect);
        if (!isDone) screen.draw(render(state, look));
      } catch (error) {
        end(() => reject(error));
      }
    };
    const screen = openScreen(style, {
      onKey: (key) => send({ kind: 'key', ...key }),
      onSize: (rows, columns) => send({ kind: 'size', rows: rows || 24, columns: columns || 80 }),
    });
    signal.addEventListener('abort', stopped, { once: true });
    screen.draw(render(state, look));
  });
}

/** What goes on outside, until it ends or is ended. */
function createTasks(
  source: BrowseSource,
  send: (message: Message) => void,
): { start(effect: Asked): void; cancel(): void } {
  const running = new Set<AbortController>();
  return {
    cancel() {
      for (const task of running) task.abort();
    },
    start(effect) {
      const task = new AbortController();
      const { signal } = task;
      running.add(task);
      perform(source, effect, signal, send)
        .then((message) => {
          if (!signal.aborted) send(message);
        })
        .catch((error: unknown) => {
          // Where a finding's lines cannot be read, those that it cites are there.
          if (effect.kind === 'lines')
            send({ kind: 'lines', finding: effect.finding, list: effect.finding.cited });
          if (!signal.aborted) send({ kind: 'said', text: messageOf(error), isError: true });
        })
        .finally(() => running.delete(task));
    },
  };
}
