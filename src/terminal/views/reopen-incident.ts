import type { ReopenResult } from '../../commands/reopen-incident.ts';
import { headline } from '../incident-text.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir reopen` is shown. */
export const view: View<ReopenResult> = {
  text: ({ incident }, style) =>
    `Reopened ${headline(incident, { ...style, width: style.width - 9 })}\n  in phase ${incident.phase}\n`,
  json: withNulls,
};
