/** What messages commonly mean, by a name that format files use: the fields that say so. */
import type { Setting } from './format-document.ts';

const LOGIN: readonly Setting[] = [
  ['event.type', ['info']],
  ['event.action', 'login'],
  ['event.dataset', 'system.auth'],
];

const of = (
  action: string | undefined,
  category: string,
  ...type: string[]
): readonly Setting[] => [
  ...(action === undefined ? [] : [['event.action', action] as const]),
  ['event.category', [category]],
  ['event.type', type],
];

const SUCCESS: Setting = ['event.outcome', 'success'];
const FAILURE: Setting = ['event.outcome', 'failure'];

// From the side of whoever wrote it, as ECS has it: a firewall that denies a packet has done its work.
/** By name, the fields that are set for it; a phrase may set others besides. */
export const MEANINGS: Readonly<Record<string, readonly Setting[]>> = {
  login: [['event.category', ['authentication', 'session']], ...LOGIN, SUCCESS],
  failed_login: [
    ['event.category', ['authentication']],
    ...LOGIN,
    FAILURE,
    ['event.reason', 'authentication_failed'],
  ],
  connection: of('connection', 'network', 'connection'),
  session_opened: of('session_opened', 'session', 'start'),
  session_closed: of('session_closed', 'session', 'end'),
  ended: of('session_ended', 'session', 'end'),
  file: [...of('file_changed', 'file', 'info'), SUCCESS],
  packet_denied: [...of('packet_denied', 'network', 'connection', 'denied'), SUCCESS],
  packet_allowed: [...of('packet_allowed', 'network', 'connection', 'allowed'), SUCCESS],
  user_creation: [...of('user_added', 'iam', 'user', 'creation'), SUCCESS],
  user_deletion: [...of('user_deleted', 'iam', 'user', 'deletion'), SUCCESS],
  user_change: [...of('user_changed', 'iam', 'user', 'change'), SUCCESS],
  group_creation: [...of('group_added', 'iam', 'group', 'creation'), SUCCESS],
  group_deletion: [...of('group_deleted', 'iam', 'group', 'deletion'), SUCCESS],
  group_change: [...of('group_changed', 'iam', 'group', 'change'), SUCCESS],
  started: of('service_started', 'process', 'start'),
  stopped: of('service_stopped', 'process', 'end'),
  configuration_change: [...of('configuration_changed', 'configuration', 'change'), SUCCESS],
  // Words that look like something else's and are to be passed over.
  noise: [],
};

/** Short names of the fields that settings have most. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  action: 'event.action',
  category: 'event.category',
  type: 'event.type',
  outcome: 'event.outcome',
  reason: 'event.reason',
  dataset: 'event.dataset',
  level: 'log.level',
};
