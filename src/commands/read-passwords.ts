/** `--password-file`: the passwords of locked archives, never on the command line, which everybody can read. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { usageError } from '../errors.ts';
import { reasonOf } from '../logs/reason.ts';

/**
 * The lines of the file, each a password.
 * @throws IrError (exit 2) when the file cannot be read or holds none
 */
export function readPasswords(path: string | undefined, cwd: string): string[] {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(resolve(cwd, path), 'utf8');
  } catch (error) {
    throw usageError(`--password-file: ${path}: ${reasonOf(error)}`, 'Correct the path.');
  }
  const lines = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  const passwords = [...new Set(lines.filter((line) => line !== ''))];
  if (passwords.length === 0) {
    throw usageError(`--password-file: ${path} holds no password`, 'Write each on a line.');
  }
  return passwords;
}
