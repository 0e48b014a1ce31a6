/** `ir serve`: the address to open, and nothing more until it ends. */
import type { ServeResult } from '../../commands/serve.ts';
import type { View } from '../view.ts';

/** How `ir serve` is shown. */
export const view: View<ServeResult> = {
  isLive: true,
  async *text({ url, ended }, style) {
    yield `${url}\n`;
    yield style.paint.dim('Open it in a browser. It lets in whoever has it; Ctrl-C ends it.\n');
    await ended;
  },
  async *jsonl({ url, ended }) {
    yield { url };
    await ended;
  },
};
