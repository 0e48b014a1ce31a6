/**
 * A Windows event from JSON, whoever made it: evtx_dump and others that keep the shape of the XML, Winlogbeat, NXLog,
 * Get-WinEvent, Wazuh. Where each puts what, are tables.
 */
import { addValue, emptyRecord, type WindowsRecord, type WindowsSystem } from './windows-record.ts';

type Json = Readonly<Record<string, unknown>>;

/**
 * Paths of what the system says: in `Event.System` with attributes as `#attributes`, `@Name`, `X_attributes` or plain keys, in
 * `winlog`, or at the top of a flat record.
 */
const SYSTEM_PATHS: Readonly<Record<keyof WindowsSystem, string>> = {
  eventId:
    'EventID.#text EventID.Value EventID.$t EventID event_id EventId event.code Id id InstanceId',
  provider:
    'Provider.#attributes.Name Provider_attributes.Name Provider.@Name Provider.Name provider_name source_name ProviderName SourceName Provider',
  providerGuid:
    'Provider.#attributes.Guid Provider_attributes.Guid Provider.@Guid Provider.Guid provider_guid ProviderGuid',
  source: 'Provider.#attributes.EventSourceName Provider.@EventSourceName EventSourceName',
  qualifiers:
    'EventID.#attributes.Qualifiers EventID_attributes.Qualifiers EventID.@Qualifiers EventID.Qualifiers Qualifiers',
  version: 'Version version',
  level: 'Level level.value Severity LevelDisplayName level',
  task: 'Task task',
  opcode: 'Opcode opcode',
  keywords: 'Keywords keywords KeywordsDisplayNames',
  time: 'TimeCreated.#attributes.SystemTime TimeCreated_attributes.SystemTime TimeCreated.@SystemTime TimeCreated.SystemTime TimeCreated time_created @timestamp EventTime TimeGenerated SystemTime Timestamp timestamp',
  recordId: 'EventRecordID record_id record_number RecordNumber RecordId RecordID',
  activityId:
    'Correlation.#attributes.ActivityID Correlation_attributes.ActivityID Correlation.@ActivityID Correlation.ActivityID activity_id ActivityID ActivityId',
  relatedActivityId:
    'Correlation.#attributes.RelatedActivityID Correlation.@RelatedActivityID related_activity_id RelatedActivityID',
  processId:
    'Execution.#attributes.ProcessID Execution_attributes.ProcessID Execution.@ProcessID Execution.ProcessID process.pid ExecutionProcessID',
  threadId:
    'Execution.#attributes.ThreadID Execution_attributes.ThreadID Execution.@ThreadID Execution.ThreadID process.thread.id ExecutionThreadID ThreadID',
  channel: 'Channel channel log_name LogName',
  computer: 'Computer computer_name MachineName ComputerName Hostname',
  userId:
    'Security.#attributes.UserID Security_attributes.UserID Security.@UserID Security.UserID user.identifier UserID',
};

const PATHS = Object.entries(SYSTEM_PATHS).map(
  ([field, paths]) =>
    [
      field as keyof WindowsSystem,
      paths.split(' ').map((path) => (path === '@timestamp' ? [path] : path.split('.'))),
    ] as const,
);
/** Keys of a flat record that are the system's, not the program's. */
const SYSTEM_KEYS: ReadonlySet<string> = new Set([
  ...PATHS.flatMap(([, paths]) => paths.map(([key = '']) => key)),
  ...[
    'Message',
    'message',
    '@version',
    'tags',
    'host',
    'type',
    'event',
    'agent',
    'ecs',
    'log',
    'winlog',
  ],
  ...[
    'EventReceivedTime',
    'SourceModuleName',
    'SourceModuleType',
    'OpcodeValue',
    'port',
    'SeverityValue',
  ],
]);

