/** From what a Windows event says to ECS, whatever it was written as. */
import { readIp } from '../../../events/address.ts';
import type { Event, Skip } from '../../../events/event.ts';
import { skip } from '../../../events/event.ts';
import type { Clock } from '../../clock.ts';
import { levelOf } from '../json-values.ts';
import { readTimeText } from '../time-text.ts';
import { type EventMeaning, meaningIn } from './event-table.ts';
import {
  FAILURE_REASONS,
  FIELD_NAMES,
  LOGON_TYPES,
  SUBJECT_NAMES,
  TARGET_NAMES,
} from './field-table.ts';
import { sigmaRecord, winlogOf } from './own-names.ts';
import type { WindowsRecord, WindowsSystem } from './windows-record.ts';

/** The event of a record; a skip where nothing says what happened. */
export function windowsEvent(record: WindowsRecord, clock: Clock, format: string): Event | Skip {
  const { system, data } = record;
  const { eventId = '', channel = channelOf(system) } = system;
  if (eventId === '' && system.provider === undefined) return skip('no number of an event');
  const meaning = meaningIn(channel ?? '', eventId);
  const value = createReader(data);
  const timeUs = timeOf(system.time ?? value('UtcTime'), clock);
  const confidence = timeUs === undefined ? 'none' : clock.confidence;
  const who = meaning?.isTarget === true ? TARGET_NAMES : SUBJECT_NAMES;
  const user = meaning?.isUnsaid === true ? {} : accountOf(value, who);
  const target = meaning?.isTarget === true ? undefined : accountOf(value, TARGET_NAMES);
  const isGroup = meaning?.type[0] === 'group';
  const process = processOf(value, system);
  const source = ipOf(value(FIELD_NAMES['source.ip']));
  const destination = ipOf(value(FIELD_NAMES['destination.ip']));
  return {
    timeUs,
    timeConfidence: confidence,
    format,
    message: record.message?.trim() || summaryOf(record, meaning),
    'event.kind': meaning?.category[0] === 'malware' ? 'alert' : 'event',
    'event.category': meaning?.category,
    'event.type': meaning?.type,
    'event.action': meaning?.action,
    'event.outcome': outcomeOf(record, meaning),
    'event.dataset': datasetOf(channel),
    'event.provider': system.provider ?? system.source,
    'event.code': eventId === '' ? undefined : eventId,
    'event.reason': reasonOf(value, meaning),
    'source.ip': source,
    'source.address': source ?? value(FIELD_NAMES['source.address']),
    'source.port': portOf(value(FIELD_NAMES['source.port'])),
    'destination.ip': destination,
    'destination.address': value(FIELD_NAMES['destination.address']) ?? destination,
    'destination.port': portOf(value(FIELD_NAMES['destination.port'])),
    'network.transport': transportOf(value('Protocol')),
    'network.direction': directionOf(value('Initiated')),
    'user.name': user.name,
    'user.id': user.id ?? (user.name === undefined ? system.userId : undefined),
    'user.domain': user.domain,
    'user.target.name': isGroup ? memberOf(value) : target?.name,
    'user.target.id': isGroup ? value('MemberSid') : target?.id,
    'group.name': isGroup ? target?.name : undefined,
    'group.id': isGroup ? target?.id : undefined,
    'host.name': system.computer,
    ...process,
    'file.path': value(FIELD_NAMES['file.path']),
    'registry.path': value(FIELD_NAMES['registry.path']),
    'dns.question.name': value(FIELD_NAMES['dns.question.name']),
    'service.name': value(FIELD_NAMES['service.name']),
    'url.original': value(FIELD_NAMES['url.original']),
    'log.level': levelName(system.level),
    'winlog.channel': channel,
    'winlog.record_id': system.recordId,
    'winlog.logon.type': LOGON_TYPES[value('LogonType') ?? ''],
    winlog: winlogOf(record),
    raw: sigmaRecord(record, channel),
  };
}

/** Gives the first of some names that says something. */
type Value = (names: string) => string | undefined;

function createReader(data: WindowsRecord['data']): Value {
  return (names) => {
    for (const name of namesOf(names)) {
      const found = data[name];
      const text = Array.isArray(found) ? found[0] : found;
      if (text !== undefined && text !== '' && text !== '-') return text;
    }
    return undefined;
  };
}

