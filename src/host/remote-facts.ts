/** What `find` says of files on another machine: a copy of them here has neither their owners nor the times of their change. */
import type { FoundFile } from './find-files.ts';

/** What is known of a file without its content. */
export type FileFacts = Omit<FoundFile, 'shown' | 'absolute'>;

const FORMAT = '%y\\0%m\\0%U\\0%G\\0%s\\0%T@\\0%C@\\0%D\\0%i\\0%p\\0';
const FIELDS = 10;

/** File systems of the kernel and of other machines. */
const NOT_OURS = [
  ...['proc', 'sysfs', 'devpts', 'cgroup', 'cgroup2', 'bpf', 'tracefs', 'debugfs'],
  ...['nfs', 'nfs4', 'cifs', 'smb3', 'fuse', 'fuse.sshfs'],
];

/** The argv that tells of files below paths; `tests` are further words of `find`. */
export const factsCommand = (
  paths: readonly string[],
  tests: readonly string[] = [],
): readonly string[] => ['find', ...paths, ...tests, '-printf', FORMAT];

/** Words of `find` for programs that run with the rights of their owner or group, wherever they lie. */
export const SET_ID_TESTS: readonly string[] = [
  '(',
  ...NOT_OURS.flatMap((type, index) => [...(index === 0 ? [] : ['-o']), '-fstype', type]),
  ...[')', '!', '-path', '/', '-prune', '-o', '-type', 'f', '-perm', '/6000', '-perm', '/0111'],
];

/** Reads what `factsCommand` prints: facts by path. */
export function readFacts(text: string): Map<string, FileFacts> {
  const fields = text.split('\0');
  const found = new Map<string, FileFacts>();
  for (let at = 0; at + FIELDS <= fields.length; at += FIELDS) {
    const [type, mode = '', uid, gid, size, modified, changed, device, inode, path = ''] =
      fields.slice(at, at + FIELDS);
    found.set(path, {
      kind: KINDS[type ?? ''] ?? 'other',
      mode: Number.parseInt(mode, 8),
      ...{ uid: Number(uid), gid: Number(gid), sizeBytes: Number(size) },
      ...{ modifiedMs: msOf(modified), changedMs: msOf(changed) },
      ...{ device: Number(device), inode: Number(inode) },
    });
  }
  return found;
}

const KINDS: Readonly<Record<string, FileFacts['kind']>> = { f: 'file', d: 'folder', l: 'link' };

/** Seconds since the epoch, with a fraction. */
const msOf = (seconds: string | undefined): number => Math.floor(Number(seconds) * 1000) || 0;
