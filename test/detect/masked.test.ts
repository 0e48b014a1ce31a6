/** What a story tells of commands: no password stands in it, and nothing else is lost. */
import { describe, expect, it } from 'vitest';
import { masked } from '../../src/detect/story/masked.ts';

describe('a command in a story', () => {
  it.each([
    ['mysqldump -u root -phunter2 shop', 'mysqldump -u root -p*** shop'],
    ['mysql --password=hunter2 -e "select 1"', 'mysql --password=*** -e "select 1"'],
    ['tool --password "two words" --port 1', 'tool --password *** --port 1'],
    ['tool --db-password hunter2', 'tool --db-password ***'],
    ['Connect-Host -Password hunter2 -Port 1', 'Connect-Host -Password *** -Port 1'],
    ['PGPASSWORD=hunter2 pg_dump shop', 'PGPASSWORD=*** pg_dump shop'],
    ['env AWS_SECRET_ACCESS_KEY=hunter2 aws s3 ls', 'env AWS_SECRET_ACCESS_KEY=*** aws s3 ls'],
    ['sshpass -p hunter2 ssh db01', 'sshpass -p *** ssh db01'],
    ['sshpass -phunter2 ssh db01', 'sshpass -p*** ssh db01'],
    ['rar a -hphunter2 fin.rar D:\\Finance', 'rar a -hp*** fin.rar D:\\Finance'],
    ['7z a -phunter2 x.7z /srv', '7z a -p*** x.7z /srv'],
    ['curl -u ana:hunter2 https://example.com/', 'curl -u ana:*** https://example.com/'],
    ['curl https://ana:hunter2@example.com/x', 'curl https://ana:***@example.com/x'],
    ['smbclient -U ana%hunter2 //fs01/c', 'smbclient -U ana%*** //fs01/c'],
    ['net use \\\\fs01\\c$ hunter2 /user:ana', 'net use \\\\fs01\\c$ *** /user:ana'],
    ['net user adm-temp hunter2 /add', 'net user adm-temp *** /add'],
    ['echo ana:hunter2 | chpasswd', 'echo ana:*** | chpasswd'],
    ['curl -H "Authorization: Bearer hunter2" x', 'curl -H "Authorization: Bearer ***" x'],
  ])('%s', (command, told) => {
    expect(masked(command)).toBe(told);
    expect(told).not.toContain('hunter2');
  });

  it.each([
    'ssh -p 22 ana@db01',
    'mkdir -p /root/.ssh',
    'docker run -p 8080:80 web',
    'mysql -u root -p shop',
    'net user adm-temp /domain',
    'net user /domain',
    'net use \\\\fs01\\c$ /user:ana',
    'curl -u ana https://example.com/',
    'tar -cf /dev/null /dev/null --checkpoint=1 --checkpoint-action=exec=/bin/bash',
    'useradd -m -s /bin/bash -G sudo sysupdate',
    'cat /etc/passwd',
    'passwd root',
    'scp dump.sql ana@192.0.2.7:/srv',
  ])('stays as it is: %s', (command) => {
    expect(masked(command)).toBe(command);
  });

  it('is read in time linear in its length', () => {
    const long = `${'mysql '.repeat(20_000)}${'-x '.repeat(100_000)}${'a'.repeat(200_000)}:${'--pass'.repeat(30_000)}`;
    expect(masked(long).length).toBeGreaterThan(500_000);
  });
});
