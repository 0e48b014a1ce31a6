/** A real sshd on loopback for root, with keys and settings of its own, and an `ssh` that uses them. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

export interface Loopback {
  /** Folder to put first in PATH. */
  path: string;
  stop(): void;
}

/** Temporary files of this process go into a folder of its own, in which what is left shows; gives what puts that back. */
export function ownTemporaryFolder(folder: string): () => void {
  const before = process.env['TMPDIR'];
  mkdirSync(folder);
  process.env['TMPDIR'] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  };
}

/** Two namespaces with a cable between them: where sshd listens, and where its clients come from. */
export interface Cable {
  host: string;
  address: string;
  clients: string;
  from: string;
}

/**
 * @param folder a private folder for keys and settings
 * @param cable in place of the loopback
 */
export async function startSshd(folder: string, cable?: Cable): Promise<Loopback> {
  const make = (name: string): string => {
    const place = join(folder, name);
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', place]);
    return place;
  };
  const [host, user] = [make('host'), make('user')];
  writeFileSync(join(folder, 'authorized'), readFileSync(`${user}.pub`), { mode: 0o600 });
  mkdirSync('/run/sshd', { recursive: true });
  const port = await freePort();
  const settings = [
    ...[
      `Port ${port}`,
      `ListenAddress ${cable?.address ?? '127.0.0.1'}`,
      `HostKey ${host}`,
      'PidFile none',
    ],
    ...[`AuthorizedKeysFile ${folder}/authorized`, 'StrictModes no', 'UsePAM no'],
    ...['PermitRootLogin prohibit-password', 'LogLevel ERROR'],
  ];
  writeFileSync(join(folder, 'sshd_config'), `${settings.join('\n')}\n`);
  const inside = (netns: string | undefined): string[] =>
    netns === undefined ? [] : ['ip', 'netns', 'exec', netns];
  const [program = '', ...words] = [
    ...inside(cable?.host),
    ...['/usr/sbin/sshd', '-D', '-e', '-f', join(folder, 'sshd_config')],
  ];
  const server = spawn(program, words, { stdio: 'ignore' });
  const client = [
    ...[
      'Host web01',
      `HostName ${cable?.address ?? '127.0.0.1'}`,
      `Port ${port}`,
      `IdentityFile ${user}`,
    ],
    ...['IdentitiesOnly yes', 'StrictHostKeyChecking no', 'UserKnownHostsFile /dev/null'],
    ...['LogLevel ERROR', 'User root'],
    ...(cable === undefined ? [] : [`BindAddress ${cable.from}`]),
  ];
  writeFileSync(join(folder, 'ssh_config'), `${client.join('\n')}\n`);
  const path = join(folder, 'bin');
  mkdirSync(path);
  writeFileSync(
    join(path, 'ssh'),
    `#!/bin/sh\nexec ${inside(cable?.clients).join(' ')} /usr/bin/ssh -F ${folder}/ssh_config "$@"\n`,
  );
  chmodSync(join(path, 'ssh'), 0o755);
  await answers(path);
  return { path, stop: () => void server.kill('SIGTERM') };
}

async function answers(path: string): Promise<void> {
  for (;;) {
    try {
      execFileSync(join(path, 'ssh'), ['web01', 'true'], { stdio: 'ignore' });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