/** Undefined when it is none. */
export function recordOfJson(whole: Json): WindowsRecord | undefined {
  const json = ofWazuh(whole) ?? whole;
  const event = objectIn(json, 'Event') ?? json;
  const system = objectIn(event, 'System');
  const winlog = objectIn(json, 'winlog') ?? unflattened(json);
  const record = emptyRecord();
  if (system !== undefined) {
    readParts(record, event);
    record.system = systemOf(system, event);
  } else if (winlog !== undefined) {
    record.part = isObject(winlog['user_data']) ? 'user_data' : 'event_data';
    addNamed(record, winlog[record.part]);
    addParams(record);
    record.system = systemOf(winlog, json);
  } else {
    record.system = systemOf(event, json);
    const data = objectIn(event, 'event_data') ?? objectIn(event, 'EventData');
    addNamed(record, data ?? programsOf(event));
    if (data !== undefined) addParams(record);
    addProperties(record, event['Properties']);
  }
  const message = event['Message'] ?? json['message'];
  if (typeof message === 'string') record.message = message;
  const { eventId, channel, provider } = record.system;
  if (eventId === undefined || !/^\d{1,10}$/.test(eventId)) return undefined;
  return channel === undefined && provider === undefined ? undefined : record;
}

/** Wazuh, in an alert or alone: `win.system.eventID`, `win.eventdata.targetUserName`. */
function ofWazuh(json: Json): Json | undefined {
  const win = objectIn(objectIn(json, 'data') ?? json, 'win');
  const system = win && objectIn(win, 'system');
  if (win === undefined || system === undefined) return undefined;
  const data = objectIn(win, 'eventdata') ?? objectIn(win, 'eventData') ?? {};
  const message = own(system, 'message');
  return { Event: { System: capitals(system), EventData: capitals(data) }, message };
}

const WAZUH_NAMES: Readonly<Record<string, string>> = {
  ProviderName: 'Provider',
  SystemTime: 'TimeCreated',
  SeverityValue: 'Keywords',
};

/** Wazuh begins all names with a small letter, and doubles the backslashes of values. */
function capitals(object: Json): Json {
  const named: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(object)) {
    const name = key.charAt(0).toUpperCase() + key.slice(1);
    const text = typeof value === 'string' ? value.replaceAll('\\\\', '\\') : value;
    named[WAZUH_NAMES[name] ?? name] = text;
  }
  return named;
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const own = (object: Json, key: string): unknown =>
  Object.hasOwn(object, key) ? object[key] : undefined;

function objectIn(object: Json, key: string): Json | undefined {
  const value = own(object, key);
  return isObject(value) ? value : undefined;
}

/** Keys such as `winlog.event_id`, as some exports have them. */
function unflattened(json: Json): Json | undefined {
  if (!Object.hasOwn(json, 'winlog.event_id')) return undefined;
  const winlog: Record<string, unknown> = Object.create(null);
  const data: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(json)) {
    if (key.startsWith('winlog.event_data.')) data[key.slice(18)] = value;
    else if (key.startsWith('winlog.')) winlog[key.slice(7)] = value;
  }
  return { ...winlog, event_data: data };
}

/** @param outer where to look for what the system's part lacks, the time above all */
function systemOf(system: Json, outer: Json): WindowsSystem {
  const found: WindowsSystem = {};
  for (const [field, paths] of PATHS) {
    for (const path of paths) {
      const value = at(system, path) ?? (field === 'time' ? at(outer, path) : undefined);
      const text = field === 'keywords' ? keywordsOf(value) : textOf(value);
      if (text === undefined || text === '') continue;
      found[field] = text;
      break;
    }
  }
  return found;
}

function at(object: Json, path: readonly string[]): unknown {
  let value: unknown = object;
  for (const key of path) {
    if (!isObject(value)) return undefined;
    value = own(value, key);
  }
  return value;
}

/** A number as the bits that it stands for: some write it with a sign. */
function keywordsOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.filter((one) => typeof one === 'string').join(', ');
  const text = textOf(value);
  if (text === undefined || !/^-?\d{1,20}$/.test(text)) return text;
  return `0x${BigInt.asUintN(64, BigInt(text)).toString(16)}`;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isInteger(value) ? BigInt(value).toString() : String(value);
  if (typeof value === 'boolean') return String(value);
  return undefined;
}

