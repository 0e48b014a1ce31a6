/** `ir task add|list|done|withdraw`: what is to be done and is in no playbook. */
import { refusedError, usageError } from '../errors.ts';
import { PHASES } from '../incidents/incident.ts';
import { itemNumber, TASK_STATES, type Task } from '../incidents/items.ts';
import { withdrawItem } from '../incidents/withdraw-item.ts';
import type { CommandContext } from './context.ts';
import { findItem } from './find-item.ts';
import { readWord, withIncident } from './incident-access.ts';
import { readDue } from './read-due.ts';
import type { ReceiptResult, TableResult } from './table-result.ts';
import { entryBy, writeItems } from './write-items.ts';

const TASKS = { letter: 'T', name: 'task', list: 'ir task list' };

/** The task that people mean. */
const findTask = (tasks: readonly Task[], wanted: string): Task => findItem(tasks, wanted, TASKS);

/** Those that are open and count, what is due first in front. */
export const openTasks = (tasks: readonly Task[]): Task[] =>
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

/** The tasks, open ones first. */
export const listTasks = (
  context: CommandContext,
  { state }: { state?: string },
): Promise<TableResult> => {
  const wanted = readWord(state, TASK_STATES, '--state');
  return withIncident(context, async (store, { id, key }) => {
    const { tasks } = await store.load(id);
    const open = openTasks(tasks);
    const all = [...open, ...tasks.filter((task) => !open.includes(task))];
    const shown = all.filter(
      (task) => wanted === undefined || (task.state === wanted && !task.withdrawn),
    );
    const now = context.now().toISOString();
    return {
      title: shown.length === 0 ? `No such task in ${key}.` : `Tasks of ${key}`,
      heads: ['Number', 'State', 'Due', 'Owner', 'Task'],
      rows: shown.map((task) => [
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
      next:
        open.length === 0
          ? [{ command: 'ir task add "..." --owner NAME --due 4h', shows: 'adds one' }]
          : [],
      documents: shown.map((task) => ({ number: itemNumber('T', task), ...task })),
      about: { incident: key },
    };
  });
};

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
