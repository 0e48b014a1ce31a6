/**
 * The systemd journal as `journalctl -o json` writes it: one record per line. The message goes to the reader
 * of its program, so that an sshd line gives the same event as in auth.log.
 */

import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { readPayload } from '../envelopes/payload.ts';
import { readJournalAudit } from './auditd.ts';
import { JOURNALD_SAMPLES } from './journald-samples.ts';
import { continuesRecord, isTextRecord, stampOf, textRecord } from './journald-text.ts';
import { isRecord } from './json-fields.ts';
import { jsonSplitter, looksLikeDocument } from './json-records.ts';
import { processName, readMessage } from './linux/programs.ts';
import { SYSLOG_SOURCES } from './linux/services.ts';
import { createSyslogEvent } from './linux/syslog-event.ts';
import type { LogFormat } from './log-format.ts';

type JournalRecord = Readonly<Record<string, unknown>>;

/** RFC 5424 severities, in the words of `log.level`. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

function parse(line: string, clock: Clock): Event | Skip {
  if (isTextRecord(line)) return parseText([line], clock);
  const record = readRecord(line);
  return record === undefined ? skip('broken JSON') : recordEvent(record, clock);
}

/** A record of `journalctl -o verbose` or `-o export`. */
function parseText(lines: readonly string[], clock: Clock): Event {
  const record = textRecord(lines);
  const stamp = stampOf(lines[0] ?? '');
  const event = recordEvent(record, clock);
  if (stamp === undefined) return event;
  const { year, month, day, hour, minute, second, micros, offsetMinutes } = stamp;
  const timeUs = clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
  const { timeConfidence } = event;
  if (timeConfidence === 'exact' && event.format !== 'journald') return event;
  return { ...event, timeUs, timeConfidence: clock.confidence };
}

function recordEvent(record: JournalRecord, clock: Clock): Event {
  const message = messageOf(record['MESSAGE']);
  const event = createSyslogEvent();
  event.format = 'journald';
  event.raw = record;
  setTime(event, record, clock);
  const program = textOf(record, 'SYSLOG_IDENTIFIER') ?? textOf(record, '_COMM');
  event.message = message;
  event['host.hostname'] = textOf(record, '_HOSTNAME');
  event['process.name'] = program === undefined ? undefined : processName(program);
  event['process.pid'] = numberOf(record, '_PID') ?? numberOf(record, 'SYSLOG_PID');
  event['process.executable'] = textOf(record, '_EXE');
  event['process.command_line'] = textOf(record, '_CMDLINE');
  event['service.name'] = textOf(record, '_SYSTEMD_UNIT');
  setSeverity(event, record);
  if (textOf(record, '_TRANSPORT') === 'audit') {
    const audit = readJournalAudit(message, textOf(record, '_AUDIT_TYPE_NAME'));
    if (audit !== undefined) return withJournal(audit, event, textOf(record, '_AUDIT_ID'));
  }
  readMessage(program ?? kernelName(record), message, event);
  return readPayload(event, message, clock) ?? event;
}

/** An audit record, whose text lacks what the journal has in fields of its own. */
const withJournal = (audit: Event, entry: Event, id: string | undefined): Event => ({
  ...audit,
  timeUs: entry.timeUs,
  timeConfidence: entry.timeConfidence,
  'event.id': id,
  'host.hostname': entry['host.hostname'],
  raw: { ...entry.raw, ...audit.raw },
});

function readRecord(line: string): JournalRecord | undefined {
  try {
    const value: unknown = JSON.parse(line.slice(Math.max(0, line.indexOf('{'))));
    return isRecord(value) && isJournal(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isJournal = (record: JournalRecord): boolean =>
  '__REALTIME_TIMESTAMP' in record || ('__CURSOR' in record && 'MESSAGE' in record);

/** Text, or bytes when the message is no UTF-8 or holds control characters; null when it was too long. */
function messageOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (!Array.isArray(value)) return '';
  // The same field given twice is a list of messages.
  if (typeof value[0] === 'string')
    return value.filter((part) => typeof part === 'string').join('\n');
  if (Array.isArray(value[0])) return value.map(messageOf).join('\n');
  const bytes = value.filter((byte): byte is number => typeof byte === 'number');
  return new TextDecoder().decode(Uint8Array.from(bytes));
}

function textOf(record: JournalRecord, name: string): string | undefined {
  const value = record[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof first === 'string') return first === '' ? undefined : first;
  return Array.isArray(value) && typeof first === 'number' ? messageOf(value) : undefined;
}

function numberOf(record: JournalRecord, name: string): number | undefined {
  const text = textOf(record, name);
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}

function setTime(event: Event, record: JournalRecord, clock: Clock): void {
  const time =
    microsOf(record, '__REALTIME_TIMESTAMP') ?? microsOf(record, '_SOURCE_REALTIME_TIMESTAMP');
  if (time === undefined) return;
  clock.confidence = 'exact';
  event.timeUs = time;
  event.timeConfidence = 'exact';
}

function microsOf(record: JournalRecord, name: string): number | undefined {
  const text = textOf(record, name) ?? String(record[name] ?? '');
  return /^\d{10,16}$/.test(text) ? Number(text) : undefined;
}

function setSeverity(event: Event, record: JournalRecord): void {
  const priority = numberOf(record, 'PRIORITY');
  const facility = numberOf(record, 'SYSLOG_FACILITY');
  if (priority !== undefined && priority < LEVELS.length) {
    event['log.level'] = LEVELS[priority];
    event['log.syslog.severity.code'] = priority;
  }
  if (facility !== undefined) event['log.syslog.facility.code'] = facility;
}

const kernelName = (record: JournalRecord): string | undefined =>
  record['_TRANSPORT'] === 'kernel' ? 'kernel' : undefined;

/** `-o json-seq` sets a control character in front, `-o json-sse` a word. */
const START = /^(?:\x1e|data: )?\{\s?"(?:__|_|[A-Z])/;

/** The systemd journal in its JSON, text and export forms. */
export const format: LogFormat = {
  name: 'journald',
  title: 'systemd journal (its files, journalctl -o json, verbose, export)',
  url: 'https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format',
  order: 3,
  sources: SYSLOG_SOURCES,
  isEncoded: true,
  isEcho: true,
  ownNames: /^/,
  forgeable: { 'user.name': 'json' },
  detect: (line) =>
    isTextRecord(line) || (START.test(line.slice(0, 14)) && readRecord(line) !== undefined),
  parse,
  continues: continuesRecord,
  joinsFirst: true,
  complete: (_, lines, clock) => parseText(lines, clock),
  // `journalctl -o json-pretty`
  records: {
    detect: (head) => looksLikeDocument(head, isJournal),
    splitter: jsonSplitter,
  },
  splittable: true,
  samples: JOURNALD_SAMPLES,
};
