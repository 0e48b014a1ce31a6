/** Which file an audit event is about, out of its PATH records. */
import { posix } from 'node:path';
import type { AuditRecord } from './auditd-record.ts';

/** The file that a system call was about. */
export interface TouchedFile {
  /** Absolute where the working directory is known. */
  path: string;
  /** Permission bits in octal, such as `0644`. */
  mode: string | undefined;
  owner: string | undefined;
  /** ECS event type of an `open`: what the call did or could do to the file. */
  change: 'creation' | 'change' | 'info';
}

const O_WRITE = 0o3;
const AT_FDCWD = /^f{6,14}9c$/i;

/**
 * Picks the path that the event is about: the new name for creations, the old one for
 * deletions and renames, the first for the rest. Parent directories only when there is nothing else.
 */
export function chooseFile(
  paths: readonly AuditRecord[],
  call: string | undefined,
  get: (key: string) => string | undefined,
): TouchedFile | undefined {
  const named = paths.filter(({ fields }) => !isEmpty(fields.get('name')));
  if (named.length === 0) return undefined;
  const inOrder = [...named].sort((a, b) => itemOf(a) - itemOf(b));
  const isKind = (kind: string) => (record: AuditRecord) => kindOf(record) === kind;
  const created = inOrder.find(isKind('CREATE'));
  const deleted = inOrder.find(isKind('DELETE'));
  const chosen =
    (call?.startsWith('rename') === true ? deleted : undefined) ??
    created ??
    deleted ??
    inOrder.find(isKind('NORMAL')) ??
    inOrder.find((record) => kindOf(record) !== 'PARENT') ??
    inOrder[0];
  if (chosen === undefined) return undefined;
  const { fields } = chosen;
  const mode = fields.get('mode');
  return {
    path: absolute(fields.get('name') ?? '', call, get),
    // The leading digits are the file's kind; the last four are what chmod takes.
    mode: mode !== undefined && /^[0-7]{5,7}$/.test(mode) ? mode.slice(-4) : undefined,
    owner: fields.get('OUID'),
    change: created !== undefined ? 'creation' : isWriting(call, get) ? 'change' : 'info',
  };
}

const isEmpty = (name: string | undefined): boolean =>
  name === undefined || name === '(null)' || name === '';

const itemOf = (record: AuditRecord): number => Number(record.fields.get('item') ?? 0);

// Kernels before 3.16 call it objtype.
const kindOf = ({ fields }: AuditRecord): string | undefined =>
  fields.get('nametype') ?? fields.get('objtype');

function absolute(
  name: string,
  call: string | undefined,
  get: (key: string) => string | undefined,
): string {
  const cwd = get('cwd');
  if (name.startsWith('/') || cwd === undefined || !cwd.startsWith('/')) return name;
  // `openat` and its like start at a directory that only the process knows, unless told otherwise.
  const isElsewhere =
    call?.includes('at') === true && /at2?$/.test(call) && !AT_FDCWD.test(get('a0') ?? '');
  return isElsewhere ? name : posix.join(cwd, name);
}

/** True when `open`, `openat` asked for writing: bits 0 and 1 of the flags. */
function isWriting(call: string | undefined, get: (key: string) => string | undefined): boolean {
  const flags = call === 'open' ? get('a1') : call === 'openat' ? get('a2') : undefined;
  return flags !== undefined && (Number.parseInt(flags.slice(-8), 16) & O_WRITE) !== 0;
}
