/**
 * The list of checksums of a backup, in the form of `sha256sum`, which reads it as well: what it does not need stands in comments.
 * @see https://www.gnu.org/software/coreutils/manual/html_node/cksum-output-modes.html
 */
import type { Unseen } from '../observation.ts';

/** A backup as it was when it was recorded. */
export interface BackupManifest {
  /** The file or folder, as it was named. */
  path: string;
  recordedAt: string;
  /** When its newest file was last written. */
  newestAt: string | undefined;
  /** Where a copy is that cannot be reached over a network, in the words of whoever said so. */
  offlineCopy: string | undefined;
  /** Path below the backup, or the name of the file, to SHA-256. */
  sums: ReadonlyMap<string, string>;
}

const TITLE = '# breachline backup manifest 1';

/** The text of a manifest; `sha256sum --check` in the folder of the backup reads it. */
export function writeManifest({
  path,
  recordedAt,
  newestAt,
  offlineCopy,
  sums,
}: BackupManifest): string {
  const comments = [
    TITLE,
    `# path: ${JSON.stringify(path)}`,
    `# recorded: ${recordedAt}`,
    ...(newestAt === undefined ? [] : [`# newest: ${newestAt}`]),
    ...(offlineCopy === undefined ? [] : [`# offline-copy: ${JSON.stringify(offlineCopy)}`]),
  ];
  const lines = [...sums].map(([name, sum]) => sumLine(name, sum));
  return `${[...comments, ...lines].join('\n')}\n`;
}

/** As GNU writes it: a name with a line break or a backslash is escaped, and a backslash in front says so. */
export function sumLine(name: string, sum: string): string {
  const escaped = name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');
  return `${escaped === name ? '' : '\\'}${sum}  ${escaped}`;
}

const LINE = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/;

/** Reads one, or the plain output of `sha256sum`; lines of another form are told. */
export function readManifest(text: string): {
  manifest: BackupManifest;
  unseen: readonly Unseen[];
} {
  const sums = new Map<string, string>();
  const unseen: Unseen[] = [];
  const said = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    const comment = /^# ([a-z-]+): (.*)$/.exec(line);
    if (comment !== null) said.set(comment[1] ?? '', comment[2] ?? '');
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, mark, sum = '', name = ''] = LINE.exec(line.replace(/\r$/, '')) ?? [];
    if (name === '')
      unseen.push({ what: `line ${index + 1} of the manifest`, why: 'it is no checksum' });
    else sums.set(mark === '\\' ? unescaped(name) : name, sum.toLowerCase());
  }
  const instant = (value: string | undefined): string | undefined =>
    value !== undefined && !Number.isNaN(Date.parse(value)) ? value : undefined;
  const manifest = {
    path: textIn(said.get('path')) ?? '',
    recordedAt: instant(said.get('recorded')) ?? '',
    newestAt: instant(said.get('newest')),
    offlineCopy: textIn(said.get('offline-copy')),
    sums,
  };
  return { manifest, unseen };
}

const unescaped = (name: string): string =>
  name.replace(/\\([\\nr])/g, (_whole, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\',
  );

function textIn(json: string | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}
