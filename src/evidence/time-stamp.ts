/**
 * Time stamps of others for a text: a request that can be sent when there is a network, and its answer, both by openssl.
 * @see https://www.rfc-editor.org/rfc/rfc3161
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refusedError } from '../errors.ts';
import { type RunResult, runCommand } from '../processes/run-command.ts';
import type { Keygen } from './signatures.ts';

/** A request for a time stamp of the text. @throws IrError (exit 6) where openssl cannot make one */
export async function timeStampRequest(text: string, run: Keygen): Promise<Buffer> {
  return inFolder(async (folder) => {
    const [data, request] = [join(folder, 'data'), join(folder, 'request.tsq')];
    await writeFile(data, text, { mode: 0o600 });
    const argv = ['ts', '-query', '-data', data, '-sha256', '-cert', '-out', request];
    const ran = await openssl(argv, run);
    if (ran.exitCode !== 0) throw refusedError(`cannot ask for a time stamp: ${whyOf(ran)}`);
    return readFile(request);
  });
}

/**
 * Checks the answer.
 * @param caFile certificates that the time stamp must lead to
 * @returns the time that it says; undefined where it is no time stamp of this text by them
 */
export async function stampedAt(
  text: string,
  response: Buffer,
  caFile: string,
  run: Keygen,
): Promise<string | undefined> {
  return inFolder(async (folder) => {
    const [data, answer] = [join(folder, 'data'), join(folder, 'answer.tsr')];
    await writeFile(data, text, { mode: 0o600 });
    await writeFile(answer, response, { mode: 0o600 });
    const argv = ['ts', '-verify', '-data', data, '-in', answer, '-CAfile', caFile];
    if ((await openssl(argv, run)).exitCode !== 0) return undefined;
    const shown = await openssl(['ts', '-reply', '-in', answer, '-text'], run);
    return /^Time stamp: (.+)$/m.exec(shown.stdout.text)?.[1];
  });
}

const openssl = (args: readonly string[], { env, signal }: Keygen): Promise<RunResult> =>
  runCommand({
    argv: ['openssl', ...args],
    timeoutMs: 60_000,
    outputFolder: undefined,
    environment: env,
    textBytes: 64 << 10,
    signal,
  });

const whyOf = ({ failure, stderr }: RunResult): string =>
  failure ?? stderr.text.trim().split('\n')[0] ?? '';

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ir-stamp-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
