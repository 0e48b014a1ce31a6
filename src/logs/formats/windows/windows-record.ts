/** One event of a Windows log, however it was written: EVTX, XML, JSON of a collector. */

/** What the system says of every event; absent where it is empty. */
export interface WindowsSystem {
  provider?: string | undefined;
  providerGuid?: string | undefined;
  /** The name of the source in events of the old kind. */
  source?: string | undefined;
  eventId?: string | undefined;
  qualifiers?: string | undefined;
  version?: string | undefined;
  level?: string | undefined;
  task?: string | undefined;
  opcode?: string | undefined;
  keywords?: string | undefined;
  /** As it is written. */
  time?: string | undefined;
  recordId?: string | undefined;
  activityId?: string | undefined;
  relatedActivityId?: string | undefined;
  processId?: string | undefined;
  threadId?: string | undefined;
  channel?: string | undefined;
  computer?: string | undefined;
  userId?: string | undefined;
}

/** What the program says: by name, and values without one. */
export interface WindowsRecord {
  system: WindowsSystem;
  /** Has no prototype: names come from outside. */
  data: Record<string, string | string[]>;
  values: string[];
  /** Under which name the program's part stands: `event_data`, `user_data`. */
  part: 'event_data' | 'user_data';
  /** The text that people are shown. */
  message?: string | undefined;
}

/** Names of one record; more are somebody's trap. */
const MAX_NAMES = 2_000;

/** Adds a value; a name that comes again has several. */
export function addValue(record: WindowsRecord, name: string, value: string, count: number): void {
  const { data } = record;
  const known = data[name];
  if (known === undefined) {
    if (count <= MAX_NAMES) data[name] = value;
  } else if (Array.isArray(known)) known.push(value);
  else data[name] = [known, value];
}

/** A record that says nothing yet. */
export const emptyRecord = (): WindowsRecord => ({
  system: {},
  data: Object.create(null),
  values: [],
  part: 'event_data',
});
