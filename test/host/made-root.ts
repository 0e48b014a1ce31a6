/** A small system in a folder: accounts, keys, cron, units and a package of dpkg, as on a disk that is mounted. */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Writes a file of the root, folders as needed. */
export function put(root: string, path: string, text: string | Buffer, mode = 0o644): void {
  const place = join(root, path);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  chmodSync(place, mode);
}

export const KEY = 'AAAAC3NzaC1lZDI1NTE5AAAAIJ8w5PLlMuIPpj2dvOoLpq4Fh2Vc0e6lX7h6W0uVYf0B';

/** A root in which nothing is wrong. */
export function makeRoot(): string {
  const root = mkdtempSync(join(tmpdir(), 'ir-root-'));
  for (const folder of ['usr/bin', 'usr/lib/systemd/system', 'tmp', 'proc', 'home/alice/.ssh'])
    mkdirSync(join(root, folder), { recursive: true });
  symlinkSync('usr/bin', join(root, 'bin'));
  symlinkSync('/usr/lib', join(root, 'lib'));
  put(root, 'usr/bin/su', 'su', 0o4755);
  put(root, 'etc/passwd', PASSWD);
  put(root, 'etc/passwd-', PASSWD);
  put(root, 'etc/group', 'root:x:0:\nsudo:x:27:alice\nalice:x:1000:\n');
  put(root, 'etc/group-', 'root:x:0:\nsudo:x:27:alice\nalice:x:1000:\n');
  put(root, 'etc/shadow', 'root:*:19000:0:99999:7:::\nalice:$y$x:19000:0:99999:7:::\n', 0o600);
  put(root, 'etc/crontab', '17 * * * * root true\n');
  put(root, 'etc/cron.d/backup', '0 3 * * * root /usr/local/bin/backup\n');
  put(root, 'etc/sudoers', 'root ALL=(ALL) ALL\n', 0o440);
  put(root, 'etc/systemd/system/web.service', '[Service]\nExecStart=/usr/bin/web\n');
  put(root, 'home/alice/.ssh/authorized_keys', `ssh-ed25519 ${KEY} alice@example.com\n`, 0o600);
  return root;
}

const PASSWD =
  'root:x:0:0:root:/root:/bin/bash\nalice:x:1000:1000::/home/alice:/bin/bash\nnobody:x:65534:65534::/nonexistent:/bin/false\n';

/** Installs a package of two files with dpkg. Needs root. */
export function installPackage(root: string): void {
  const made = mkdtempSync(join(tmpdir(), 'ir-deb-'));
  try {
    const control =
      'Package: hello-t\nVersion: 1\nArchitecture: all\nMaintainer: A <a@example.com>\nDescription: t\n';
    put(made, 'p/DEBIAN/control', control);
    put(made, 'p/DEBIAN/conffiles', '/etc/hello-t.conf\n');
    put(made, 'p/usr/bin/hello-t', '#!/bin/sh\necho hello\n', 0o755);
    put(made, 'p/usr/share/hello-t/data', 'data\n');
    put(made, 'p/etc/hello-t.conf', 'a = 1\n');
    for (const folder of ['info', 'updates']) {
      mkdirSync(join(root, 'var/lib/dpkg', folder), { recursive: true });
    }
    put(root, 'var/lib/dpkg/status', '');
    const quiet = { stdio: 'pipe' } as const;
    execFileSync('dpkg-deb', ['--build', join(made, 'p'), join(made, 'p.deb')], quiet);
    execFileSync('dpkg', [`--root=${root}`, '--install', join(made, 'p.deb')], quiet);
  } finally {
    rmSync(made, { recursive: true });
  }
}

/** A moment after all that was made so far, and before all that is made from now on, by the clock of the file system. */
export function momentIn(root: string): Date {
  const probe = join(root, 'tmp/.probe');
  const stamp = (): number => {
    writeFileSync(probe, '');
    const { ctimeMs } = lstatSync(probe);
    rmSync(probe);
    return ctimeMs;
  };
  const first = stamp();
  const moment = Math.ceil(first) + 1;
  while (stamp() <= moment);
  return new Date(moment);
}
