/**
 * Lines of other logs inside a JSON record: what Docker, Filebeat, Fluentd, Vector, rsyslog and cloud log stores
 * collected. The envelope says where it was collected; what happened stands in the line.
 */
import { type Event, isSkip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { format as access } from './access.ts';
import { format as accessTimeFirst } from './access-time-first.ts';
import { format as apacheError } from './apache-error.ts';
import { format as auditd } from './auditd.ts';
import { processName, readMessage } from './linux/programs.ts';
import { createSyslogEvent } from './linux/syslog-event.ts';
import type { LogFormat } from './log-format.ts';
import { format as nginxError } from './nginx-error.ts';
import { format as syslog } from './syslog.ts';

/** Keys whose text is a line as the source wrote it, the surest first. */
const LINE_KEYS = ['log', '_raw', 'textPayload', 'message', 'MESSAGE', 'msg', 'line'] as const;
/** An application writes its own words under these; beside a level they are no collected line. */
const WORD_KEYS: ReadonlySet<string> = new Set(['message', 'MESSAGE', 'msg', 'line']);

const READERS: readonly LogFormat[] = [
  auditd,
  syslog,
  access,
  accessTimeFirst,
  nginxError,
  apacheError,
];

/** The keys under which collectors of syslog write the program. */
const PROGRAM_KEYS = [
  'program',
  'programname',
  'ident',
  'SYSLOG_IDENTIFIER',
  'appname',
  'app_name',
  'syslogtag',
  'tag',
  'process_name',
] as const;

type JsonRecord = Readonly<Record<string, unknown>>;

/** The collected line of a record; undefined when it is an application's own record. */
export function innerLine(record: JsonRecord, hasLevel: boolean): string | undefined {
  for (const key of LINE_KEYS) {
    const text = record[key];
    if (typeof text !== 'string' || text.length < 8) continue;
    if (hasLevel && WORD_KEYS.has(key)) return undefined;
    return text.replace(/\r?\n$/, '');
  }
  return undefined;
}

/** The event of a collected line, read as the format that claims it; undefined when none does. */
export function readInnerLine(text: string, clock: Clock): Event | undefined {
  const { confidence } = clock;
  for (const reader of READERS) {
    if (!reader.detect(text)) continue;
    const event = reader.parse(text, clock);
    if (isSkip(event)) continue;
    if (event.timeUs === undefined) clock.confidence = confidence;
    return event;
  }
  return undefined;
}

/** The event of a message whose program the collector took off: `{"program":"sshd","message":"Failed ..."}`. */
export function readProgramMessage(record: JsonRecord): Event | undefined {
  const message = record['message'] ?? record['MESSAGE'] ?? record['msg'];
  if (typeof message !== 'string') return undefined;
  const program = programOf(record);
  if (program === undefined) return undefined;
  const event = createSyslogEvent();
  event.message = message;
  event['process.name'] = processName(program);
  readMessage(program, message, event);
  return event['event.action'] === undefined ? undefined : event;
}

function programOf(record: JsonRecord): string | undefined {
  for (const key of PROGRAM_KEYS) {
    const text = record[key];
    if (typeof text === 'string' && text !== '' && text.length < 64) {
      return text.replace(/(?:\[\d{1,10}\])?:?$/, '');
    }
  }
  return undefined;
}

/** Fields that only the envelope knows. */
const OF_ENVELOPE: ReadonlySet<string> = new Set(['format', 'raw', 'timeUs', 'timeConfidence']);
const MINUTE_US = 60_000_000;
const DAY_US = 86_400_000_000;

/**
 * The envelope's event with what the line says. The envelope's time is the finer one while both say the same; when
 * logs were collected late the line's counts: at once where it is exact, else from another day on, for it may lack
 * its zone or year.
 */
export function withInner(outer: Event, inner: Event): Event {
  const merged: Record<string, unknown> = { ...outer };
  for (const [field, value] of Object.entries(inner)) {
    if (value !== undefined && !OF_ENVELOPE.has(field)) merged[field] = value;
  }
  if (inner.timeUs !== undefined && isTimeOfLine(outer, inner)) {
    merged['timeUs'] = inner.timeUs;
    merged['timeConfidence'] = inner.timeConfidence;
  }
  return merged as unknown as Event;
}

function isTimeOfLine(outer: Event, inner: Event): boolean {
  if (outer.timeUs === undefined || inner.timeUs === undefined) return true;
  const apart = Math.abs(inner.timeUs - outer.timeUs);
  return apart > (inner.timeConfidence === 'exact' ? MINUTE_US : DAY_US);
}
