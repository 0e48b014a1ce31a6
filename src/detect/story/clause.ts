/** A finding as a clause: its rule's title, and what ECS fields say of it. */
import { grouped } from '../../events/words.ts';
import { valueAt } from '../act.ts';
import { failuresBefore } from '../doubt.ts';
import type { Finding } from '../finding.ts';
import { namesInRecord } from '../record-names.ts';
import { type Fact, isGuessing } from './fact.ts';
import { masked } from './masked.ts';
import type { StoryItem } from './story.ts';
import { touchedBy } from './touched.ts';
import { wordFor } from './words.ts';

const MOST_NAMES = 3;
const MOST_COMMAND = 48;
/** Of more reads the number says more than names. */
const FEW_READS = 10;

/** The clause of a fact, with time and place. */
export const itemOf = (fact: Fact, text = clauseOf(fact)): StoryItem => ({
  text,
  atUs: fact.atUs,
  untilUs: fact.lastUs === fact.atUs ? undefined : fact.lastUs,
  place: fact.finding.evidence[0],
  findings: [fact.finding.id],
});

/** `SQL injection at /search, 76 requests`; in few words, `dump: tables customers, orders`. */
export function clauseOf(fact: Fact, isBrief = false): string {
  const { rule, event } = fact.finding;
  const action = valueAt(event, 'event.action');
  const title = (isBrief ? wordFor(rule.techniques, action) : undefined) ?? plainTitle(rule.title);
  const stored = storedText(fact.finding);
  if (stored !== undefined) return `${title}: ${stored}`;
  const often = countText(fact.finding, isBrief);
  // The failures before say the same in numbers.
  const bare =
    often === ''
      ? title
      : title.replace(/ succeeded after (?:brute force|guessing|failures over hours)$/, '');
  return `${bare}${objectOf(fact.finding)}${often === '' ? '' : `, ${often}`}`;
}

/** Without what the statement says anyway. */
const plainTitle = (title: string): string => {
  const bare = title.replace(/^Sustained /, '').replace(/ from one source$/, '');
  return bare.charAt(0).toUpperCase() + bare.slice(1);
};

/** `180 objects of exports`, of a bucket from which many were read; a few by their names. */
function storedText({ event, entities, count }: Finding): string | undefined {
  const bucket = /^(?:s3|gs):\/\/([^/]+)\/./.exec(valueAt(event, 'file.path') ?? '')?.[1];
  if (bucket === undefined || count < 2) return undefined;
  const keys = (entities['file.path'] ?? []).map((path) => path.slice(path.lastIndexOf('/') + 1));
  const isFew = keys.length > 0 && keys.length <= MOST_NAMES && count <= FEW_READS;
  return `${isFew ? keys.join(', ') : `${grouped(count)} objects`} of ${bucket}`;
}

/** Does it say what was taken: tables, objects of a bucket, files sent to a machine? */
export function namesLoot(finding: Finding): boolean {
  const commands = finding.entities['process.command_line'] ?? [];
  return (
    storedText(finding) !== undefined ||
    commands
      .map(touchedBy)
      .some(
        ({ tables, files, destinations }) =>
          tables.length > 0 || (files.length > 0 && destinations.length > 0),
      )
  );
}

/** Techniques that are done to an account: its name says more than the call or command that did it. */
const OF_ACCOUNTS = ['T1136', 'T1098'];

/** The account that something was done to, where the line is of that and not of the command that did it. */
export function accountDoneTo({ rule, entities, event }: Finding): string | undefined {
  if (!rule.techniques.some((id) => OF_ACCOUNTS.some((one) => id.startsWith(one))))
    return undefined;
  const target = entities['user.target.name']?.[0] ?? valueAt(event, 'user.target.name');
  if (target !== undefined || entities['process.command_line'] !== undefined) return target;
  return entities['user.name']?.[0];
}

/** The account that a finding says was made or given rights, and the group that it got into. */
export function changedAccount({ rule, entities, event }: Finding): string | undefined {
  if (!rule.techniques.some((id) => OF_ACCOUNTS.some((one) => id.startsWith(one))))
    return undefined;
  const account = entities['user.target.name']?.[0] ?? valueAt(event, 'user.target.name');
  const group = entities['group.name']?.[0];
  return account === undefined || group === undefined ? account : `${account} to ${group}`;
}

