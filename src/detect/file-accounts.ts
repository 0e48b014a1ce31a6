/** What is told of each file: what was read of it, what became of it. */

import type { FileChange } from '../logs/file-change.ts';
import { addAccount, createAccount, type LineAccount } from '../logs/line-account.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { untimedAdvice } from '../logs/untimed.ts';
import type { InputProblem } from '../logs/walk.ts';
import type { FileAccount } from './finding.ts';
import type { Hash } from './hash-files.ts';
import type { ScanResult } from './scan-task.ts';

/** The account of a file from the results of its pieces. */
export function fileAccount(
  file: PreparedFile,
  results: readonly ScanResult[],
  hash: Hash,
  change: FileChange,
): FileAccount {
  const account = createAccount();
  let firstUs: number | undefined;
  let lastUs: number | undefined;
  let problem = file.problem;
  for (const result of results) {
    addAccount(account, result.account);
    const { totals } = result;
    if (totals.firstUs !== undefined) firstUs = Math.min(firstUs ?? totals.firstUs, totals.firstUs);
    if (totals.lastUs !== undefined) lastUs = Math.max(lastUs ?? totals.lastUs, totals.lastUs);
    problem ??= result.problem;
  }
  problem ??= change.problem;
  if (hash === undefined) problem ??= 'it went away or became shorter while it was read';
  const advice = adviceOf(account, file.format?.name ?? '');
  const { lines, parsed, generic, joined, skipped, skips, nulBytes } = account;
  return {
    path: file.path,
    // Of a file that changed nobody can say which of its contents a checksum is of.
    sha256: change.problem === undefined ? (hash ?? '') : '',
    sizeBytes: file.sizeBytes,
    format: file.format?.name ?? '',
    lines,
    parsed,
    generic,
    joined,
    skipped,
    skips: Object.fromEntries(skips),
    ...(nulBytes > 0 && { nulBytes }),
    firstUs,
    lastUs,
    ...(advice === '' ? {} : { advice }),
    problem,
  };
}

/** What is to be known of a file beside its counts; empty where nothing is. */
function adviceOf({ parsed, untimed, nulBytes }: LineAccount, format: string): string {
  return [
    ...(parsed > 0 && untimed === parsed ? [untimedAdvice(format)] : []),
    ...(nulBytes > 0
      ? [`${nulBytes} NUL bytes in front of lines, as a crash leaves them, were passed over`]
      : []),
  ].join('; ');
}

/** That of a path that was not read. */
export const problemAccount = ({ path, reason }: InputProblem): FileAccount => ({
  path,
  sha256: '',
  sizeBytes: 0,
  format: '',
  lines: 0,
  parsed: 0,
  generic: 0,
  joined: 0,
  skipped: 0,
  skips: {},
  firstUs: undefined,
  lastUs: undefined,
  problem: reason,
});
