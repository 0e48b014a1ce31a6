/** `ir watch`: a block for each step of a finding, as it comes. */
import type { WatchResult } from '../../commands/watch.ts';
import type { View } from '../view.ts';
import { findingLines } from './timeline.ts';

const STATES = { open: 'new', 'going-on': 'goes on', closed: 'over' } as const;

/** How `ir watch` is shown. */
export const view: View<WatchResult> = {
  isLive: true,
  async *text({ findings }, style) {
    for await (const { state, isReplayed, finding } of findings) {
      const note = `${STATES[state]}${isReplayed ? ', from before the watch began' : ''}`;
      let text = style.paint.dim(`[${note}]\n`);
      for (const line of findingLines(finding, style, true)) text += line;
      yield text;
    }
  },
  async *jsonl({ findings, documentOf }) {
    for await (const finding of findings) yield documentOf(finding);
  },
};
