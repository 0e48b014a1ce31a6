/** What is worth doing next, as commands to type: from where the incident stands, the most pressing first. */
import type { Incident } from '../incidents/incident.ts';
import { phaseAfter } from '../respond/checklist.ts';
import { checklistCommand } from './checklist-command.ts';
import type { ChecklistStatus } from './status.ts';

/** A command and what it is for. */
export interface NextCommand {
  command: string;
  shows: string;
}

/** What the proposals are made from. */
export interface Standing {
  incident: Incident;
  /** Undefined where no playbook is followed, or it cannot be read. */
  checklist: ChecklistStatus | undefined;
  findings: number;
}

/** Where there is no store: how to begin. */
export const FIRST_COMMANDS: readonly NextCommand[] = [
  { command: 'ir timeline /var/log', shows: 'what happened, with the evidence' },
  { command: 'ir open --from-timeline /var/log', shows: 'an incident from what was found' },
  { command: 'ir demo', shows: 'the whole job on a practice breach' },
];

/** Where no incident is current. */
export const commandsToChoose = (
  open: readonly Pick<Incident, 'key' | 'title'>[],
): NextCommand[] =>
  open.length === 0
    ? [
        { command: 'ir open "what was seen, and where"', shows: 'a new incident' },
        { command: 'ir list', shows: 'the incidents of this store' },
      ]
    : open
        .slice(0, MOST_OPEN)
        .map(({ key, title }) => ({ command: `ir use ${key}`, shows: title }));

const MOST_OPEN = 5;

/** For an incident: at most five, of which the first is what holds the others up. */
export function nextCommands(standing: Standing): NextCommand[] {
  const { status, phase } = standing.incident;
  if (status === 'closed') return closedCommands();
  if (status === 'on_hold') {
    return [{ command: 'ir update --status open', shows: 'it is on hold: take it up again' }];
  }
  const isLast = phase === 'post_incident';
  return [...gaps(standing), ...checklistCommands(standing), ...(isLast ? ending(standing) : [])];
}

const closedCommands = (): NextCommand[] => [
  { command: 'ir report', shows: 'the post-mortem' },
  { command: 'ir reopen --reason "..."', shows: 'take it up again' },
];

/** What nobody has said yet, and much depends on. */
function gaps({ incident, findings, checklist }: Standing): NextCommand[] {
  const { type, times } = incident;
  return [
    ...(findings === 0
      ? [{ command: 'ir timeline PATHS --save', shows: 'no finding is saved: read the logs' }]
      : []),
    ...(type === '' && checklist === undefined
      ? [{ command: 'ir respond', shows: 'no playbook is followed: choose one' }]
      : []),
    ...(times.detected === undefined
      ? [
          {
            command: 'ir update --detected-at TIME',
            shows: 'when was it noticed? All is measured from there',
          },
        ]
      : []),
  ];
}

function checklistCommands({ incident, checklist }: Standing): NextCommand[] {
  if (checklist === undefined) return [];
  const { phase } = incident;
  const { next, isComplete, interrupted } = checklist;
  const walk = `ir ${checklistCommand(phase)}`;
  const after = phaseAfter(phase);
  return [
    ...(interrupted.length > 0
      ? [
          {
            command: `${walk} --list`,
            shows: `a command of ${interrupted.join(', ')} never reported back`,
          },
        ]
      : []),
    ...(next === undefined
      ? []
      : [{ command: walk, shows: `${next.isOverdue ? 'overdue' : 'next step'}: ${next.title}` }]),
    ...(isComplete && after !== undefined
      ? [{ command: `ir ${checklistCommand(after)} --advance`, shows: `enter phase ${after}` }]
      : []),
  ];
}

function ending({ incident, checklist }: Standing): NextCommand[] {
  if (checklist?.isComplete === false) return [];
  const word = incident.determination === 'suspected' ? ' --determination confirmed' : '';
  return [
    { command: 'ir report', shows: 'the post-mortem, with its open questions' },
    { command: `ir close${word}`, shows: 'all is done' },
  ];
}
