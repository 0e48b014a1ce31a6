import type { HandoverResult } from '../../commands/handover.ts';
import { showInstant, wrap, wrapAfter } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';
import { view as statusView } from './status.ts';

const LABEL = 12;

/** How a handover is shown: the status, then what was decided. */
export const view: View<HandoverResult> = {
  text(result, style) {
    const { status, decisions, to, role } = result;
    const told =
      to === undefined
        ? []
        : wrap(
            `Handed over to ${to}${role === undefined ? '' : `, who is ${role.replaceAll('_', ' ')} now`}.`,
            style.width,
          );
    const lines = decisions.map(({ at, by, text, why }, index) =>
      wrapAfter(
        index === 0 ? 'Decided' : '',
        `${showInstant(at, style.offsetAt)} ${by}: ${text}, because: ${why}`,
        style.width,
        LABEL,
      ),
    );
    const parts = [told.join('\n'), lines.join('\n'), statusText(status, style)];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  },
  json: withNulls,
  md({ status, decisions, to }) {
    const { incident, clocks, tasks, roles, actions, checklist } = status;
    const list = (title: string, items: readonly string[]): string[] =>
      items.length === 0
        ? []
        : [`## ${title}`, '', ...items.map((item) => `- ${escaped(item)}`), ''];
    return [
      `# Handover of ${escaped(`${incident?.key ?? ''}: ${incident?.title ?? ''}`)}`,
      '',
      `${incident?.severity ?? ''}, phase ${escaped(incident?.phase ?? '')}${to === undefined ? '' : `, to ${escaped(to)}`}`,
      '',
      ...list(
        'Roles',
        roles.map(({ role, person }) => `${role}: ${person}`),
      ),
      ...list('Overdue steps', checklist?.overdue ?? []),
      ...list(
        'Tasks',
        tasks.map(
          ({ number, title, owner }) =>
            `${number} ${title}${owner === undefined ? '' : ` (${owner})`}`,
        ),
      ),
      ...list(
        'Active actions',
        actions.map(({ no, name, target }) => `${no} ${name} on ${target}`),
      ),
      ...list(
        'Clocks',
        clocks.map(({ number, title, countdown }) => `${number} ${title}: ${countdown}`),
      ),
      ...list(
        'Decisions',
        decisions.map(({ at, by, text, why }) => `${at} ${by}: ${text}, because: ${why}`),
      ),
      ...(clocks.length === 0 ? [] : [escaped(status.advice), '']),
    ].join('\n');
  },
};

const statusText = (status: HandoverResult['status'], style: Style): string =>
  (statusView.text(status, style) as string).trimEnd();

const escaped = (text: string): string => neutraliseLine(text).replace(/[\\`*_[\]<>|#~]/g, '\\$&');
