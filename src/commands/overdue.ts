/**
 * What is overdue, said by every command. Opening the store for that would cost each of them more than their own work
 * may take, so what is open stands in a small file of the workspace as well. It is no record: the journal is.
 */
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { CommandContext } from './context.ts';

/** The file, in the workspace. */
export const OPEN_FILE = 'open-actions.json';

/** What it says of an action. */
export interface DueAction {
  no: string;
  incident: string;
  name: string;
  target: string;
  host: string;
  until?: string;
  /** A stage began and has not reported back. */
  isUnsettled: boolean;
}

/** Says what is overdue or was interrupted, in one line each. Reads one small file. */
export function sayOverdue(context: CommandContext): void {
  const { settings } = context;
  const now = context.now().toISOString();
  for (const action of readDue(settings.cwd, settings.store)) {
    const what = `${action.no} of ${action.incident} (${action.name} on ${action.target}, ${action.host})`;
    if (action.isUnsettled)
      context.say(`${what} did not report back. See how it stands: ir actions`);
    else if (action.until !== undefined && action.until < now)
      context.say(`${what} is overdue since ${action.until}. End it with: ir actions --expire`);
  }
}

function readDue(cwd: string, store: string | undefined): readonly DueAction[] {
  for (const folder of store === undefined ? foldersAbove(cwd) : [resolve(cwd, store)]) {
    try {
      const open: unknown = JSON.parse(readFileSync(join(folder, OPEN_FILE), 'utf8'));
      return Array.isArray(open) ? (open as DueAction[]).slice(0, 20) : [];
    } catch {
      // Not there, which is the rule, or not whole.
    }
  }
  return [];
}

/** Where the workspace may be: the first with a file counts. */
function foldersAbove(cwd: string): string[] {
  const folders: string[] = [];
  for (let at = resolve(cwd); ; at = dirname(at)) {
    folders.push(join(at, '.ir'));
    if (dirname(at) === at) return folders;
  }
}
