/** Keys that may log in over SSH, of files that were changed since. */
import { statSync } from 'node:fs';
import { reasonOf } from '../logs/reason.ts';
import type { Exposure } from './exposure.ts';
import { lookOn } from './find-files.ts';
import { type Machine, namesIn, placeOn, readStart, readText } from './machine.ts';
import { keyFileOf, keyFilePatterns, readAuthorizedKeys } from './parse/authorized-keys.ts';

const MOST_BYTES = 4_000_000;

/** A file of keys, and whose it is. */
export interface KeyFile {
  path: string;
  account: string;
}

/** The files in which sshd looks for keys of accounts; they need not be there. */
export async function keyFilesOf(
  machine: Machine,
  accounts: Exposure['accounts'],
): Promise<KeyFile[]> {
  const parts = namesIn(machine, '/etc/ssh/sshd_config.d').filter((name) => name.endsWith('.conf'));
  const paths = ['/etc/ssh/sshd_config', ...parts.map((name) => `/etc/ssh/sshd_config.d/${name}`)];
  const texts = await Promise.all(
    paths.map((path) => readText(machine, path, MOST_BYTES).catch(() => undefined)),
  );
  const patterns = keyFilePatterns(texts.map((text) => text ?? ''));
  const files = accounts.flatMap((account) =>
    patterns.map((pattern) => ({ path: keyFileOf(pattern, account), account: account.name })),
  );
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Tells of each key of the files that were changed: which of them is new, the file does not say. */
export async function exposedKeys({ machine, accounts, sinceMs, ledger }: Exposure): Promise<void> {
  for (const { path, account } of await keyFilesOf(machine, accounts)) {
    const file = lookOn(machine, placeOn(machine, path), ledger.unseen, statSync);
    if (file === undefined && machine.remote?.facts.get(path)?.kind === 'link')
      ledger.unseen({ what: path, why: 'it is a link: what it leads to was not fetched' });
    if (file?.kind !== 'file') continue;
    ledger.looked('files of SSH keys');
    if (Math.max(file.changedMs, file.modifiedMs) < sinceMs) continue;
    const at = new Date(file.changedMs).toISOString();
    try {
      const keys = readAuthorizedKeys(
        (await readStart(file.absolute, MOST_BYTES)).toString('utf8'),
      );
      for (const { line, type, fingerprint, options, comment } of keys) {
        ledger.observe({
          ...{ kind: 'authorized-key', level: 'high', subject: `${path}:${line}`, at },
          text: `${fingerprint} may log in as ${account}: ${path} was changed since`,
          detail: { account, type, fingerprint, options, comment },
        });
      }
      if (keys.length === 0) {
        ledger.observe({
          ...{ kind: 'authorized-key', level: 'low', subject: path, at, detail: { account } },
          text: `${path} was changed since, and holds no key`,
        });
      }
    } catch (error) {
      ledger.unseen({ what: path, why: reasonOf(error) });
    }
  }
}
