import type { OpenResult } from '../../commands/open-incident.ts';
import { plural } from '../../events/words.ts';
import { headLines, headline, paintSeverity } from '../incident-text.ts';
import { showInstant, wrap, wrapAfter } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir open` is shown. */
export const view: View<OpenResult> = {
  text({ incident, folder, isNewStore, head, timeline }, style) {
    const { severity, impact, urgency, type, times, isDrill } = incident;
    const kind = type === '' ? 'no playbook' : type;
    const isEmpty = timeline === undefined;
    const next = !isEmpty
      ? 'Next: ir show, ir respond, ir note TEXT, ir report'
      : type === ''
        ? 'Next: ir timeline PATHS --save, ir update --type PLAYBOOK, ir note TEXT'
        : 'Next: ir timeline PATHS --save, ir respond, ir note TEXT';
    return `${[
      `Opened ${headline(incident, { ...style, width: style.width - 7 })}`,
      wrapAfter(
        '  ',
        `${severity}, impact ${impact}, urgency ${urgency}, ${kind}${isDrill ? ', a drill' : ''}`,
        style.width,
        2,
      ).replace(severity, paintSeverity(severity, style)),
      wrapAfter('  ', `detected ${detectedText(times.detected, style)}`, style.width, 2),
      wrapAfter('  ', `${isNewStore ? 'new store' : 'store'}: ${folder}`, style.width, 2),
      ...proposalLines(timeline, style),
      ...headLines(head, style, '  chain head '),
      wrapAfter('', next, style.width, 0),
    ].join('\n')}\n`;
  },
  json: withNulls,
};

const detectedText = (detected: string | undefined, { offsetAt }: Style): string =>
  detected === undefined
    ? 'unknown: give it with ir update --detected-at TIME'
    : showInstant(detected, offsetAt);

function proposalLines(timeline: OpenResult['timeline'], style: Style): string[] {
  if (timeline === undefined) return [];
  const { proposal, saved, unreadable, problems } = timeline;
  const account = `saved ${plural(saved.findings, 'finding')} from ${plural(saved.sources, 'source file')}`;
  const missing =
    unreadable === 0 ? '' : `; ${plural(unreadable, 'path')} could not be read in full`;
  return [
    ...proposal.reasons.map((reason) => wrapAfter('  - ', reason, style.width, 4)),
    wrapAfter('  ', account + missing, style.width, 2),
    ...problems
      .slice(0, MOST_PROBLEMS)
      .flatMap(({ path, problem }) => wrap(`${path}: ${problem}`, style.width - 4))
      .map((line) => `    ${style.paint.yellow(line)}`),
    ...(problems.length > MOST_PROBLEMS ? [`    and ${problems.length - MOST_PROBLEMS} more`] : []),
  ];
}

/** Paths that are named one by one; ir timeline names them all. */
const MOST_PROBLEMS = 10;
