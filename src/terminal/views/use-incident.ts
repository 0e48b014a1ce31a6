import type { UseResult } from '../../commands/use-incident.ts';
import { headline } from '../incident-text.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir use` is shown. */
export const view: View<UseResult> = {
  text: ({ incident }, style) =>
    `Now working on ${headline(incident, { ...style, width: style.width - 15 })}\n`,
  json: withNulls,
};