const lists = new Map<string, readonly string[]>();

/** The tables are few, and asked for each event. */
function namesOf(names: string): readonly string[] {
  let list = lists.get(names);
  if (list === undefined) lists.set(names, (list = names.split(' ')));
  return list;
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?Z$/;

/** Milliseconds since 1970, as ConvertTo-Json of Windows PowerShell writes a time. */
const DOTNET = /^\/Date\((\d{12,13})\)\/$/;

function timeOf(text: string | undefined, clock: Clock): number | undefined {
  if (text === undefined) return undefined;
  const found = STAMP.exec(text);
  if (found === null) return readTimeText(DOTNET.exec(text)?.[1] ?? text.trim(), clock);
  const [, year, month, day, hour, minute, second, fraction = ''] = found;
  clock.confidence = 'exact';
  const ms = Date.UTC(+year!, +month! - 1, +day!, +hour!, +minute!, +second!);
  return ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6));
}

interface Account {
  name?: string | undefined;
  domain?: string | undefined;
  id?: string | undefined;
}

/** `DOMAIN\\name` says both. */
function accountOf(value: Value, names: typeof SUBJECT_NAMES | typeof TARGET_NAMES): Account {
  const [name, domain, id] = [value(names.name), value(names.domain), value(names.id)];
  const cut = name?.indexOf('\\') ?? -1;
  if (name === undefined || cut <= 0) return { name, domain, id };
  return { name: name.slice(cut + 1), domain: name.slice(0, cut), id };
}

/** `CN=jo smith,CN=Users,...`; a member outside of a domain has a number only. */
function memberOf(value: Value): string | undefined {
  const name = value('MemberName');
  return /^CN=([^,]{1,256})/i.exec(name ?? '')?.[1] ?? name;
}

type ProcessFields = Pick<
  Event,
  | 'process.name'
  | 'process.pid'
  | 'process.executable'
  | 'process.command_line'
  | 'process.working_directory'
  | 'process.parent.pid'
  | 'process.parent.name'
  | 'process.parent.executable'
  | 'process.parent.command_line'
>;

function processOf(value: Value, system: WindowsSystem): ProcessFields {
  const executable = value(FIELD_NAMES['process.executable']);
  const parent = value(FIELD_NAMES['process.parent.executable']);
  // Of a process that begins, the audit calls the one that began it `ProcessId`.
  const isNew = value('NewProcessId') !== undefined;
  const pid = value('NewProcessId ProcessId SourceProcessId ClientProcessId ProcessID');
  return {
    'process.name': baseName(executable),
    'process.pid':
      integerOf(pid) ?? (executable === undefined ? integerOf(system.processId) : undefined),
    'process.executable': executable,
    'process.command_line': value(FIELD_NAMES['process.command_line']),
    'process.working_directory': value(FIELD_NAMES['process.working_directory']),
    'process.parent.pid': integerOf(value(isNew ? 'ProcessId' : 'ParentProcessId')),
    'process.parent.name': baseName(parent),
    'process.parent.executable': parent,
    'process.parent.command_line': value(FIELD_NAMES['process.parent.command_line']),
  };
}

const baseName = (path: string | undefined): string | undefined =>
  path?.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1) || undefined;

const integerOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^(?:\d{1,10}|0x[\da-f]{1,8})$/i.test(text) ? Number(text) : undefined;

function portOf(text: string | undefined): number | undefined {
  const port = integerOf(text);
  return port !== undefined && port > 0 && port < 65_536 ? port : undefined;
}

/** Without the name of a machine; the audit writes IPv4 addresses as mapped ones, and `LOCAL` for none. */
const ipOf = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : readIp(text.replace(/^\\{1,2}/, '').split('%', 1)[0] as string);

const TRANSPORTS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp' };

function transportOf(text: string | undefined): string | undefined {
  const word = TRANSPORTS[text ?? ''] ?? text?.toLowerCase();
  return word !== undefined && /^(?:tcp|udp|icmp)$/.test(word) ? word : undefined;
}

const directionOf = (initiated: string | undefined): string | undefined =>
  initiated === undefined ? undefined : initiated === 'true' ? 'egress' : 'ingress';

