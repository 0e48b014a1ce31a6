/** A Windows event under its own names: as Sigma's rules ask for them, and as Winlogbeat writes them. */
import type { WindowsRecord, WindowsSystem } from './windows-record.ts';

/** What Sigma calls the fields of the system; those of the program have the names that it gave them. */
const SIGMA_NAMES: readonly (readonly [name: string, of: keyof WindowsSystem])[] = [
  ['EventID', 'eventId'],
  ['Provider_Name', 'provider'],
  ['Channel', 'channel'],
  ['Computer', 'computer'],
  ['Level', 'level'],
  ['Task', 'task'],
  ['Opcode', 'opcode'],
  ['Keywords', 'keywords'],
  ['Version', 'version'],
  ['Qualifiers', 'qualifiers'],
  ['EventRecordID', 'recordId'],
  ['Execution_ProcessID', 'processId'],
  ['Execution_ThreadID', 'threadId'],
  ['Security_UserID', 'userId'],
  ['Provider_Guid', 'providerGuid'],
  ['EventSourceName', 'source'],
];

type Values = Record<string, string | readonly string[]>;

/**
 * The record that rules are asked of. A name that both have, as `Channel` of an event about another channel, has both
 * values; names are without blanks, as Sigma's fields are.
 */
export function sigmaRecord(
  { system, data, values, message }: WindowsRecord,
  channel: string | undefined,
): Values {
  const record: Values = Object.create(null);
  for (const name in data) {
    const value = data[name] as string | string[];
    record[name.includes(' ') ? name.replaceAll(' ', '') : name] = value;
  }
  for (const [name, of] of SIGMA_NAMES) {
    const value = of === 'channel' ? channel : system[of];
    if (value === undefined) continue;
    const known = record[name];
    record[name] = known === undefined || known === value ? value : [value, known].flat();
  }
  if (values.length > 0) record['Data'] = values.length === 1 ? (values[0] as string) : values;
  if (message !== undefined) record['Message'] = message;
  return record;
}

/**
 * What stands under `winlog` of the document.
 * @see https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
 */
export function winlogOf({
  system,
  data,
  values,
  part,
}: WindowsRecord): Readonly<Record<string, unknown>> {
  const own = values.length === 0 ? data : withParams(data, values);
  return {
    event_id: system.eventId,
    provider_name: system.provider ?? system.source,
    provider_guid: system.providerGuid,
    computer_name: system.computer,
    version: system.version,
    task: system.task,
    opcode: system.opcode,
    keywords: system.keywords,
    activity_id: system.activityId,
    related_activity_id: system.relatedActivityId,
    process:
      system.processId === undefined
        ? undefined
        : {
            pid: Number(system.processId),
            ...(system.threadId === undefined ? {} : { thread: { id: Number(system.threadId) } }),
          },
    user: system.userId === undefined ? undefined : { identifier: system.userId },
    [part]: Object.keys(own).length === 0 ? undefined : own,
  };
}

function withParams(data: Values, values: readonly string[]): Values {
  const own: Values = Object.assign(Object.create(null), data);
  values.forEach((value, index) => {
    own[`param${index + 1}`] ??= value;
  });
  return own;
}
