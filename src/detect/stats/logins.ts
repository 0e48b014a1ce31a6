/** Which events are logins, by their ECS fields. */
import type { Event } from '../../events/event.ts';
import { loginOf } from '../totals.ts';

type Mark = readonly [field: 'event.code' | 'event.action', values: readonly string[]];

const WINDOWS: Mark = ['event.code', ['4624', '4625']];

/**
 * By data set, those whose source writes several events of one login, or tells with the same words what is granted without one (a ticket,
 * a token, a role, a second factor): the events that are the login.
 * @see https://learn.microsoft.com/windows/security/threat-protection/auditing/audit-logon
 * @see https://github.com/linux-audit/audit-documentation/wiki/SPEC-User-Login-Lifecycle-Events
 * @see https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-aws-console-sign-in-events.html
 * @see https://developer.okta.com/docs/reference/api/event-types/
 */
const LOGINS: Readonly<Record<string, Mark>> = {
  'auditd.log': ['event.code', ['USER_LOGIN']],
  'aws.cloudtrail': ['event.action', ['ConsoleLogin']],
  okta: ['event.action', ['user.session.start']],
  auth0: ['event.action', ['login']],
  crowdstrike: ['event.action', ['userAuthenticate']],
  'system.security': WINDOWS,
  'windows.forwarded': WINDOWS,
};

/** Programs by which somebody who is logged in becomes somebody else. */
const CHANGING_USER: ReadonlySet<string> = new Set(
  'su su-l su-rs runuser runuser-l sudo sudo-i sudo-rs doas pkexec polkitd polkit-1 polkit-agent-helper-1 ksu newgrp sg run0'.split(
    ' ',
  ),
);

/** How the login ended that an event is; undefined where it is none: a log-out, a step of one, a change of user, what was granted without one. */
export function loginIn(event: Event): 'success' | 'failure' | undefined {
  const outcome = loginOf(event);
  if (outcome === undefined) return undefined;
  const types = event['event.type'];
  if (types?.includes('end') === true) return undefined;
  if (event['event.category']?.includes('iam') === true) return undefined;
  if (CHANGING_USER.has(event['process.name'] ?? '')) return undefined;
  const mark = LOGINS[event['event.dataset'] ?? ''];
  if (mark === undefined) return outcome;
  return mark[1].includes(event[mark[0]] ?? '') ? outcome : undefined;
}
