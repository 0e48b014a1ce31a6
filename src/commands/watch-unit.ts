/** `ir watch --print-unit`: the service that keeps a watch running, as systemd reads it. */
import { resolve } from 'node:path';
import { findWorkspace } from '../store/workspace.ts';
import { isListenUrl } from '../watch/receive/address.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';

/** Lines of a unit. @param argv what was typed behind `ir watch`, without the option that asks for this */
export function watchUnit(
  { settings }: CommandContext,
  argv: readonly string[],
  paths: readonly string[],
): CommandOutcome<{ lines: readonly string[] }> {
  const { store, cwd, env } = settings;
  const { folder } = findWorkspace({ store, cwd, env });
  const words = argv.map((word) =>
    paths.includes(word) && !isListenUrl(word) ? resolve(cwd, word) : word,
  );
  const hasStore = argv.some((word) => word === '--store' || word.startsWith('--store='));
  const command = [
    ...[process.execPath, resolve(process.argv[1] ?? 'ir'), 'watch', ...words],
    ...(hasStore ? [] : ['--store', folder]),
    '--no-input',
  ];
  return {
    result: {
      lines: [
        '# Into /etc/systemd/system/ir-watch.service, then: systemctl enable --now ir-watch',
        '[Unit]',
        'Description=Watches logs (ir watch)',
        'Documentation=man:ir-watch(1)',
        'After=network.target',
        '',
        '[Service]',
        'Type=exec',
        `ExecStart=${command.map(unitWord).join(' ')}`,
        '# Reads rules, formats and configuration anew; nothing that was seen is forgotten.',
        'ExecReload=/bin/kill -HUP $MAINPID',
        'Restart=on-failure',
        'RestartSec=2',
        '# How it ends when it is asked to.',
        'SuccessExitStatus=130 143',
        `WorkingDirectory=${unitPath(cwd)}`,
        '# Logs are read as members of these groups; put another user beside them: User=ir',
        'SupplementaryGroups=adm systemd-journal',
        'UMask=0077',
        ...(argv.includes('--sudo') ? [] : ['NoNewPrivileges=yes']),
        'ProtectSystem=strict',
        `ReadWritePaths=${unitPath(folder)}`,
        'PrivateTmp=yes',
        'ProtectKernelTunables=yes',
        'ProtectControlGroups=yes',
        'RestrictSUIDSGID=yes',
        'MemoryHigh=1G',
        '',
        '[Install]',
        'WantedBy=multi-user.target',
        '',
        '# logrotate needs nothing of it: files are read on through rename, copytruncate and compression.',
      ],
    },
  };
}

/** A word of a command line: blanks, quotes and what systemd would put something else in the place of. */
const unitWord = (word: string): string => {
  const plain = word.replaceAll('%', '%%').replaceAll('$', '$$$$');
  return /^[\w@+=:,./%$-]+$/.test(plain)
    ? plain
    : `"${plain.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
};

const unitPath = (path: string): string => path.replaceAll('%', '%%').replaceAll(' ', '\\x20');
