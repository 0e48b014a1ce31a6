import type { TopicResult } from '../../commands/topics.ts';
import { markdownText } from '../markdown-text.ts';
import type { View } from '../view.ts';

/** How a page of the documentation is shown. */
export const view: View<TopicResult> = {
  text: ({ text }, style) => markdownText(text, style),
  md: ({ text }) => text,
};
