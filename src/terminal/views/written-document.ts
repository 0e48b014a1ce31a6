/** A document for other programs, as it is. */
import { safeJson } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How it is shown. */
export const view: View<{ text: string }> = {
  text: ({ text }) => safeJson(text),
  json: ({ text }) => JSON.parse(text),
};
