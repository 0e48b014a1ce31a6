import type { ChecklistStatus, StatusResult } from '../../commands/status.ts';
import { plural } from '../../events/words.ts';
import { clockLine, headline, paintSeverity } from '../incident-text.ts';
import { shorten, showDuration, showInstant, wrap, wrapAfter } from '../layout.ts';
import { nextLines } from '../next-lines.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const LABEL = 12;
/** Other incidents that are named; ir list has all. */
const MOST_OTHERS = 3;

/** How `ir status` and `ir` alone are shown. */
export const view: View<StatusResult> = {
  text(result, style) {
    const { folder, incident, next } = result;
    const lines =
      folder === undefined
        ? startLines(style)
        : incident === undefined
          ? wrap(`No incident is current in the store ${folder}.`, style.width)
          : [...incidentLines(incident, result, style), ...otherLines(result, style)];
    const end = folder === undefined ? ['', 'All commands: ir --help'] : [];
    return `${[...lines, '', ...nextLines('Next:', next, style), ...end].join('\n')}\n`;
  },
  json: withNulls,
};

const startLines = (style: Style): string[] =>
  wrap(
    'ir takes an incident from raw logs to a finished post-mortem, on one laptop. No incident is kept here yet.',
    style.width,
  );

function incidentLines(
  incident: NonNullable<StatusResult['incident']>,
  result: StatusResult,
  style: Style,
): string[] {
  const { severity, status, determination, phase, isDrill } = incident;
  const { ageMs, checklist, findings, sources, clocks, advice, latestNote } = result;
  const facts = [
    `${status}, ${determination}`,
    ...(status === 'closed' ? [] : [`in phase ${phase}`]),
    ...(ageMs === undefined
      ? []
      : [`${status === 'closed' ? 'took' : 'for'} ${showDuration(ageMs)}`]),
    ...(isDrill ? ['a drill'] : []),
  ].join(', ');
  const saved =
    findings === 0
      ? 'no finding'
      : `${plural(findings, 'finding')} from ${plural(sources, 'source file')}`;
  return [
    headline(incident, style),
    wrapAfter(severity, facts, style.width, 6).replace(severity, paintSeverity(severity, style)),
    ...(checklist === undefined || status === 'closed'
      ? []
      : [wrapAfter('Checklist', checklistText(checklist, phase, style), style.width, LABEL)]),
    ...peopleLines(result, style),
    ...planLines(result, style),
    ...clocks
      .slice(0, MOST_CLOCKS)
      .map((line, index) => clockLine(index === 0 ? 'Clocks' : '', line, style, LABEL)),
    ...(clocks.length > MOST_CLOCKS
      ? [
          wrapAfter(
            '',
            `and ${clocks.length - MOST_CLOCKS} more: ir clock list`,
            style.width,
            LABEL,
          ),
        ]
      : []),
    ...(clocks.length === 0 ? [] : [wrapAfter('', advice, style.width, LABEL)]),
    wrapAfter('Saved', saved, style.width, LABEL),
    ...(latestNote === undefined ? [] : noteLines(latestNote, style)),
  ];
}

/** On one line; on a terminal too narrow for it on two, so that who and when do not take the room of what. */
function noteLines(
  { at, actor, text }: NonNullable<StatusResult['latestNote']>,
  style: Style,
): string[] {
  const note = `${showInstant(at, style.offsetAt)} ${actor}: ${firstLineOf(text)}`;
  if (!style.isTerminal)
    return [shorten(`${'Last note'.padEnd(LABEL)}${note}`, style.width, style)];
  const room = style.width - LABEL;
  return [wrapAfter('Last note', shorten(note, 2 * room - 10, style), style.width, LABEL)];
}

/** Of a note with lines of logs the first line is what somebody wrote. */
function firstLineOf(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  return rest.length === 0 ? first : `${first} (and ${plural(rest.length, 'line')}: ir show)`;
}

/** Of each kind, so that all fits one screen. */
const MOST_CLOCKS = 4;
const MOST_TASKS = 3;

