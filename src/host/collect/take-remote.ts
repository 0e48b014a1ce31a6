/** Takes files of another machine over ssh: what is there says `find`, what is in it `head` and `tail`. */
import type { Item, ReaderName } from './collection.ts';
import type { TakenFile } from './collection-record.ts';
import { storedName } from './stored-name.ts';
import { keepOutput, runThere, type Taken, type Taking } from './taking.ts';

/** What stands over there for what is read directly here: the words of programs, which a changed one may lie with. */
const READER_COMMANDS: Readonly<Record<ReaderName, readonly string[]>> = {
  processes: ['ps', '-e', '-ww', '-o', 'pid,ppid,uid,lstart,stat,args'],
  sockets: ['ss', '--no-header', '--tcp', '--udp', '--all', '--numeric', '--processes'],
  'open-deleted': [
    ...['find', '/proc', '-mindepth', '2', '-maxdepth', '3', '-lname', '* (deleted)'],
    ...['-printf', '%p %l\\n'],
  ],
  'ssh-keys': [
    ...['find', '/root', '/home', '/etc/ssh', '-xdev', '-type', 'f', '-name', 'authorized_keys*'],
    ...['-printf', '%m %u %g %s %T+ %C+ %p\\n'],
  ],
  'set-uid': [
    ...['find', '/', '-xdev', '-type', 'f', '-perm', '/6000'],
    ...['-printf', '%m %u %g %s %T+ %C+ %p\\n'],
  ],
};

/** The command that is run on another machine for a reader. */
export const readerCommand = (reader: ReaderName): readonly string[] => READER_COMMANDS[reader];

const FORMAT = '%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%p\\0';
const FIELDS = 7;
const MOST_FILES = 2000;
const TIMEOUT_MS = 120_000;

/** The argv that lists the files which patterns stand for; links only where a pattern names that very path. */
export function findCommand(globs: readonly string[]): readonly string[] {
  const parts = globs.map((glob) => glob.split('/').filter((part) => part !== ''));
  const bases = parts.map((one) => {
    const wild = one.findIndex((part) => part.includes('*'));
    return `/${one.slice(0, wild === -1 ? one.length : wild).join('/')}`;
  });
  const depths = parts.map((one, index) => one.length - bases[index]!.split('/').length + 1);
  const wild = globs.filter((glob) => glob.includes('*'));
  const exact = globs.filter((glob) => !glob.includes('*'));
  const tests = [
    ...(wild.length === 0 ? [] : [['-type', 'f', '-regex', wild.map(expressionOf).join('|')]]),
    ...(exact.length === 0 ? [] : [['-xtype', 'f', '-regex', exact.map(expressionOf).join('|')]]),
  ];
  const [first = [], second] = tests;
  const either = second === undefined ? first : ['(', ...first, ')', '-o', '(', ...second, ')'];
  return [
    ...['find', ...new Set(bases), '-maxdepth', String(Math.max(...depths))],
    ...['-regextype', 'posix-extended', '(', ...either, ')', '-printf', FORMAT],
  ];
}

/** A name that a `*` begins has no dot in front. */
const expressionOf = (glob: string): string =>
  glob
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*/g, '/([^/.][^/]*)?')
    .replace(/(?<![\])])\*(?!\))/g, '[^/]*');

/** One connection for the list, and one for each file. */
export async function takeRemoteFiles(
  { globs, keep }: Extract<Item['source'], { kind: 'files' }>,
  maxBytes: number,
  taking: Taking,
): Promise<Taken> {
  const command = findCommand(globs);
  const listed = await runThere(command, TIMEOUT_MS, 4_000_000, taking);
  const fields = listed.stdout.text.split('\0');
  const files: TakenFile[] = [];
  const leftOut: Taken['leftOut'] = [];
  let failure = listed.failure ?? null;
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [mode = '', uid, gid, size, modified, changed, path = ''] = fields.slice(at, at + FIELDS);
    taking.signal.throwIfAborted();
    const most = Math.min(maxBytes, taking.bytesLeft());
    if (files.length >= MOST_FILES || most <= 0 || taking.msLeft() <= 0) {
      failure ??= 'a limit is reached';
      leftOut.push({ path, why: failure });
      continue;
    }
    const program = keep === 'end' && Number(size) > most ? 'tail' : 'head';
    const read = await runThere([program, '-c', String(most), '--', path], TIMEOUT_MS, 0, taking);
    const taken = keepOutput(read.stdout, most, storedName(path), taking.output);
    if (read.exitCode !== 0) {
      leftOut.push({
        path,
        why: read.failure ?? (read.stderr.head.trim().split('\n')[0] || 'not read'),
      });
    }
    if (taken === undefined) continue;
    files.push({
      ...taken,
      ...(taken.bytes < Number(size) && { ofBytes: Number(size) }),
      from: {
        ...{ path, mode: mode.padStart(4, '0'), uid: Number(uid), gid: Number(gid) },
        ...{ modifiedAt: instantOf(modified), changedAt: instantOf(changed) },
      },
    });
  }
  return { command, exitCode: listed.exitCode ?? null, failure, files, leftOut };
}

/** Seconds since the epoch, with a fraction. */
const instantOf = (seconds: string | undefined): string => {
  const at = new Date(Number(seconds) * 1000);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
};
