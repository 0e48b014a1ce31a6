/** Which reader reads which program's messages. */
import { type Event, setRepeats } from '../../../events/event.ts';
import { bundledFormats } from '../../load-formats.ts';
import { messageReader } from '../../pattern/declared-format.ts';
import type { FormatDocument } from '../../pattern/format-document.ts';
import { declareReader } from '../../pattern/program-messages.ts';
import { readDaemon } from './daemons.ts';
import { readKernel } from './kernel.ts';
import { readLogger, readShutdown } from './logging.ts';
import { netfilterStart, readFilterlog, readNetfilter } from './netfilter.ts';
import { isBarePamText, isPamMessage, readPam } from './pam.ts';
import { readDoas, readLogin, readPkexec, readSudo } from './privilege.ts';
import { readSshd } from './sshd.ts';
import type { MessageReader } from './syslog-event.ts';

const READERS: readonly (readonly [MessageReader, string])[] = [
  [readSshd, 'sshd sshd-session sshd-auth'],
  [readSudo, 'sudo sudo-i sudo-rs'],
  [readDoas, 'doas'],
  [readPkexec, 'pkexec'],
  [readLogin, 'login getty agetty mingetty'],
  [readLogger, 'rsyslogd syslogd syslog-ng syslog systemd-journald systemd-journal auditd'],
  [readShutdown, 'shutdown init halt'],
  [readKernel, 'kernel'],
  [readFilterlog, 'filterlog'],
];

const BY_PROGRAM = new Map<string, MessageReader>();

/** Programs are read by our code, then by what the bundled format files say of them, then by the user's own. */
export function declarePrograms(own: readonly FormatDocument[]): void {
  BY_PROGRAM.clear();
  known.clear();
  for (const [reader, names] of READERS)
    for (const name of names.split(' ')) BY_PROGRAM.set(name, reader);
  for (const document of [...bundledFormats(), ...own]) {
    const reader = messageReader(document);
    for (const name of document.programs) BY_PROGRAM.set(name, reader);
  }
}

/** Programs whose lines belong to `system.auth` even when no reader understands them. */
const AUTH_PROGRAMS = new Set(
  'polkitd polkit-agent-helper-1 pam pam_unix gdm gdm-password lightdm sddm xrdp-sesman saslauthd sssd_be sssd winbindd'.split(
    ' ',
  ),
);

/** Names looked up before. Bounded, because whoever writes to the log chooses them. */
const known = new Map<string, MessageReader | undefined>();
const MAX_KNOWN = 1024;
declarePrograms([]);

/** The reader of a program, whatever its case; `rsyslogd-2177` is rsyslogd with a message number. */
function readerOf(program: string): MessageReader | undefined {
  const direct = BY_PROGRAM.get(program);
  if (direct !== undefined || known.has(program)) return direct ?? known.get(program);
  const lower = program.toLowerCase();
  const reader = BY_PROGRAM.get(lower) ?? BY_PROGRAM.get(lower.replace(/-\d{1,6}$/, ''));
  if (known.size >= MAX_KNOWN) known.clear();
  known.set(program, reader);
  return reader;
}

const REPEATED = /^message repeated (\d{1,20}) times: \[ ?/;
const MAX_MESSAGE = 8192;
/** Programs that are mnemonics, such as Cisco's `%ASA-4-106023`: what reads `%*` reads them all. */
const PERCENT = 37;
const MNEMONIC = /^%[A-Z][\w-]{0,40}?-([0-7])-(\w{1,40})(?: ?: |$)/;
/** What Junos puts in front of what is told of its logins. */
const JUNOS = /^(?:SSHD_)?LOGIN_[A-Z_]{1,40}: /;
/** The severities of syslog by their number. */
const LEVELS = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'info', 'debug'];

/** Reads a message under a mnemonic, whose severity is the event's; the mnemonic may stand behind the program's tag. */
function readMnemonic(mnemonic: string, message: string, event: Event): boolean {
  const found = MNEMONIC.exec(mnemonic);
  if (found !== null) event['log.level'] = LEVELS[Number(found[1])];
  return BY_PROGRAM.get('%*')?.(message, event) === true;
}

/** What a reader should see: without Solaris' `[ID 1 auth.notice]` and without the repetition's frame. */
function bodyOf(message: string): string {
  let body = message.length > MAX_MESSAGE ? message.slice(0, MAX_MESSAGE) : message;
  if (body.startsWith('[ID ')) {
    const end = body.indexOf('] ');
    if (end > 0 && end < 64) body = body.slice(end + 2);
  }
  if (body.startsWith('message repeated ')) {
    const frame = REPEATED.exec(body);
    if (frame !== null) body = body.slice(frame[0].length, body.endsWith(']') ? -1 : undefined);
  }
  return body;
}

/** `process.name`: the tag without a path; a service name such as `postfix/smtpd` stays. */
export function processName(program: string): string {
  if (program.charCodeAt(0) !== 47) return program;
  return program.slice(program.lastIndexOf('/') + 1) || program;
}

/** Loggers of old write their own lines without a tag: `syslogd 1.4.1: restart.`, `exiting on signal 15`. */
const readUntagged: MessageReader = (message, event) =>
  /^(?:syslogd [\d.]{1,16}(?:#\S{1,32})?: |exiting on signal )/.test(message) &&
  readLogger(message, event);

/** How often the message says that it came; undefined when it does not. */
function repeatsOf(message: string): number | undefined {
  const at = message.startsWith('[ID ') ? message.indexOf('] ') + 2 : 0;
  if (!message.startsWith('message repeated ', at)) return undefined;
  const times = Number(REPEATED.exec(message.slice(at, at + 64))?.[1]);
  return times > 0 ? times : undefined;
}

/** Reads the message of `program` into `event`. */
export function readMessage(program: string | undefined, message: string, event: Event): void {
  const repeats = repeatsOf(message);
  if (repeats !== undefined) setRepeats(event, repeats);
  const body = bodyOf(message);
  const isJunos = (program === 'sshd' || program === 'login') && JUNOS.test(body);
  const reader = program === undefined ? undefined : readerOf(isJunos ? 'mgd' : program);
  if (reader !== undefined && reader !== readKernel && !isPamMessage(body)) {
    if (reader(body, event)) return;
    if (isBarePamText(body)) readPam(body, event);
    else if (reader !== readSshd) readDaemon(body, event);
    return;
  }
  if (isPamMessage(body)) {
    if (readPam(body, event)) return;
  } else if (reader === readKernel) {
    reader(body, event);
    return;
  }
  if (program?.charCodeAt(0) === PERCENT && readMnemonic(program, body, event)) return;
  const mnemonic = body.charCodeAt(0) === PERCENT ? MNEMONIC.exec(body)?.[0] : undefined;
  if (mnemonic !== undefined && readMnemonic(mnemonic, body.slice(mnemonic.length), event)) return;
  if (program !== undefined && AUTH_PROGRAMS.has(program)) event['event.dataset'] = 'system.auth';
  if (program === undefined && readUntagged(body, event)) return;
  if (body.startsWith('ROOT LOGIN ') && readLogin(body, event)) return;
  const packet = netfilterStart(body);
  if (packet >= 0) readNetfilter(body, packet, event);
  else if (!isBarePamText(body) || !readPam(body, event)) readDaemon(body, event);
}

declareReader(readMessage);
