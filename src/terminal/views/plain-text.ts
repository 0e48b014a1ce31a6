import type { View } from '../view.ts';

/** Text of our own for a program, such as a completion: as it is. */
export const view: View<{ lines: readonly string[] }> = {
  text: ({ lines }) => lines.map((line) => `${line}\n`).join(''),
};
