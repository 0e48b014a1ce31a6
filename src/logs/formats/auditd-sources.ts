/** What events of the audit log are for rules: the categories of Sigma by what happened. */
import type { Conditions, LogSource } from './log-format.ts';

const FAILED: Conditions = { 'event.outcome': ['failure'] };
const FILE = { 'event.category': ['file'] };
const OPENED = { 'event.action': ['opened-file', 'wrote-to-file'] };
const CONNECTED = { 'event.action': ['connected-to', 'accepted-connection-from'] };

const source = (
  categories: readonly string[],
  when: Conditions,
  unless: Conditions = {},
): LogSource => ({ when, unless, products: ['linux'], categories, services: ['auditd'] });

/** The first row that holds counts, so narrow ones stand before wide ones. */
export const AUDIT_SOURCES: readonly LogSource[] = [
  source(['process_creation'], { 'event.action': ['execve'] }),
  // A search along PATH fails once per folder; only the call that succeeds starts a process.
  source(['process_creation'], { 'event.action': ['executed'] }, FAILED),
  source(['file_event', 'file_rename'], { ...FILE, 'event.action': ['renamed'] }, FAILED),
  source(['file_access'], { ...FILE, ...OPENED, 'event.type': ['info'] }, FAILED),
  source(['file_event'], { ...FILE, ...OPENED }, FAILED),
  source(['file_event'], { ...FILE, 'event.type': ['creation'] }, FAILED),
  source(['file_delete'], { ...FILE, 'event.type': ['deletion'] }, FAILED),
  source(['network_connection'], { ...CONNECTED, 'destination.ip': ['*'] }),
  source(['network_connection'], { ...CONNECTED, 'source.port': ['*'] }),
  source([], {}),
];
