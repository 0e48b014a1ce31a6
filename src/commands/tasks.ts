/** `ir task add|list|done|withdraw`: what is to be done and is in no playbook. */
import { refusedError, usageError } from '../errors.ts';
import { PHASES } from '../incidents/incident.ts';
import { itemNumber, TASK_STATES, type Task } from '../incidents/items.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { readWord, withIncident, withStore } from './incident-access.ts';
import { readDue } from './read-due.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

const TASKS = { letter: 'T', name: 'task', list: 'ir task list' };

/** The task that people mean. */
const findTask = (tasks: readonly Task[], wanted: string): Task => findItem(tasks, wanted, TASKS);

/** Those that are open and count, what is due first in front. */
export const openTasks = <T extends Task>(tasks: readonly T[]): T[] =>
  tasks
    .filter(({ state, withdrawn }) => state === 'open' && withdrawn === undefined)
    .sort((a, b) => ((a.due ?? '~') < (b.due ?? '~') ? -1 : 1));

/** Options of `ir task add`, as typed. */
export interface TaskOptions {
  owner?: string | undefined;
  due?: string | undefined;
  phase?: string | undefined;
}

/** Adds a task. */
export function addTask(
  context: CommandContext,
  title: string,
  { owner, due, phase }: TaskOptions,
): Promise<ReceiptResult> {
  if (title.trim() === '')
    throw usageError('the task has no title', 'Write: ir task add "what is to be done"');
  const facts = {
    ...(owner && { owner }),
    ...(due !== undefined && { due: readDue(context, due) }),
    ...(phase !== undefined && { phase: readWord(phase, PHASES, '--phase')! }),
  };
  return writeItems(
    context,
    (_detail, author) => [
      entryBy(author, 'task_added', { id: context.randomId(), title: title.trim(), ...facts }),
    ],
    ({ incident, tasks }) => {
      const task = tasks.at(-1)!;
      const number = itemNumber('T', task);
      return {
        lines: [
          [
            `${incident.key}: task ${number} is added${task.owner === undefined ? '' : ` for ${task.owner}`}`,
            ...(task.due === undefined ? ['.'] : [', due ', { at: task.due }, '.']),
          ],
        ],
        next: [{ command: `ir task done ${number}`, shows: 'once it is done' }],
        document: { task: { number, ...task } },
      };
    },
  );
}

/** Options of `ir task list`, as typed. */
export interface TaskListOptions {
  state?: string | undefined;
  /** Those of all incidents of the store, closed ones as well. */
  allIncidents?: boolean | undefined;
}

/** The tasks, open ones first. */
export const listTasks = (
  context: CommandContext,
  { state, allIncidents = false }: TaskListOptions,
): Promise<TableResult> => {
  const wanted = readWord(state, TASK_STATES, '--state');
  if (!allIncidents)
    return withIncident(context, async (store, { id, key }) => {
      const { tasks } = await store.load(id);
      return taskTable(context, inOrder(tasks, wanted), key);
    });
  return withStore(context, async ({ store }) => {
    const all: (Task & { incident: string })[] = [];
    for (const { id, key } of await store.list())
      all.push(...(await store.load(id)).tasks.map((task) => ({ ...task, incident: key })));
    return taskTable(context, inOrder(all, wanted), undefined);
  });
};

/** Open ones first, of one state where one is wanted. */
function inOrder<T extends Task>(tasks: readonly T[], wanted: Task['state'] | undefined): T[] {
  const open = openTasks(tasks);
  return [...open, ...tasks.filter((task) => !open.includes(task))].filter(
    (task) => wanted === undefined || (task.state === wanted && !task.withdrawn),
  );
}

/** @param key of their incident; undefined where each says its own */
function taskTable(
  context: CommandContext,
  shown: readonly (Task & { incident?: string })[],
  key: string | undefined,
): TableResult {
  const now = context.now().toISOString();
  const hasOpen = openTasks(shown).length > 0;
  const of = key ?? 'all incidents';
  return {
    title: shown.length === 0 ? `No such task in ${of}.` : `Tasks of ${of}`,
    heads: [...(key === undefined ? ['Incident'] : []), 'Number', 'State', 'Due', 'Owner', 'Task'],
    rows: shown.map((task) => [
      ...(key === undefined ? [task.incident] : []),
      itemNumber('T', task),
      task.withdrawn !== undefined
        ? `withdrawn: ${task.withdrawn.reason}`
        : task.state === 'open' && task.due !== undefined && task.due < now
          ? 'overdue'
          : task.state,
      task.due === undefined ? undefined : { at: task.due },
      task.owner,
      task.title,
    ]),
    notes: [],
    next: hasOpen
      ? []
      : [{ command: 'ir task add "..." --owner NAME --due 4h', shows: 'adds one' }],
    documents: shown.map((task) => ({ number: itemNumber('T', task), ...task })),
    about: key === undefined ? {} : { incident: key },
  };
}

/** Options of `ir task done`, as typed. */
export interface TaskDoneOptions {
  note?: string | undefined;
  drop?: boolean | undefined;
  reopen?: boolean | undefined;
}

/** Says that a task is done, dropped, or open again. */
export function changeTask(
  context: CommandContext,
  wanted: string,
  { note = '', drop = false, reopen = false }: TaskDoneOptions,
): Promise<ReceiptResult> {
  if (drop && reopen) throw usageError('--drop and --reopen exclude each other');
  const state = drop ? 'dropped' : reopen ? 'open' : 'done';
  if (state !== 'done' && note.trim() === '')
    throw usageError(
      `a task that is ${reopen ? 'opened again' : 'dropped'} needs a reason`,
      'Give it with --note "...".',
    );
  return writeItems(
    context,
    ({ tasks }, author) => {
      const task = findTask(tasks, wanted);
      const number = itemNumber('T', task);
      if (task.withdrawn !== undefined) throw refusedError(`${number} was withdrawn`);
      if (task.state === state) throw refusedError(`${number} is ${state} already`);
      return [entryBy(author, 'task_changed', { task: task.id, state, note: note.trim() })];
    },
    ({ incident, tasks }) => {
      const task = findTask(tasks, wanted);
      return {
        lines: [[`${incident.key}: task ${itemNumber('T', task)} is ${task.state}: ${task.title}`]],
        document: { task: { number: itemNumber('T', task), ...task } },
      };
    },
  );
}

/** Takes a task back that should not be there. */
export const withdrawTask = (
  context: CommandContext,
  wanted: string,
  { reason = '' }: { reason?: string },
): Promise<ReceiptResult> =>
  writeItems(
    context,
    ({ tasks }, author) => {
      const task = findTask(tasks, wanted);
      return [withdrawItem('task', task, itemNumber('T', task), reason, author)];
    },
    ({ incident, tasks }) => {
      const task = findTask(tasks, wanted);
      return {
        lines: [[`${incident.key}: task ${itemNumber('T', task)} is withdrawn.`]],
        document: { task },
      };
    },
  );
