/** What ATT&CK's techniques are in a story: a word or two in the place of a rule's title, where the statement says the rest. */

/** By id; a technique stands for its sub-techniques that are not here. */
const WORDS: Readonly<Record<string, string>> = {
  T1003: 'password hashes read',
  T1005: 'dump',
  T1021: 'on to other machines',
  T1041: 'sent',
  T1048: 'sent',
  T1053: 'scheduled job',
  T1070: 'traces removed',
  'T1070.001': 'event log cleared',
  'T1070.002': 'logs emptied',
  'T1070.003': 'shell history cleared',
  T1098: 'rights granted',
  'T1098.001': 'access key made',
  'T1098.004': 'SSH key',
  T1136: 'account',
  T1485: 'data destroyed',
  T1486: 'data encrypted',
  T1490: 'backups destroyed',
  T1496: 'computing power used',
  T1530: 'cloud storage read',
  T1537: 'opened to others',
  T1543: 'service',
  T1546: 'trigger',
  T1547: 'autostart',
  'T1548.001': 'setuid program',
  T1552: 'keys and passwords read',
  T1560: 'packed',
  T1562: 'protection switched off',
  'T1562.008': 'cloud logs stopped',
  'T1562.012': 'audit switched off',
  T1610: 'container with the rights of the machine',
  T1567: 'fetched',
};

/** Calls of which the technique's word says something else. */
const OF_ACTIONS: ReadonlyMap<string, string> = new Map([
  ['CreateLoginProfile', 'console password set'],
  ['UpdateLoginProfile', 'console password set'],
]);

/** The word of the call, or of the first of the techniques that has one; undefined when none has. */
export function wordFor(techniques: readonly string[], action = ''): string | undefined {
  const ofAction = OF_ACTIONS.get(action);
  if (ofAction !== undefined) return ofAction;
  for (const id of techniques) {
    const word = WORDS[id] ?? WORDS[id.split('.')[0] ?? ''];
    if (word !== undefined) return word;
  }
  return undefined;
}
