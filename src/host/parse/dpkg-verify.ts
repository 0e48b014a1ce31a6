/**
 * What `dpkg --verify` prints. Its exit code is 0 also where files differ.
 * @see https://manpages.debian.org/bookworm/dpkg/dpkg.1.en.html (--verify, --verify-format)
 */
import type { ChangedFile, ReadOutput } from './changed-file.ts';

const LINE = /^(missing {2}|[?.A-Z0-9]{9}) ([a-z ]) (\/.*)$/;
const REASON = / \(([A-Z][A-Za-z ]{3,60})\)$/;

/** Reads the lines; what is no line of it comes back as it stands. */
export function readDpkgVerify(text: string): ReadOutput {
  const files: ChangedFile[] = [];
  const unknown: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, marks = '', kind, named = ''] = LINE.exec(line) ?? [];
    if (kind === undefined) {
      unknown.push(line);
      continue;
    }
    const isMissing = marks === 'missing  ';
    const reason = isMissing ? REASON.exec(named) : null;
    files.push({
      path: reason === null ? named : named.slice(0, reason.index),
      change: reason !== null ? 'unreadable' : isMissing ? 'missing' : changeOf(marks),
      isConfiguration: kind === 'c',
      marks: marks.trim(),
      ...(reason !== null && { reason: reason[1] }),
    });
  }
  return { files, unknown };
}

/** The third mark is the checksum; newer versions compare the mode as well (`M`). */
const changeOf = (marks: string): ChangedFile['change'] =>
  marks[2] === '5' || !marks.includes('M') ? 'content' : 'attributes';
