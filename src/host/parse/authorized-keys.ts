/**
 * Lines of `authorized_keys`, and where sshd looks for the files.
 * @see https://man.openbsd.org/sshd.8#AUTHORIZED_KEYS_FILE_FORMAT https://man.openbsd.org/sshd_config#AuthorizedKeysFile
 */
import { createHash } from 'node:crypto';
import type { Account } from './account-files.ts';

/** A key that may log in. */
export interface AuthorizedKey {
  /** 1-based. */
  line: number;
  type: string;
  /** As `ssh-keygen -l` prints it: `SHA256:...`. */
  fingerprint: string;
  /** The key itself, base64. */
  blob: string;
  /** What stands before the type, such as `command="..."`; empty where nothing does. */
  options: string;
  comment: string;
}

const KEY =
  /(?:^|[ \t])((?:sk-)?(?:ssh|ecdsa)-[A-Za-z0-9@.-]{1,60})[ \t]+(AAAA[A-Za-z0-9+/]{16,20000}={0,2})(?:[ \t]+(.*))?$/;

/** The keys of a file; lines of another form are passed over, as sshd does. */
export function readAuthorizedKeys(text: string): AuthorizedKey[] {
  return text.split('\n').flatMap((written, index): AuthorizedKey[] => {
    const line = written.trim();
    if (line.startsWith('#')) return [];
    const found = KEY.exec(line);
    if (found === null) return [];
    const [, type = '', blob = '', comment = ''] = found;
    const options = line.slice(0, found.index).trim();
    return [{ line: index + 1, type, blob, fingerprint: fingerprintOf(blob), options, comment }];
  });
}

/** The fingerprint of a key in base64. */
export const fingerprintOf = (blob: string): string =>
  `SHA256:${createHash('sha256').update(Buffer.from(blob, 'base64')).digest('base64').replace(/=+$/, '')}`;

/** The places of key files that `sshd_config` and what it includes name, as written; those of sshd where none does. */
export function keyFilePatterns(texts: readonly string[]): string[] {
  const named = texts.flatMap((text) =>
    [...text.matchAll(/^[ \t]*AuthorizedKeysFile[ \t=]+([^\n#]+)/gim)].flatMap(([, places = '']) =>
      places
        .split(/[ \t]+/)
        .map((place) => place.replace(/^"|"$/g, ''))
        .filter((place) => place !== '' && place.toLowerCase() !== 'none'),
    ),
  );
  return [...new Set(['.ssh/authorized_keys', '.ssh/authorized_keys2', ...named])];
}

/** Where that is for an account. */
export function keyFileOf(pattern: string, { name, home, uid }: Account): string {
  const values: Readonly<Record<string, string>> = { '%': '%', h: home, u: name, U: String(uid) };
  const place = pattern.replace(/%([%huU])/g, (_whole, token: string) => values[token] ?? '');
  return place.startsWith('/') ? place : `${home.replace(/\/+$/, '')}/${place}`;
}
