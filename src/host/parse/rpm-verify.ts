/**
 * What `rpm --verify --all` prints. Its exit code is 0 also where there is no package to look at.
 * @see https://rpm.org/docs/4.20.x/man/rpm.8 (VERIFY OPTIONS)
 */
import type { ChangedFile, ReadOutput } from './changed-file.ts';

const LINE = /^(missing|[.?SM5DLUGTPC]{8,9}) {2,5}([acdglnmr] )? *(\/.*)$/;
const REASON = / \(([A-Z][A-Za-z ]{3,60})\)$/;

/** Reads the lines; what is no line of it (dependencies that are not met) comes back as it stands. */
export function readRpmVerify(text: string): ReadOutput {
  const files: ChangedFile[] = [];
  const unknown: string[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const [, marks, kind, named = ''] = LINE.exec(line) ?? [];
    if (marks === undefined) {
      unknown.push(line);
      continue;
    }
    const reason = marks === 'missing' ? REASON.exec(named) : null;
    files.push({
      path: reason === null ? named : named.slice(0, reason.index),
      change: reason === null ? changeOf(marks) : 'unreadable',
      isConfiguration: kind === 'c ',
      marks,
      ...(reason !== null && { reason: reason[1] }),
    });
  }
  return { files, unknown };
}

function changeOf(marks: string): ChangedFile['change'] {
  if (marks === 'missing') return 'missing';
  if (/[S5L]/.test(marks)) return 'content';
  if (/[MDUGPC]/.test(marks)) return 'attributes';
  return marks.includes('?') ? 'unreadable' : 'times';
}
