/**
 * Audit records as `ausearch -i` prints them: names in place of numbers, the local time in place of the epoch.
 * @see https://man7.org/linux/man-pages/man8/ausearch.8.html
 */
import { isIPv4 } from 'node:net';
import type { Clock } from '../clock.ts';

const HEADER =
  /^(?:node=(\S{1,255}) )?type=(\w{1,64}(?:\[\d{1,5}\])?) msg=audit\(([\d/.-]{6,10} [\d:.]{8,18}(?: [AP]M)?(?:\.\d{1,9})?):(\d{1,20})\) ?: ?/;

/** The parts of such a record, as text. */
export interface Interpreted {
  node: string | undefined;
  type: string;
  /** As written. */
  time: string;
  id: string;
  /** What follows the header. */
  body: string;
}

/** The header of such a record; undefined for any other line. */
export function readInterpreted(line: string): Interpreted | undefined {
  const found = HEADER.exec(line);
  if (found === null) return undefined;
  const [head, node, type = '', time = '', serial] = found;
  return { node, type, time, id: `${time}:${serial}`, body: line.slice(head.length).trimEnd() };
}

const DATE =
  /^(?:(\d{4})-(\d\d)-(\d\d)|(\d{1,2})([/.])(\d{1,2})[/.](\d{2}|\d{4})) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: ([AP]M))?(?:\.(\d{1,9}))?$/;

/** Microseconds; the month comes first between slashes, unless it cannot be one. Undefined when it is no time. */
export function interpretedTime(text: string, clock: Clock): number | undefined {
  const found = DATE.exec(text);
  if (found === null) return undefined;
  const [, isoYear, isoMonth, isoDay, first, mark, second, short, hour, minute, sec] = found;
  const fraction = found[11] ?? found[13] ?? '';
  const isDayFirst = mark === '.' || Number(first) > 12;
  const year = Number(isoYear ?? (short?.length === 2 ? `20${short}` : short));
  const month = Number(isoMonth ?? (isDayFirst ? second : first));
  const day = Number(isoDay ?? (isDayFirst ? first : second));
  const isAfternoon = found[12] === 'PM';
  const hours =
    found[12] === undefined ? Number(hour) : (Number(hour) % 12) + (isAfternoon ? 12 : 0);
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  const micros = Number(fraction.padEnd(6, '0').slice(0, 6));
  return clock.at(year, month, day, hours, Number(minute), Number(sec), micros, undefined);
}

/** Fields that hold an account or a group. */
const IDS = new Set('auid uid gid euid suid fsuid egid sgid fsgid ouid ogid oauid id'.split(' '));
const MAX_ARGUMENTS = 1000;

/**
 * The fields as the log itself has them: names of accounts under the names that auditd adds, text that may hold
 * blanks whole. A command's words come one after the other, however many there may be in one.
 */
export function plainFields(
  { type, body }: Interpreted,
  fields: ReadonlyMap<string, string>,
): Map<string, string> {
  const plain = new Map<string, string>();
  for (const [key, value] of fields) {
    if (!IDS.has(key) || /^-?\d+$/.test(value)) plain.set(key, value);
    else if (value !== 'unset') plain.set(key.toUpperCase(), value);
  }
  if (type === 'PROCTITLE') plain.set('proctitle', body.replace(/^proctitle=/, ''));
  if (type === 'EXECVE') setArguments(body, plain);
  // A program chooses its own name, which may look like the fields behind it.
  const [comm, exe] = [body.indexOf(' comm='), body.lastIndexOf(' exe=')];
  if (comm >= 0 && exe > comm) plain.set('comm', body.slice(comm + 6, exe));
  if (comm >= 0 && exe > comm) plain.set('exe', body.slice(exe + 5).split(' ', 1)[0] ?? '');
  const address = socketOf(fields.get('saddr') ?? '');
  if (address !== undefined) plain.set('saddr', address);
  return plain;
}

function setArguments(body: string, plain: Map<string, string>): void {
  const count = Math.min(Number(/^argc=(\d{1,9})/.exec(body)?.[1] ?? 0), MAX_ARGUMENTS);
  let start = body.indexOf(' a0=');
  for (let index = 0; index < count && start >= 0; index += 1) {
    const value = start + ` a${index}=`.length;
    const next = body.indexOf(` a${index + 1}=`, value);
    const isLast = index === count - 1 || next < 0;
    plain.set(`a${index}`, isLast ? body.slice(value) : body.slice(value, next));
    start = isLast ? -1 : next;
  }
}

/** `{ saddr_fam=inet laddr=203.0.113.5 lport=443 }` as the kernel writes it. */
function socketOf(text: string): string | undefined {
  const address = / laddr=([\d.]{7,15}) /.exec(text)?.[1] ?? '';
  const port = Number(/ lport=(\d{1,5}) /.exec(text)?.[1]);
  if (!isIPv4(address) || !(port <= 65_535)) return undefined;
  const bytes = Buffer.from([2, 0, port >> 8, port & 255, ...address.split('.').map(Number)]);
  return Buffer.concat([bytes, Buffer.alloc(8)]).toString('hex');
}