/** Bits of the keywords of an audit, in the upper word. */
const AUDIT_FAILURE = 0x10_0000;
const AUDIT_SUCCESS = 0x20_0000;

function outcomeOf(
  { system, data }: WindowsRecord,
  meaning: EventMeaning | undefined,
): Event['event.outcome'] {
  if (meaning?.outcome !== undefined) return meaning.outcome;
  const keywords = system.keywords ?? '';
  if (/^0x[\da-f]{8,16}$/i.test(keywords)) {
    const upper = Number.parseInt(keywords.slice(2).padStart(16, '0').slice(0, 8), 16);
    if ((upper & AUDIT_FAILURE) !== 0) return 'failure';
    if ((upper & AUDIT_SUCCESS) !== 0) return 'success';
  }
  if (/failure|fehl|échec/i.test(keywords)) return 'failure';
  if (/success/i.test(keywords)) return 'success';
  const status = data['Status'];
  if (meaning === undefined || typeof status !== 'string' || !/^0x/.test(status)) return undefined;
  return Number(status) === 0 ? 'success' : 'failure';
}

function reasonOf(value: Value, meaning: EventMeaning | undefined): string | undefined {
  if (meaning?.category.includes('authentication') !== true) return undefined;
  const codes = [value('SubStatus'), value('Status'), value('FailureCode')];
  for (const code of codes) {
    const reason = FAILURE_REASONS[code?.toLowerCase() ?? ''];
    if (reason !== undefined) return reason;
  }
  return undefined;
}

const LEVELS: Readonly<Record<string, string>> = {
  '0': 'information',
  '1': 'critical',
  '2': 'error',
  '3': 'warning',
  '4': 'information',
  '5': 'verbose',
};

const levelName = (level: string | undefined): string | undefined =>
  level === undefined ? undefined : (LEVELS[level] ?? levelOf(level, false));

/** `windows.security`, `windows.sysmon_operational`: Elastic's names for the channels it knows. */
const DATASETS: Readonly<Record<string, string>> = {
  security: 'system.security',
  system: 'system.system',
  application: 'system.application',
  'microsoft-windows-sysmon/operational': 'windows.sysmon_operational',
  'microsoft-windows-powershell/operational': 'windows.powershell_operational',
  'windows powershell': 'windows.powershell',
};

const datasetOf = (channel: string | undefined): string =>
  DATASETS[channel?.toLowerCase() ?? ''] ?? 'windows.forwarded';

/** Channels of programs whose name alone a collector keeps. */
const CHANNELS: Readonly<Record<string, string>> = {
  'microsoft-windows-security-auditing': 'Security',
  'microsoft-windows-sysmon': 'Microsoft-Windows-Sysmon/Operational',
  'service control manager': 'System',
  powershell: 'Windows PowerShell',
  'microsoft-windows-powershell': 'Microsoft-Windows-PowerShell/Operational',
  'microsoft-windows-taskscheduler': 'Microsoft-Windows-TaskScheduler/Operational',
  'microsoft-windows-windows defender': 'Microsoft-Windows-Windows Defender/Operational',
};

const channelOf = ({ provider, source }: WindowsSystem): string | undefined =>
  CHANNELS[(provider ?? source)?.toLowerCase() ?? ''];

const MAX_SUMMARY = 4096;

/** What the system's own text would say stands in files of the machine: names and values are what the log has. */
function summaryOf(
  { system, data, values }: WindowsRecord,
  meaning: EventMeaning | undefined,
): string {
  let text = `${system.provider ?? system.source ?? 'event'} ${system.eventId ?? ''}`;
  if (meaning !== undefined) text += ` ${meaning.action}`;
  let mark = ': ';
  for (const name in data) {
    const value = data[name];
    if (value === '' || value === '-') continue;
    text += `${mark}${name}=${Array.isArray(value) ? value.join(', ') : value}`;
    mark = ', ';
    if (text.length > MAX_SUMMARY) return text.slice(0, MAX_SUMMARY);
  }
  for (const value of values) {
    text += mark + value;
    mark = ', ';
    if (text.length > MAX_SUMMARY) return text.slice(0, MAX_SUMMARY);
  }
  return text;
}
