/** Syslog files: `/var/log/syslog`, `messages`, `auth.log`, `secure`, `kern.log`, and `journalctl` text. */

import { type Event, type Skip, setRepeats, skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { isBorne, mayHoldBorne, readBorne } from '../envelopes/borne.ts';
import { readPayload } from '../envelopes/payload.ts';
import { readAuditLine, readJournalAudit } from './auditd.ts';
import { processName, readMessage } from './linux/programs.ts';
import { SYSLOG_SOURCES } from './linux/services.ts';
import { isBareSshd } from './linux/ssh-bare.ts';
import { createSyslogEvent } from './linux/syslog-event.ts';
import type { LogFormat } from './log-format.ts';
import { readEnvelope } from './syslog-envelope.ts';
import { type Envelope, emptyEnvelope } from './syslog-fields.ts';
import { samples } from './syslog-samples.ts';
import { readStamp } from './syslog-stamp.ts';
import { isLevelWord } from './syslog-words.ts';

/** RFC 5424 severities, in the words of `log.level`. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

/** What Cisco's mnemonics begin with. */
const PERCENT = 37;

const envelope = emptyEnvelope();

const NAME = /^[\w./@%+(][\w.:/@%+()_-]*$/;

/** Journal headers and footers: `-- Logs begin at ...`, `-- Journal begins at ...`, `-- Boot ... --`. */
const isJournalNote = (line: string): boolean =>
  /^-- (?:Logs begin|Journal begins|No entries|Boot |Reboot|cursor:)/.test(line);

/** Access points of UniFi write name, address and model where others have the host: `ap,f09fc2aabbcc,U6-6.5.62: hostapd[7]: ...`. */
const ACCESS_POINT = /^(?:([\w.-]{1,64}),)?[\da-f]{12},([\w.+-]{1,80})$/;

function setAccessPoint(name: RegExpExecArray): void {
  const { message } = envelope;
  const tag = /^([\w./-]{1,64})(?:\[(\d{1,10})\])?: /.exec(message);
  envelope.host = name[1] ?? envelope.host ?? name[2];
  envelope.program = tag?.[1];
  envelope.pid = tag?.[2] === undefined ? undefined : Number(tag[2]);
  envelope.message = message.slice(tag?.[0].length ?? 0);
}

function detect(line: string): boolean {
  if (line.charCodeAt(0) === 45) return isJournalNote(line);
  if (!readEnvelope(line, envelope)) return false;
  if (isSyslog(line)) return true;
  return mayHoldBorne(line) && !isBorne(line) && deviceTexts(line).some(isBorne);
}

/** Do stamp, host and tag look like those of syslog? */
function isSyslog(line: string): boolean {
  if (envelope.isRfc5424) return true;
  const { host, program, hasTag, hasStamp, pid, stamp, facility } = envelope;
  if (program !== undefined && ACCESS_POINT.test(program)) return true;
  if (program !== undefined && (isLevelWord(program) || !NAME.test(program))) return false;
  if (host !== undefined && !NAME.test(host)) return false;
  if (hasStamp && stamp.year !== 0 && envelope.priority < 0) {
    // Many logs begin with a full date; with a space in it, only a process id tells syslog from them.
    const needsPid = line.charCodeAt(10) === 32 && line.charCodeAt(4) === 45;
    const isOwnFile = (program === 'vsftpd' || program === 'dovecot') && host === undefined;
    const isChromeOs =
      host === undefined && envelope.severity >= 0 && pid !== undefined && !needsPid;
    if (isOwnFile || isChromeOs) return hasTag;
    // Without a host, only a name with its process id at the very place tells.
    const isLevelled = envelope.severity >= 0 && facility < 0 && !envelope.isLevelInTag;
    const isNameless = host === undefined && pid !== undefined && !isLevelled;
    return (host !== undefined || isNameless) && hasTag && (pid !== undefined || !needsPid);
  }
  if (hasStamp && stamp.epochUs !== 0 && envelope.priority < 0)
    return hasTag && (pid !== undefined || line.charCodeAt(0) === 64);
  if (!hasStamp)
    return (
      envelope.priority >= 0 ||
      program === 'kernel' ||
      host !== undefined ||
      program?.charCodeAt(0) === PERCENT
    );
  return host !== undefined || hasTag || /^(?:--- )?last message repeated/.test(envelope.message);
}

function setEnvelope(event: Event): void {
  event.message = envelope.message;
  event['host.hostname'] = envelope.host;
  event['process.name'] =
    envelope.program === undefined ? undefined : processName(envelope.program);
  event['process.pid'] = envelope.pid;
  if (envelope.messageId !== undefined) event['log.syslog.msgid'] = envelope.messageId;
  if (envelope.severity < 0) return;
  event['log.level'] = LEVELS[envelope.severity];
  if (envelope.facility >= 0) event['log.syslog.facility.code'] = envelope.facility;
  event['log.syslog.severity.code'] = envelope.severity;
  if (envelope.priority >= 0) event['log.syslog.priority'] = envelope.priority;
}

function setTime(event: Event, clock: Clock): void {
  const { stamp } = envelope;
  if (!envelope.hasStamp) return;
  if (stamp.epochUs !== 0) {
    event.timeUs = stamp.epochUs;
    event.timeConfidence = 'exact';
    return;
  }
  event.timeUs = clock.at(
    stamp.year,
    stamp.month,
    stamp.day,
    stamp.hour,
    stamp.minute,
    stamp.second,
    stamp.micros,
    stamp.offsetMinutes,
  );
  event.timeConfidence = clock.confidence;
}

/** Loggers that leave repetitions out and say so; some write the note under their own name. */
const NOTE = /^(?:--- )?last message repeated (\d{1,20}) times?(?: ---)?$/;
const NOTERS = /^(?:r?syslogd?|syslog-ng|newsyslog)(?:-\d{1,6})?$/;
const NOTER_TAG = /(?:r?syslogd?|syslog-ng|newsyslog)(?:-\d{1,6})?(?:\[\d{1,10}\])?: (?:--- )?$/;

/** Is the line such a note? No more than its text is looked at: what a program says stands behind a tag. */
function isRepeatNote(line: string): boolean {
  const at = line.length > 400 ? -1 : line.lastIndexOf('last message repeated ');
  if (at === -1 || !NOTE.test(line.slice(at).trimEnd())) return false;
  return !line.slice(0, at).replace(NOTER_TAG, '').includes(': ');
}

/** Reads `last message repeated 4 times`; false when the message is another. */
function readNote(event: Event): boolean {
  const { message, program } = envelope;
  if (!message.startsWith('last message', message.startsWith('--- ') ? 4 : 0)) return false;
  const times = Number(NOTE.exec(message)?.[1]);
  if (!(times > 0) || (program !== undefined && !NOTERS.test(event['process.name'] ?? '')))
    return false;
  setRepeats(event, times);
  event['event.action'] = 'last_message_repeated';
  event['event.reason'] = 'the message before is not known';
  return true;
}

/** What begins like an access line where the tag would stand, or with a dash for a host, is another log's. */
const ACCESS_BEHIND_STAMP = /^- .{1,400}\[\d{1,2}\/[A-Z][a-z]{2}\/\d{4}:/;
const isOthers = (line: string, envelope: Envelope): boolean => {
  const { hasTag, isRfc5424, host, message } = envelope;
  if (isLevelled(line, envelope)) return true;
  if (hasTag || isRfc5424) return false;
  if (host === 'Accepted' || host === 'Failed') return isBareSshd(`${host} ${message}`);
  return host === '-' || (message.charCodeAt(0) === 45 && ACCESS_BEHIND_STAMP.test(message));
};

const WORD_BEHIND_LEVEL =
  /^\s{1,4}[[(<]?(?:[A-Z]{3,9}|[a-z]{3,9})[\])>]?:?\s{1,4}(?:kern|daemon|authpriv|local\d)\s/;

/**
 * A full date and then a level or a stream: an application's line or a container's, in which the next word is no
 * host. Chrome OS writes a level there, too, and behind it a tag.
 */
function isLevelled(line: string, envelope: Envelope): boolean {
  const { stamp, priority, facility, severity, isLevelInTag, isStream } = envelope;
  const { hasTag, host, pid, stampEnd } = envelope;
  if (priority >= 0 || (stamp.year === 0 && stamp.epochUs === 0)) return false;
  // `ERROR daemon failed` speaks of a daemon.
  if (facility >= 0) return !hasTag && WORD_BEHIND_LEVEL.test(line.slice(stampEnd, stampEnd + 40));
  if (isStream) return true;
  if (severity < 0 || isLevelInTag) return false;
  return !hasTag || line.charCodeAt(10) === 32 || (host !== undefined && pid === undefined);
}

function parse(line: string, clock: Clock): Event | Skip {
  if (!readEnvelope(line, envelope)) return skip(isJournalNote(line) ? 'journal header' : NO_LINE);
  const device = readDevice(line, clock);
  if (device !== undefined) return device;
  if (isOthers(line, envelope)) return skip(NO_LINE);
  const point = ACCESS_POINT.exec(envelope.program ?? '');
  if (point !== null) setAccessPoint(point);
  const event = createSyslogEvent();
  setTime(event, clock);
  setEnvelope(event);
  const program = event['process.name'];
  if (line.includes('audit(')) {
    const audit = readAuditLine(line);
    if (audit !== undefined) return { ...audit, 'host.hostname': event['host.hostname'] };
  }
  // journalctl's text: `audit[7]: USER_LOGIN pid=7 ...`.
  if (program === 'audit') {
    const audit = readJournalAudit(envelope.message);
    if (audit !== undefined) return withEnvelope(audit, event);
  }
  if (readNote(event)) return event;
  const { message } = envelope;
  readMessage(program, message, event);
  return readPayload(event, message, clock) ?? event;
}

/** The event of a line of a device that writes no tag. */
function readDevice(line: string, clock: Clock): Event | undefined {
  if (!mayHoldBorne(line)) return undefined;
  for (const [at, text] of deviceTexts(line).entries()) {
    if (!isBorne(text)) continue;
    const outer = createSyslogEvent();
    setTime(outer, clock);
    setEnvelope(outer);
    const word = at === BEHIND_HOST ? wordBefore(line, text) : undefined;
    if (at !== MESSAGE) {
      outer['host.hostname'] = word !== undefined && NAME.test(word) ? word : undefined;
      outer['process.name'] = outer['process.pid'] = undefined;
    }
    return readBorne(text, outer, clock);
  }
  return undefined;
}

/**
 * Where the line of such a device may begin, as what it begins with may look like stamp, host or tag: behind the stamp,
 * with the message, behind the host, behind the priority. A tag with the number of a process is one.
 */
function deviceTexts(line: string): readonly string[] {
  const { message, stampEnd, priority, isRfc5424, host, program, pid } = envelope;
  const isTagged = host !== undefined && program !== undefined && pid !== undefined;
  if (isRfc5424 || isTagged) return ['', message];
  const bare = stampEnd > 0 ? line.slice(stampEnd, stampEnd + MAX_DEVICE).trimStart() : '';
  const behind = bare.slice(bare.indexOf(' ') + 1).replace(/^(?:: )?\s*/, '');
  return [bare, message, behind, priority < 0 ? '' : line.slice(line.indexOf('>') + 1).trimStart()];
}

const MESSAGE = 1;
const BEHIND_HOST = 2;

const wordBefore = (line: string, text: string): string | undefined =>
  /(\S{1,255}?):?\s+(?:: )?\s*$/.exec(line.slice(0, -text.length).slice(-300))?.[1];

const NO_LINE = 'not a syslog line';
const MAX_DEVICE = 65_536;

/** An audit record with the time and the host of the line that it stands in. */
const withEnvelope = (audit: Event, { timeUs, timeConfidence, ...rest }: Event): Event => ({
  ...audit,
  timeUs,
  timeConfidence,
  'host.hostname': rest['host.hostname'],
});

/** Lines of syslog; what a program says in them is read by the table of its messages. */
export const format: LogFormat = {
  name: 'syslog',
  title: 'Syslog (RFC 3164, RFC 5424, rsyslog, journalctl)',
  url: 'https://datatracker.ietf.org/doc/html/rfc5424',
  order: 4,
  sources: SYSLOG_SOURCES,
  lane: 'shapes',
  stamp: readStamp,
  forgeable: { 'process.command_line': 'visible' },
  detect,
  parse,
  // Embedded line ends: the rest of a message is indented.
  continues: (line) => line.charCodeAt(0) === 9 || line.charCodeAt(0) === 32,
  isRepeatNote,
  splittable: true,
  samples,
};