function readParts(record: WindowsRecord, event: Json): void {
  const user = objectIn(event, 'UserData');
  if (user !== undefined) {
    record.part = 'user_data';
    addLeaves(record, user, 0);
  }
  for (const [name, value] of Object.entries(event)) {
    if (/Data$/.test(name) && name !== 'UserData') addNamed(record, value);
    else if (name === 'RenderingInfo' && isObject(value)) {
      const { Message: text } = value;
      if (typeof text === 'string') record.message = text;
    }
  }
}

const ATTRIBUTES = /^(?:#attributes|@.*|.*_attributes|xmlns)$/;

function addNamed(record: WindowsRecord, data: unknown): void {
  if (!isObject(data)) {
    if (data !== null && data !== undefined) addUnnamed(record, data);
    return;
  }
  for (const [index, [name, value]] of Object.entries(data).entries()) {
    if (ATTRIBUTES.test(name)) continue;
    if (name === 'Data') addUnnamed(record, value);
    else for (const text of textsOf(value)) addValue(record, name, text, index);
  }
}

/** `"Data": "x"`, `["x", "y"]`, `{"#text": [...]}`, `[{"@Name": "a", "#text": "x"}]`. */
function addUnnamed(record: WindowsRecord, value: unknown): void {
  const list = Array.isArray(value) ? value : [value];
  for (const [index, one] of list.entries()) {
    const name = isObject(one)
      ? (at(one, ['@Name']) ?? at(one, ['#attributes', 'Name']) ?? at(one, ['Name']))
      : undefined;
    for (const text of textsOf(one)) {
      if (typeof name === 'string') addValue(record, name, text, index);
      else record.values.push(text);
    }
  }
}

/** The values of one name. */
function textsOf(value: unknown): string[] {
  if (value === null) return [''];
  if (Array.isArray(value)) return value.flatMap(textsOf).slice(0, 1000);
  if (!isObject(value)) return [textOf(value) ?? ''];
  const text = own(value, '#text') ?? own(value, 'Value') ?? own(value, '$t');
  if (text !== undefined) return textsOf(text);
  const isBare = Object.keys(value).every((key) => ATTRIBUTES.test(key) || key === 'Name');
  return [isBare ? '' : JSON.stringify(value)];
}

const MAX_DEPTH = 16;

/** What a program writes in a shape of its own, by the innermost names. */
function addLeaves(record: WindowsRecord, object: Json, depth: number): void {
  if (depth > MAX_DEPTH) return;
  for (const [index, [name, value]] of Object.entries(object).entries()) {
    if (ATTRIBUTES.test(name)) continue;
    const attributes = isObject(value) ? objectIn(value, '#attributes') : undefined;
    for (const [key, of] of Object.entries(attributes ?? {}))
      if (!key.startsWith('xmlns')) addValue(record, `${name}.${key}`, textOf(of) ?? '', index);
    if (attributes !== undefined && isObject(value) && Object.keys(value).length === 1) continue;
    const isText = isObject(value) && (Object.hasOwn(value, '#text') || isEmpty(value));
    if (isObject(value) && !isText) addLeaves(record, value, depth + 1);
    else for (const text of textsOf(value)) addValue(record, name, text, index);
  }
}

const isEmpty = (value: Json): boolean => Object.keys(value).every((key) => ATTRIBUTES.test(key));

/** Values without a name are `param1`, ... to Winlogbeat. */
function addParams(record: WindowsRecord): void {
  for (let index = 1; record.data[`param${index}`] !== undefined; index += 1)
    record.values.push([record.data[`param${index}`] as string | string[]].flat().join(', '));
}

/** The values that Get-WinEvent shows; their names stand in a file of the machine. */
function addProperties(record: WindowsRecord, list: unknown): void {
  if (Array.isArray(list))
    for (const one of list.slice(0, 1000)) record.values.push(...textsOf(one));
}

/** What is the program's in a flat record. */
function programsOf(event: Json): Json {
  const data: Record<string, unknown> = Object.create(null);
  for (const [key, value] of Object.entries(event)) {
    if (!SYSTEM_KEYS.has(key) && (typeof value !== 'object' || value === null)) data[key] = value;
  }
  return data;
}
