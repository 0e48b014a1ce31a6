/** A format file that is proposed, ready to be written to a file. */
import type { NewFormatResult } from '../../commands/new-format.ts';
import { neutralise } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir formats new` is shown. */
export const view: View<NewFormatResult> = {
  text: ({ text }) => neutralise(text),
};
