/** `ir status`, and `ir` alone: where the incident stands and what to do next. */
import { messageOf } from '../errors.ts';
import {
  type ClockLine,
  clockLines,
  NOT_LEGAL_ADVICE,
  openClocks,
} from '../incidents/clock-state.ts';
import type { ActionState, Incident, Note } from '../incidents/incident.ts';
import type { IncidentDetail, IncidentStore } from '../incidents/incident-store.ts';
import { itemNumber } from '../incidents/items.ts';
import { isInPlace } from '../incidents/kinds/action-kinds.ts';
import { heldRoles } from '../incidents/roles.ts';
import { NO_PLAN } from '../plan/read-plan.ts';
import { buildChecklist, interruptedRun } from '../respond/checklist.ts';
import { renderText } from '../respond/render-argv.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';
import {
  commandsToChoose,
  FIRST_COMMANDS,
  type NextCommand,
  nextCommands,
} from './next-commands.ts';
import { type AskedNow, asksNow } from './plan-asks.ts';
import { planIfReadable } from './plan-facts.ts';
import { followedPlaybook } from './required-steps.ts';
import { openTasks } from './tasks.ts';
import { updateDue } from './update-due.ts';

/** The checklist of the phase in which the incident stands. */
export interface ChecklistStatus {
  playbook: string;
  /** Steps that are done or skipped. */
  answered: number;
  /** Steps that apply. */
  applicable: number;
  isComplete: boolean;
  /** Ids of steps whose time is over. */
  overdue: readonly string[];
  /** Ids of steps of which a command never reported back. */
  interrupted: readonly string[];
  next: { id: string; title: string; dueAt: string | undefined; isOverdue: boolean } | undefined;
}

/** Where things stand. */
export interface StatusResult {
  /** Of the store; undefined where there is none. */
  folder: string | undefined;
  /** The one meant; undefined where none is current. */
  incident: Incident | undefined;
  /** Milliseconds since it was declared; until it was closed, where it was. */
  ageMs: number | undefined;
  checklist: ChecklistStatus | undefined;
  findings: number;
  sources: number;
  /** Who has which role now. */
  roles: readonly { role: string; person: string }[];
  /** Open tasks, what is due first in front. */
  tasks: readonly {
    number: string;
    title: string;
    owner: string | undefined;
    due: string | undefined;
    isOverdue: boolean;
  }[];
  /** What was changed by actions and holds now. */
  actions: readonly Pick<ActionState, 'no' | 'name' | 'target' | 'host' | 'state' | 'until'>[];
  /** Whom the rules of the plan ask for now. */
  asked: readonly AskedNow[];
  /** When those who wait are to hear something; undefined where nobody has to. */
  updateDue: string | undefined;
  /** Clocks that run, what is due first in front. */
  clocks: readonly ClockLine[];
  /** Shown with clocks. */
  advice: string;
  latestNote: Pick<Note, 'seq' | 'at' | 'actor' | 'text'> | undefined;
  /** Other incidents that are not closed. */
  others: readonly Pick<Incident, 'key' | 'title' | 'severity' | 'phase'>[];
  next: readonly NextCommand[];
}

const NOTHING = {
  folder: undefined,
  incident: undefined,
  ageMs: undefined,
  checklist: undefined,
  findings: 0,
  sources: 0,
  roles: [],
  tasks: [],
  actions: [],
  asked: [],
  updateDue: undefined,
  clocks: [],
  advice: NOT_LEGAL_ADVICE,
  latestNote: undefined,
  others: [],
};

/** Says where the incident stands. No store and no incident are answers, too; only an incident that was named must be there. */
export async function status(context: CommandContext): Promise<StatusResult> {
  const { findWorkspace } = await import('../store/workspace.ts');
  const isNamed = context.settings.incident !== undefined;
  if (!isNamed && !findWorkspace(context.settings).exists) {
    return { ...NOTHING, next: FIRST_COMMANDS };
  }
  return withStore(context, async ({ store }) => {
    const all = await store.list();
    const currentId = await store.currentIncidentId();
    const incident =
      isNamed || currentId !== undefined ? await findIncident(context, store) : undefined;
    const others = all
      .filter(({ id, status }) => status !== 'closed' && id !== incident?.id)
      .map(({ key, title, severity, phase }) => ({ key, title, severity, phase }));
    const about =
      incident === undefined
        ? { ...NOTHING, next: commandsToChoose(others) }
        : await aboutIncident(context, store, await store.load(incident.id));
    return { ...NOTHING, ...about, folder: store.name, others };
  });
}

