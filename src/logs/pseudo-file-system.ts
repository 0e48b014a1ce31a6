/** File systems that hold no files but the kernel's view of itself: endless, full of loops, and no evidence. */
import { statfs } from 'node:fs/promises';
import type { FilePath } from './input-path.ts';

/** @see https://www.man7.org/linux/man-pages/man2/statfs.2.html and linux/magic.h */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x9fa0, 'proc'],
  [0x62656572, 'sysfs'],
  [0x27e0eb, 'cgroup'],
  [0x63677270, 'cgroup2'],
  [0x1cd1, 'devpts'],
  [0x73636673, 'securityfs'],
  [0x64626720, 'debugfs'],
  [0x74726163, 'tracefs'],
  [0xcafe4a11, 'bpf'],
  [0x62656570, 'configfs'],
  [0xde5e81e4, 'efivarfs'],
  [0x19800202, 'mqueue'],
  [0x958458f6, 'hugetlbfs'],
  [0xf97cff8c, 'selinuxfs'],
  [0x43415d53, 'smackfs'],
  [0x42494e4d, 'binfmt_misc'],
  [0x6e736673, 'nsfs'],
  [0x67596969, 'rpc_pipefs'],
  [0x187, 'autofs'],
  [0x65735543, 'fusectl'],
  [0x07655821, 'resctrl'],
]);

/** The name of the pseudo file system that a folder belongs to; undefined when it holds real files. */
export async function pseudoFileSystem(folder: FilePath): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    // The kernel's type is 32 bits wide; where a long is, it may come with its sign.
    return NAMES.get((await statfs(folder)).type >>> 0);
  } catch {
    return undefined;
  }
}
