import type { DrillReportResult } from '../../commands/drill-score.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** The report after an exercise: Markdown, or what it is made of. */
export const view: View<DrillReportResult> = {
  text: ({ text }) => text,
  md: ({ text }) => text,
  json: ({ model }) => withNulls(model),
};