/** Who does what, and what is changed on machines. */
function peopleLines({ roles, tasks, actions }: StatusResult, style: Style): string[] {
  const who = roles.map(({ role, person }) => `${role.replaceAll('_', ' ')} ${person}`);
  const more = tasks.length - MOST_TASKS;
  return [
    ...(who.length === 0 ? [] : [wrapAfter('People', who.join(', '), style.width, LABEL)]),
    ...tasks.slice(0, MOST_TASKS).map(({ number, title, owner, due, isOverdue }, index) => {
      const facts = [
        ...(owner === undefined ? [] : [owner]),
        ...(due === undefined
          ? []
          : [`${isOverdue ? 'overdue since' : 'due'} ${showInstant(due, style.offsetAt)}`]),
      ].join(', ');
      const text = `${number} ${title}${facts === '' ? '' : ` (${facts})`}`;
      return wrapAfter(index === 0 ? 'Tasks' : '', text, style.width, LABEL);
    }),
    ...(more > 0 ? [wrapAfter('', `and ${more} more: ir task list`, style.width, LABEL)] : []),
    ...actions.slice(0, MOST_TASKS).map(({ no, name, target, host, until }, index) => {
      const end = until === undefined ? '' : `, until ${showInstant(until, style.offsetAt)}`;
      const label = index === 0 ? 'Actions' : '';
      return wrapAfter(label, `${no} ${name} on ${target} at ${host}${end}`, style.width, LABEL);
    }),
    ...(actions.length > MOST_TASKS
      ? [wrapAfter('', `and ${actions.length - MOST_TASKS} more actions`, style.width, LABEL)]
      : []),
  ];
}

/** Whom the plan asks for and nobody brought in yet, and when those who wait are to hear something. */
function planLines({ asked, updateDue }: StatusResult, style: Style): string[] {
  const open = asked.filter(({ isDone }) => !isDone);
  const named = open
    .slice(0, MOST_TASKS)
    .map(({ to, reason }) => `${to.replaceAll('_', ' ')} (${reason})`);
  const more = open.length - named.length;
  return [
    ...(open.length === 0
      ? []
      : [
          wrapAfter(
            'Bring in',
            `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}, by the plan`,
            style.width,
            LABEL,
          ),
        ]),
    ...(updateDue === undefined
      ? []
      : [
          wrapAfter(
            'Update',
            `for those who wait, due ${showInstant(updateDue, style.offsetAt)}: ir notify`,
            style.width,
            LABEL,
          ),
        ]),
  ];
}

/** Steps that are named; the checklist has all. */
const MOST_STEPS = 3;

const someOf = (ids: readonly string[]): string =>
  ids.length <= MOST_STEPS
    ? ids.join(', ')
    : `${ids.slice(0, MOST_STEPS).join(', ')} and ${ids.length - MOST_STEPS} more`;

function checklistText(
  { playbook, answered, applicable, isComplete, overdue, next }: ChecklistStatus,
  phase: string,
  style: Style,
): string {
  return [
    `${playbook}, ${phase}: ${answered} of ${plural(applicable, 'step')} answered`,
    ...(isComplete ? ['nothing required is open'] : []),
    ...(overdue.length === 0 ? [] : [`overdue: ${someOf(overdue)}`]),
    ...(next?.dueAt === undefined || next.isOverdue
      ? []
      : [`${next.id} is due ${showInstant(next.dueAt, style.offsetAt)}`]),
  ].join('; ');
}

function otherLines({ others }: StatusResult, style: Style): string[] {
  if (others.length === 0) return [];
  const rows = others
    .slice(0, MOST_OTHERS)
    .map(({ key, title, severity, phase }) => `${key} (${severity}, ${phase}) ${title}`);
  const more =
    others.length > MOST_OTHERS ? [`and ${others.length - MOST_OTHERS} more: ir list`] : [];
  return [...rows, ...more].map((row, index) =>
    shorten(`${(index === 0 ? 'Also open' : '').padEnd(LABEL)}${row}`, style.width, style),
  );
}
