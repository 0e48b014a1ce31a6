import type { OpenResult } from '../../commands/open-incident.ts';
import { headLines, headline, paintSeverity } from '../incident-text.ts';
import { showInstant, wrapAfter } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

export const view: View<OpenResult> = {
  text({ incident, folder, isNewStore, head }, style) {
    const { severity, impact, urgency, type, times, isDrill } = incident;
    const kind = type === '' ? 'no playbook' : type;
    const next =
      type === ''
        ? 'Next: ir timeline PATHS --save, ir update --type PLAYBOOK, ir note TEXT'
        : 'Next: ir timeline PATHS --save, ir respond, ir note TEXT';
    return `${[
      `Opened ${headline(incident, { ...style, width: style.width - 7 })}`,
      `  ${paintSeverity(severity, style)}, impact ${impact}, urgency ${urgency}, ${kind}${isDrill ? ', a drill' : ''}`,
      `  detected ${showInstant(times.detected)}`,
      wrapAfter('  ', `${isNewStore ? 'new store' : 'store'}: ${folder}`, style.width, 2),
      ...headLines(head, style, '  chain head '),
      wrapAfter('', next, style.width, 0),
    ].join('\n')}\n`;
  },
  json: withNulls,
};
