import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { whyNoCommands } from '../../src/configuration/command-origin.ts';
import { readConfig } from '../../src/configuration/read-configuration.ts';

let folder: string;
let own: string;
let workspace: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-config-'));
  for (const name of ['own', 'workspace']) mkdirSync(join(folder, name), { mode: 0o700 });
  [own, workspace] = ['own', 'workspace'].map((name) => join(folder, name, 'config.yml')) as [
    string,
    string,
  ];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const COMMAND = 'secrets:\n  mysql: { command: [pass, show, mysql] }\n';
const put = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o600 });

describe('sections', () => {
  it('of both files are joined by name, the later file first, each with its place', () => {
    put(
      own,
      'never_block:\n  office: 192.0.2.0/24\n  monitoring: [198.51.100.7, "2001:db8::/48"]\n',
    );
    put(workspace, 'never_block:\n  office: 192.0.2.9\n');
    const config = readConfig([own, workspace]);
    expect(config.problems).toEqual([]);
    expect(config.never_block).toEqual({
      monitoring: ['198.51.100.7', '2001:db8::/48'],
      office: ['192.0.2.9'],
    });
    expect(config.settings.map(({ key, origin }) => [key, origin.path, origin.line])).toEqual([
      ['never_block.monitoring', own, 3],
      ['never_block.office', workspace, 2],
    ]);
  });

  it.each([
    ['an unknown section', 'never_bock: {}\n', 'unknown key "never_bock"'],
    ['a name that is no address', 'never_block: { a: example.com }\n', 'is no address or network'],
    ['a number that is no address', 'never_block: { a: 7 }\n', 'is no address or network'],
    ['a list without names', 'never_block: [192.0.2.1]\n', 'must be a'],
    ['a secret in the open', 'secrets: { a: { value: x } }\n', 'secrets.a'],
  ])('%s is a mistake with its place, and the file is left out', (_what, text, message) => {
    put(own, text);
    const { problems, settings } = readConfig([own, workspace]);
    expect(problems.map((one) => one.message).join()).toContain(message);
    expect(problems[0]?.source?.line).toBe(1);
    expect(settings).toEqual([]);
  });
});

describe('a command of a secret', () => {
  it("counts in the user's own file", () => {
    put(own, COMMAND);
    const { secrets, problems } = readConfig([own, workspace]);
    expect(problems).toEqual([]);
    expect(secrets).toEqual({ mysql: { command: ['pass', 'show', 'mysql'] } });
  });

  it('does not count in a workspace; what stands beside it does', () => {
    put(workspace, `${COMMAND}  other: { env: OTHER }\n`);
    const { secrets, problems } = readConfig([own, workspace]);
    expect(secrets).toEqual({ other: { env: 'OTHER' } });
    expect(problems.map(({ message, source }) => [message, source?.line])).toEqual([
      [expect.stringContaining('secrets.mysql names a command, which does not count'), 2],
    ]);
  });

  it.each([
    ['file', 0o620, 0o700],
    ['file', 0o602, 0o700],
    ['folder', 0o600, 0o770],
    ['folder', 0o600, 0o703],
  ])('does not count when others can write the %s (%o in %o)', (what, mode, folderMode) => {
    put(own, COMMAND);
    chmodSync(own, mode);
    chmodSync(join(folder, 'own'), folderMode);
    const { secrets, problems } = readConfig([own, workspace]);
    expect(secrets).toEqual({});
    expect(problems[0]?.message).toContain(`others can write the ${what}`);
  });

  it("does not count when the file is not the user's", () => {
    put(own, COMMAND);
    const uid = process.geteuid?.() ?? 0;
    expect(whyNoCommands(own, true, uid)).toBeUndefined();
    expect(whyNoCommands(own, true, uid + 1)).toContain('belongs to user');
  });
});