async function aboutIncident(
  context: CommandContext,
  store: IncidentStore,
  detail: IncidentDetail,
): Promise<Omit<StatusResult, 'folder' | 'others'>> {
  const { incident, findings, sources, clocks } = detail;
  const checklist = await checklistStatus(context, detail);
  const [note] = await store.notes(incident.id, 1);
  const { declared, closed } = incident.times;
  const end = closed === undefined ? context.now().getTime() : Date.parse(closed);
  const lines = clockLines(openClocks(clocks), context.now());
  const plan = (await planIfReadable(context)) ?? NO_PLAN;
  const asked = await asksNow(plan, store, incident, {
    ...{ overdueSteps: checklist?.overdue ?? [], clocks: lines },
  });
  return {
    incident,
    ageMs: declared === undefined ? undefined : Math.max(0, end - Date.parse(declared)),
    checklist,
    findings: findings.length,
    sources: sources.length,
    ...peopleOf(detail, context.now().toISOString()),
    ...{ asked, clocks: lines },
    updateDue: updateDue(plan, detail)?.toISOString(),
    advice: NOT_LEGAL_ADVICE,
    latestNote:
      note === undefined
        ? undefined
        : {
            ...{ seq: note.seq, at: note.at, actor: note.actor },
            text: note.corrections.at(-1)?.text ?? note.text,
          },
    next: [
      ...(await drillCommands(context, store, incident)),
      ...nextCommands({ incident, checklist, findings: findings.length }),
      ...(asked.some(({ isDone }) => !isDone)
        ? [{ command: 'ir escalate', shows: 'whom the plan asks for, and how they are reached' }]
        : []),
    ],
  };
}

/** In an exercise: what it has to tell by now. */
async function drillCommands(
  context: CommandContext,
  store: IncidentStore,
  incident: Incident,
): Promise<NextCommand[]> {
  if (!incident.isDrill || incident.status === 'closed') return [];
  const { readDrill } = await import('./drill-read.ts');
  const { dueInjects, drillMinutes } = await import('../drills/score.ts');
  const drill = await readDrill(store, incident);
  if (drill === undefined) return [];
  const minute = drillMinutes(drill.clock, context.now().getTime());
  const due = dueInjects(drill.exercise, drill.told, minute).length;
  const shows = `minute ${Math.floor(minute)} of ${drill.exercise.minutes}`;
  return [
    due > 0
      ? { command: 'ir drill inject', shows: `${shows}: something new is to be told` }
      : { command: 'ir drill score', shows },
  ];
}

/** Who does what: roles, tasks, and what is changed on machines. */
function peopleOf(
  { roles, tasks, actions = [] }: IncidentDetail,
  now: string,
): Pick<StatusResult, 'roles' | 'tasks' | 'actions'> {
  return {
    roles: heldRoles(roles).map(({ role, person }) => ({ role, person })),
    tasks: openTasks(tasks).map((task) => ({
      ...{ number: itemNumber('T', task), title: task.title, owner: task.owner, due: task.due },
      isOverdue: task.due !== undefined && task.due < now,
    })),
    actions: actions
      .filter((action) => isInPlace(action) && action.irreversible === undefined)
      .map(({ no, name, target, host, state, until }) => ({
        no,
        name,
        target,
        host,
        state,
        until,
      })),
  };
}

/** A playbook that cannot be read hides nothing else. */
async function checklistStatus(
  context: CommandContext,
  detail: IncidentDetail,
): Promise<ChecklistStatus | undefined> {
  const followed = await followedPlaybook(context, detail).catch((error: unknown) => {
    context.say(`The checklist is not shown: ${messageOf(error)}`);
    return undefined;
  });
  if (followed === undefined) return undefined;
  const { playbook, values } = followed;
  const list = buildChecklist(playbook, detail, values, detail.incident.phase);
  const now = context.now().toISOString();
  const isLate = (dueAt: string | undefined): boolean => dueAt !== undefined && dueAt < now;
  const applicable = list.steps.filter((item) => item.status !== 'not_applicable');
  const waiting = applicable.filter((item) => item.status === 'pending');
  const idsOf = (items: typeof waiting): string[] => items.map(({ step }) => step.id);
  return {
    playbook: playbook.id,
    answered: applicable.length - waiting.length,
    applicable: applicable.length,
    isComplete: list.isComplete,
    overdue: idsOf(waiting.filter(({ dueAt }) => isLate(dueAt))),
    interrupted: idsOf(applicable.filter((item) => interruptedRun(item) !== undefined)),
    next:
      list.next === undefined
        ? undefined
        : {
            id: list.next.step.id,
            title: renderText(list.next.step.title, values),
            dueAt: list.next.dueAt,
            isOverdue: isLate(list.next.dueAt),
          },
  };
}
