/** What may stand where a syslog line has its host, and is none: facilities, levels, streams, zones. */
import { namedZone } from '../../events/zone-names.ts';
import { type Envelope, setPriority } from './syslog-fields.ts';

const FACILITIES = (
  'kern user mail daemon auth syslog lpr news uucp cron authpriv ftp ntp security console solaris-cron ' +
  'local0 local1 local2 local3 local4 local5 local6 local7'
).split(' ');

/** Severities of syslog by what they are called, lower case. */
const SEVERITIES: ReadonlyMap<string, number> = new Map(
  Object.entries({
    emerg: 0,
    emergency: 0,
    panic: 0,
    alert: 1,
    crit: 2,
    critical: 2,
    fatal: 2,
    severe: 2,
    error: 3,
    err: 3,
    warning: 4,
    warn: 4,
    notice: 5,
    info: 6,
    information: 6,
    debug: 7,
    trace: 7,
    verbose: 7,
    fine: 7,
  }),
);

/** Facilities that no host is called after: a machine may well be `mail` or `news`. */
const PLAIN_FACILITIES = new Set(
  FACILITIES.filter((name) => /^(?:kern|daemon|authpriv|local\d)$/.test(name)),
);
const STREAMS = new Set(['stdout', 'stderr', 'stdin']);
/** A container runtime says after the stream whether a line is full or a part of one. @see Kubernetes CRI */
const LINE_PARTS = new Set(['F', 'P']);
const LONGEST_WORD = 24;

/** Is it a level, with brackets and a colon round it or not: `INFO`, `[error]`, `<warn>:`? */
export const isLevelWord = (word: string): boolean => SEVERITIES.has(bareWord(word));

/** Reads the level of a tag into the envelope; a level that a selector or priority named stays. False when `word` is none. */
export function readLevel(word: string, envelope: Envelope): boolean {
  const severity = SEVERITIES.get(bareWord(word));
  if (severity === undefined) return false;
  if (envelope.severity < 0) {
    envelope.severity = severity;
    envelope.isLevelInTag = true;
  }
  return true;
}

const bareWord = (word: string): string =>
  word.length > LONGEST_WORD ? '' : word.replace(/^[[(<]|[\])>]?:?$/g, '').toLowerCase();

/** Reads `facility.severity` in `text` into the envelope; false when the words are not syslog's. */
export function readSelector(text: string, envelope: Envelope): boolean {
  const dot = text.indexOf('.');
  const facility = FACILITIES.indexOf(text.slice(0, dot));
  const severity = SEVERITIES.get(text.slice(dot + 1));
  if (dot < 0 || facility < 0 || severity === undefined) return false;
  envelope.facility = facility;
  envelope.severity = severity;
  return true;
}

/** Reads what BSD's syslogd -v puts in angle brackets: `mail.notice`, and with one -v as numbers, `4.6`. */
export function readVerboseSelector(text: string, envelope: Envelope): boolean {
  const numbers = /^(\d{1,2})\.([0-7])$/.exec(text);
  if (numbers === null) return readSelector(text, envelope);
  return setPriority(Number(numbers[1]) * 8 + Number(numbers[2]), envelope);
}

/** VMware ESXi puts `In(14)`, severity and priority, where others have the host. */
function readEsxPriority(token: string, envelope: Envelope): boolean {
  const found = /^(?:Db|In|No|Wa|Er|Cr|Al|Em)\((\d{1,3})\)$/.exec(token);
  return found !== null && setPriority(Number(found[1]), envelope);
}

/** What a word says that stands in the place of a host; false when it may be the name of one. */
export function readNoHost(token: string, envelope: Envelope): boolean {
  if (token.length > LONGEST_WORD) return false;
  if (STREAMS.has(token)) {
    envelope.isStream = true;
    return true;
  }
  if (LINE_PARTS.has(token)) return true;
  if (namedZone(token) !== undefined && token.length > 1) return true;
  if (token.endsWith(')') && readEsxPriority(token, envelope)) return true;
  if (readSelector(token, envelope)) return true;
  const severity = SEVERITIES.get(bareWord(token));
  if (severity !== undefined) {
    envelope.severity = severity;
    return true;
  }
  if (!PLAIN_FACILITIES.has(token)) return false;
  envelope.facility = FACILITIES.indexOf(token);
  return true;
}
