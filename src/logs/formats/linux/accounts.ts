/**
 * The shadow tools that change accounts: useradd, userdel, usermod, groupadd, groupmod, groupdel,
 * gpasswd, passwd, chpasswd, chage, chfn, chsh, newusers, adduser.
 * @see https://github.com/shadow-maint/shadow/tree/master/src
 */
import type { Event } from '../../../events/event.ts';
import { IAM, type MessageReader, setAction } from './syslog-event.ts';

const USER_CREATION = Object.freeze(['user', 'creation']);
const USER_DELETION = Object.freeze(['user', 'deletion']);
const USER_CHANGE = Object.freeze(['user', 'change']);
const GROUP_CREATION = Object.freeze(['group', 'creation']);
const GROUP_DELETION = Object.freeze(['group', 'deletion']);
const GROUP_CHANGE = Object.freeze(['group', 'change']);

interface AccountPattern {
  pattern: RegExp;
  action: string;
  type: readonly string[];
  isFailure?: boolean;
  programs?: ReadonlySet<string>;
}

/** A name in quotes may hold blanks. */
const named = (part: string): string =>
  `(?:['\u2018\`](?=[^'\u2019]{1,256}['\u2019]))?(?<${part}>(?:(?<=['\u2018\`])[^'\u2019]{1,256}(?=['\u2019])|[^'\u2019,\\s]{1,256}))['\u2019]?`;
const NAME = named('user');
const GROUP = named('group');
const BY = '(?: by (?<by>[^\\s(]{1,256}))?';

const pattern = (text: string): RegExp => new RegExp(`^${text}`, 'i');

/** First match wins. `user` is the account changed, `by` who changed it. */
const PATTERNS: readonly AccountPattern[] = [
  {
    pattern: pattern(
      'new user: name=(?<user>[^,\\s]{1,256}), UID=(?<uid>\\d{1,10}), GID=(?<gid>\\d{1,10})',
    ),
    action: 'user_added',
    type: USER_CREATION,
  },
  {
    pattern: pattern(`failed adding user ${NAME}`),
    action: 'user_added',
    type: USER_CREATION,
    isFailure: true,
  },
  { pattern: pattern(`delete user ${NAME}`), action: 'user_deleted', type: USER_DELETION },
  {
    pattern: pattern(`failed deleting user ${NAME}`),
    action: 'user_deleted',
    type: USER_DELETION,
    isFailure: true,
  },
  {
    pattern: pattern('new group: name=(?<group>[^,\\s]{1,256}), GID=(?<gid>\\d{1,10})'),
    action: 'group_added',
    type: GROUP_CREATION,
  },
  {
    pattern: pattern(
      `group added to \\S+: name=(?<group>[^,\\s]{1,256})(?:, GID=(?<gid>\\d{1,10}))?`,
    ),
    action: 'group_added',
    type: GROUP_CREATION,
  },
  {
    pattern: pattern(`(?:remove|delete) (?:shadow )?group ${GROUP}`),
    action: 'group_deleted',
    type: GROUP_DELETION,
  },
  {
    pattern: pattern(`removed (?:shadow )?group ${GROUP} owned by`),
    action: 'group_deleted',
    type: GROUP_DELETION,
  },
  { pattern: pattern(`group ${GROUP} removed`), action: 'group_deleted', type: GROUP_DELETION },
  {
    pattern: pattern(`add ${NAME} to (?:shadow )?group ${GROUP}`),
    action: 'user_added_to_group',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`delete ${NAME} from (?:shadow )?group ${GROUP}`),
    action: 'user_removed_from_group',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(
      `(?:user|member) ${NAME} (?:added|was added) by (?<by>\\S{1,256}) to group ${GROUP}`,
    ),
    action: 'user_added_to_group',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(
      `(?:user|member) ${NAME} (?:removed|was removed) by (?<by>\\S{1,256}) from group ${GROUP}`,
    ),
    action: 'user_removed_from_group',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`(?:set members|members) of (?:group )?${GROUP} set by (?<by>\\S{1,256})`),
    action: 'group_changed',
    type: GROUP_CHANGE,
  },
  {
    pattern: pattern(`change user ${NAME} password`),
    action: 'password_changed',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`(?:lock|unlock) user ${NAME} password`),
    action: 'password_lock_changed',
    type: USER_CHANGE,
  },
  { pattern: pattern(`change user name ${NAME} to`), action: 'user_changed', type: USER_CHANGE },
  { pattern: pattern(`change user ${NAME}`), action: 'user_changed', type: USER_CHANGE },
  { pattern: pattern(`changed user ${NAME} `), action: 'user_changed', type: USER_CHANGE },
  {
    pattern: pattern(`password for ${NAME} changed${BY}`),
    action: 'password_changed',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`password changed for ${NAME}${BY}`),
    action: 'password_changed',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`changed (?:password expiry|shell|user|home)[^']{0,64} for ${NAME}`),
    action: 'user_changed',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`changed user ${NAME} (?:information|shell)`),
    action: 'user_changed',
    type: USER_CHANGE,
  },
  {
    pattern: pattern(`group changed in \\S+ \\(group ${GROUP}`),
    action: 'group_changed',
    type: GROUP_CHANGE,
  },
  { pattern: pattern(`group changed in`), action: 'group_changed', type: GROUP_CHANGE },
  { pattern: pattern(`change(?:d)? group ${GROUP}`), action: 'group_changed', type: GROUP_CHANGE },
  {
    pattern: pattern(`can't change pwd for ${NAME}`),
    action: 'password_changed',
    type: USER_CHANGE,
    isFailure: true,
  },
];

function applyPattern(
  found: AccountPattern,
  groups: Record<string, string | undefined>,
  event: Event,
): boolean {
  const { user, by, group, uid, gid } = groups;
  event['user.name'] = by ?? user;
  if (by !== undefined || group !== undefined) event['user.target.name'] = user;
  event['user.id'] = uid;
  event['group.name'] = group;
  event['group.id'] = gid;
  event['event.outcome'] = found.isFailure === true ? 'failure' : 'success';
  return setAction(event, found.action, IAM, found.type);
}

/** Reads the account tools. `user.name` is the account, or who acted where the line names both. */
export const readAccounts: MessageReader = (message, event) => {
  event['event.dataset'] = 'system.auth';
  for (const candidate of PATTERNS) {
    const groups = candidate.pattern.exec(message)?.groups;
    if (groups !== undefined || candidate.pattern.test(message)) {
      return applyPattern(candidate, groups ?? {}, event);
    }
  }
  return false;
};
