import type { CloseResult } from '../../commands/close-incident.ts';
import { headLines, headline, metricsText } from '../incident-text.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir close` is shown. */
export const view: View<CloseResult> = {
  text: ({ incident, metrics, openSteps, head }, style) =>
    `${[
      `Closed ${headline(incident, { ...style, width: style.width - 7 })}`,
      `  ${incident.determination}, in phase ${incident.phase}`,
      ...(openSteps.length === 0
        ? []
        : wrap(
            `left open: ${openSteps.map(({ stepId }) => stepId).join(', ')}`,
            style.width - 2,
          ).map((line) => `  ${line}`)),
      ...metricsText(incident, metrics, style.width - 2).map((line) => `  ${line}`),
      ...headLines(head, style, '  chain head '),
      'Next: ir report',
    ].join('\n')}\n`,
  json: withNulls,
};