/** What it was done to, as the fields name it. */
export function objectOf(finding: Finding): string {
  const { entities, event, evidence } = finding;
  const changed = changedAccount(finding);
  if (changed !== undefined) return `: ${changed}`;
  const service = entities['service.name'] ?? [];
  if (service.length > 0) return `: ${names(service)}`;
  const commands = entities['process.command_line'] ?? [];
  if (commands.length > 0) return `: ${commandText(commands)}`;
  const path = entities['url.path'] ?? [];
  if (path.length > 0) return ` at ${names(path)}`;
  const file = entities['file.path'] ?? [];
  if (file.length > 0) return `: ${fileText(file)}`;
  const action = entities['event.action'] ?? [];
  if (action.length > 0) {
    const objects =
      action.length > MOST_NAMES
        ? []
        : [...new Set(evidence.flatMap(({ raw }) => namesInRecord(raw)))];
    return `: ${names(action)}${objects.length === 0 ? '' : ` ${names(objects, 2)}`}`;
  }
  // Which of the accounts was tried most, a finding does not say.
  if (isGuessing(finding)) return '';
  const asked = valueAt(event, 'url.path');
  if (asked !== undefined) return ` at ${asked}`;
  const account = entities['user.name']?.[0] ?? valueAt(event, 'user.name');
  const group = entities['group.name']?.[0];
  if (account === undefined) return '';
  return group === undefined ? `: ${account}` : `: ${account} to ${group}`;
}

/** What commands touch tells more than their words: tables, then machines, then files. */
export function commandText(commands: readonly string[]): string {
  const touched = commands.map(touchedBy);
  // What went where is told command by command.
  const went = new Set(touched.map((one) => one.destinations.join(' ')));
  if (went.size > 1) {
    const each = [...new Set(commands.map((command) => commandText([command])))];
    if (each.length > 1 && touched.every((one) => one.tables.length === 0)) return names(each);
  }
  const tables = [...new Set(touched.flatMap((one) => one.tables))];
  const destinations = [...new Set(touched.flatMap((one) => one.destinations))];
  const files = [...new Set(touched.flatMap((one) => one.files))];
  if (tables.length > 0) return `tables ${names(tables, 6)}`;
  if (destinations.length > 0) {
    const what = files.length > 0 ? `${fileText(files)} ` : '';
    return `${what}to ${names(destinations)}`;
  }
  if (files.length > 0) return fileText(files);
  const first = masked(commands[0] ?? '');
  const more = commands.length > 1 ? ` and ${commands.length - 1} more` : '';
  return `${first.length > MOST_COMMAND ? `${first.slice(0, MOST_COMMAND)}...` : first}${more}`;
}

/** Columns of a path that is shown whole. */
const MOST_PATH = 34;

/** A short path whole, else names without folders. */
export function fileText(paths: readonly string[]): string {
  const [first = ''] = paths;
  if (paths.length === 1 && first.length <= MOST_PATH) return first;
  return names([...new Set(paths.map((path) => path.replace(/^.*[\\/]/, '')))]);
}

/** How often it happened; empty for once, and, in few words, where commands are named. */
function countText(finding: Finding, isBrief: boolean): string {
  const { count, event, isLeast, entities } = finding;
  if (count < 2 || (isBrief && changedAccount(finding) !== undefined)) return '';
  if (isBrief && entities['process.command_line'] !== undefined) return '';
  const isLogin =
    valueAt(event, 'event.outcome') === 'success' &&
    listAt(event, 'event.category').includes('authentication');
  const least = isLeast === true ? 'at least ' : '';
  if (isLogin) {
    const failures = failuresBefore(finding);
    // Of several accounts together, as an address is counted.
    const isOfMany = finding.doubt !== undefined && (entities['user.name'] ?? []).length > 1;
    const whose = isOfMany ? ' of its address' : '';
    return failures === 0
      ? ''
      : `${least}${grouped(failures)} ${failures === 1 ? 'failure' : 'failures'}${whose} before`;
  }
  const commands = entities['process.command_line'] ?? [];
  if (commands.length > 1) return `${least}${grouped(count)} commands`;
  const isWeb = entities['url.path'] !== undefined || valueAt(event, 'url.path') !== undefined;
  return `${least}${grouped(count)} ${isWeb ? 'requests' : 'times'}`;
}

/** A list of a nested document. */
export function listAt(event: Finding['event'], field: string): readonly string[] {
  let value: unknown = event;
  for (const name of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return [];
    value = (value as Record<string, unknown>)[name];
  }
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}

/** `a, b and 3 more` */
export function names(values: readonly string[], most = MOST_NAMES): string {
  const shown = values.slice(0, most).join(', ');
  return values.length > most ? `${shown} and ${values.length - most} more` : shown;
}
