/** What `ir watch` asks of those who send to it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf, usageError } from '../errors.ts';
import type { InputOptions } from '../watch/inputs.ts';
import type { CommandContext } from './context.ts';

/** Options about what it listens on, as commander gives them. */
export interface ListeningOptions {
  tokenFile?: string;
  tlsCert?: string;
  tlsKey?: string;
  maxBody?: string;
}

const DEFAULT_BODY_MIB = 8;

/** What those who send must know, and what may come at once. @throws IrError (exit 2) */
export function readListening(
  { cwd, env }: CommandContext['settings'],
  { tokenFile, tlsCert, tlsKey, maxBody }: ListeningOptions,
): Pick<InputOptions, 'token' | 'tls' | 'mostBytes'> {
  const read = (flag: string, path: string): string => {
    try {
      return readFileSync(resolve(cwd, path), 'utf8');
    } catch (error) {
      throw usageError(`${flag}: ${path} cannot be read: ${messageOf(error)}`);
    }
  };
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw usageError('--tls-cert and --tls-key go together', 'Name both.');
  const token =
    tokenFile === undefined ? env['IR_WATCH_TOKEN'] : read('--token-file', tokenFile).trim();
  if (token === '') throw usageError('the token is empty');
  const mebibytes = Number(maxBody ?? DEFAULT_BODY_MIB);
  if (!(mebibytes > 0 && mebibytes <= 256))
    throw usageError(`--max-body: "${maxBody}" is no number of MiB from 1 to 256`);
  return {
    token,
    tls:
      tlsCert === undefined || tlsKey === undefined
        ? undefined
        : { cert: read('--tls-cert', tlsCert), key: read('--tls-key', tlsKey) },
    mostBytes: Math.round(mebibytes * 1024 * 1024),
  };
}
