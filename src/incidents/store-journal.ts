/** The journal of the store itself: what belongs to no incident, such as alerts, and log files that a retention policy took away. */
import { type Incident, type KeyTimes, TIME_NAMES } from './incident.ts';

/** What stands in place of an incident's id. No incident has it: theirs are random. */
export const STORE_JOURNAL = '0'.repeat(32);

/** What stands in place of the incident where alerts are told; no list has it. */
export const STORE_INCIDENT: Incident = {
  ...{ id: STORE_JOURNAL, key: 'ALERT', title: '', description: '', type: '', openedBy: '' },
  ...{ severity: 'SEV3', impact: 'none', urgency: 'none', phase: 'triage', status: 'open' },
  ...{ determination: 'suspected', isDrill: false, phaseEntered: {}, facts: {} },
  times: Object.fromEntries(TIME_NAMES.map((name) => [name, undefined])) as KeyTimes,
};
