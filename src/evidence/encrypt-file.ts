/**
 * Encrypts a file for keys of others with the program age, which takes its own keys and those of SSH: responders have
 * the latter, and whoever gets a bag can decrypt it without ir.
 * @see https://age-encryption.org
 */
import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EXIT, IrError, refusedError } from '../errors.ts';
import { runCommand } from '../processes/run-command.ts';
import type { Keygen } from './signatures.ts';

const TIMEOUT_MS = 24 * 3_600_000;

/**
 * @param keys each `age1...`, `ssh-ed25519 ...`, `ssh-rsa ...`, or the path of a file with such lines
 * @throws IrError (exit 6) for what is no key, or where there is no age; exit 9 where the file cannot be written
 */
export async function encryptFile(
  source: string,
  target: string,
  keys: readonly string[],
  { env, signal, cwd }: Keygen & { cwd: string },
): Promise<void> {
  const recipients = keys.flatMap((key) => recipientOf(key, cwd));
  const ran = await runCommand({
    argv: ['age', '--encrypt', ...recipients, '--output', target, '--', source],
    ...{ timeoutMs: TIMEOUT_MS, outputFolder: undefined, environment: env },
    ...{ textBytes: 4096, signal },
  });
  if (ran.exitCode === 0) return;
  await rm(target, { force: true });
  signal.throwIfAborted();
  const [why = ''] = (ran.failure ?? ran.stderr.text.trim()).split('\n');
  throw new IrError(`cannot encrypt: ${why}`, {
    exit: /no space|failed to write/i.test(why) ? EXIT.outputFailed : EXIT.refused,
    hint: /not installed/.test(why)
      ? 'Install age (https://age-encryption.org; on Debian: apt install age).'
      : 'Name an age or SSH public key, or a file of them.',
  });
}

function recipientOf(key: string, cwd: string): string[] {
  const text = key.trim();
  if (/^(?:age1|ssh-ed25519 |ssh-rsa )[\x20-\x7e]+$/.test(text)) return ['--recipient', text];
  const path = resolve(cwd, key);
  if (existsSync(path)) return ['--recipients-file', path];
  throw refusedError(
    `--encrypt-to: "${key}" is no key of age or SSH, and no file of keys`,
    'Give it age1..., "ssh-ed25519 AAAA...", or the path of an id_ed25519.pub.',
  );
}
