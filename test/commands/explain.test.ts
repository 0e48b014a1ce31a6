/** `ir explain`: a finding by its printed id, or by its number in the incident. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWorkplace, type Workplace } from '../practice-breach.ts';

let workplace: Workplace;
let id: string;
beforeAll(() => {
  workplace = createWorkplace();
  mkdirSync(join(workplace.folder, 'logs'));
  const shadow = (second: number, words: string) =>
    `type=SYSCALL msg=audit(1794884761.${second}26:${second}): arch=c000003e syscall=59 success=yes exit=0 items=2 ppid=1 pid=${second} auid=0 uid=0 euid=0 tty=pts1 ses=3 comm="cat" exe="/usr/bin/cat" key="exec"\n` +
    `type=EXECVE msg=audit(1794884761.${second}26:${second}): argc=2 a0="cat" a1="${words}"\n`;
  const text = shadow(1, '/etc/hosts') + shadow(3, '/etc/shadow');
  writeFileSync(join(workplace.folder, 'logs', 'audit.log'), text);
  const { stdout } = workplace.shell('ir timeline logs');
  id = /\b[0-9a-f]{16}\b/.exec(stdout)?.[0] ?? '';
});
afterAll(() => workplace.remove());

describe('ir explain', () => {
  it('finds the id that a timeline printed, and says rule, reason, lines, neighbours, and what else it may be', () => {
    const { stdout, status } = workplace.shell(`ir explain ${id.slice(0, 8)} logs`);
    expect(status).toBe(0);
    for (const part of [
      'Password hashes read',
      'Why',
      'CommandLine',
      'audit.log:3',
      'Around it',
      'audit.log:1',
      'It may be',
      'Next',
    ])
      expect(stdout).toContain(part);
  });

  it('finds that of machine output, too, and gives it as JSON', () => {
    const found = JSON.parse(workplace.shell('ir timeline logs --format jsonl | head -1').stdout);
    const { stdout } = workplace.shell(`ir explain ${found.ir.id} logs --json`);
    expect(JSON.parse(stdout)).toMatchObject({
      id: found.ir.id,
      why: { isHit: true },
      further_lines: 0,
    });
  });

  it('finds a number of the incident', () => {
    workplace.shell('ir open "Hashes" --from-timeline logs --severity SEV2 --no-input');
    workplace.shell('ir timeline logs --save');
    const { stdout, stderr } = workplace.shell('ir explain F-1');
    expect(stdout + stderr).toContain('F-01');
    expect(workplace.shell('ir explain F-99').stderr).toContain('has no finding F-99');
  });

  it('says of an id that is not there where ids come from', () => {
    const { stderr, status } = workplace.shell('ir explain deadbeef logs');
    expect([status, stderr]).toEqual([2, expect.stringContaining('no finding in these logs')]);
  });

  it('shows of guessing and a login the lines of that machine alone', () => {
    const ssh = (second: number, host: string, text: string): string =>
      `2026-11-28T03:00:${String(second).padStart(2, '0')}Z ${host} sshd[${second}]: ${text} from 203.0.113.77 port ${4000 + second} ssh2\n`;
    const lines = Array.from({ length: 50 }, (_, n) =>
      ssh(n, n % 2 === 0 ? 'a' : 'b', 'Failed password for root'),
    );
    mkdirSync(join(workplace.folder, 'two'));
    const login = ssh(55, 'b', 'Accepted password for deploy');
    writeFileSync(join(workplace.folder, 'two', 'auth.log'), `${lines.join('')}${login}`);
    const { stdout } = workplace.shell('ir timeline two --level critical');
    const [guessed = ''] = /\b[0-9a-f]{16}\b/.exec(stdout) ?? [];
    const told = workplace.shell(`ir explain ${guessed} two --lines all`).stdout;
    const [, shown = ''] = /\nLines\n(.*?)\n\n/s.exec(told) ?? [];
    expect(shown.split('\n')).toHaveLength(26);
    expect(shown).not.toContain('Z a sshd');
  });
});
