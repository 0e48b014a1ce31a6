/** cron, crond, anacron and crontab: `(NAME) CMD (command)`. */
import type { Event } from '../../../events/event.ts';
import {
  CONFIGURATION,
  INFO,
  type MessageReader,
  PROCESS,
  START,
  setAction,
} from './syslog-event.ts';

const ACTIONS: ReadonlyMap<string, string> = new Map([
  ['CMD', 'cron_command'],
  ['CMDOUT', 'cron_output'],
  ['CMDEND', 'cron_command_ended'],
  ['REPLACE', 'crontab_replaced'],
  ['EDIT', 'crontab_edited'],
  ['BEGIN', 'crontab_edit_started'],
  ['END', 'crontab_edit_ended'],
  ['DELETE', 'crontab_deleted'],
  ['LIST', 'crontab_listed'],
  ['RELOAD', 'crontab_reloaded'],
  ['INFO', 'cron_info'],
  ['MAIL', 'cron_mail'],
  ['AUTH', 'cron_denied'],
  ['ERROR', 'cron_error'],
]);

/** Actions that change what cron will run. */
const CHANGES = new Set(['crontab_replaced', 'crontab_edited', 'crontab_deleted']);

function setCrontabChange(event: Event, action: string, parameter: string): boolean {
  event['user.target.name'] = parameter === '' ? undefined : parameter;
  event['event.outcome'] = 'success';
  return setAction(event, action, CONFIGURATION, ['change']);
}

/** Reads `(NAME) ACTION (PARAMETER)`. */
export const readCron: MessageReader = (message, event) => {
  if (message.charCodeAt(0) !== 40) return false;
  const close = message.indexOf(') ');
  if (close < 0) return false;
  const open = message.indexOf(' (', close);
  const word = message.slice(close + 2, open < 0 ? message.length : open);
  const action = ACTIONS.get(word) ?? ACTIONS.get(word.slice(0, Math.max(word.indexOf(' '), 0)));
  if (action === undefined) return false;
  event['user.name'] = message.slice(1, close);
  const end = message.endsWith(')') ? message.length - 1 : message.length;
  const parameter = open < 0 ? '' : message.slice(open + 2, end);
  if (action === 'cron_command') {
    event['process.command_line'] = parameter.trim() || undefined;
    return setAction(event, action, PROCESS, START);
  }
  if (CHANGES.has(action)) return setCrontabChange(event, action, parameter);
  if (action === 'cron_denied') {
    event['event.outcome'] = 'failure';
    return setAction(event, action, CONFIGURATION, ['denied']);
  }
  return setAction(event, action, undefined, INFO);
};
