/** A format is one file: with it in the user's folder, and nothing else, every command knows it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, runIr } from '../program.ts';

const FORMAT = `name: turnstile
title: Turnstiles of an office
url: https://example.com/turnstile
sources: [{ products: [turnstile], categories: [door] }]
forgeable: [user.name]
set: { category: authentication, type: start, action: badge_shown }
lines: 'TS1 {@timestamp} gate={host.name:word} from={source:ip} verdict={$verdict:(pass|deny)} badge={user.name:text}'
then:
  - { if: { $verdict: [deny] }, outcome: failure }
  - { if: { $verdict: [pass] }, outcome: success }
samples:
  - lines: 'TS1 2026-11-24T10:00:01Z gate=north from=192.0.2.7 verdict=deny badge=bob'
    expect: { time: '2026-11-24T10:00:01.000000Z', event.action: badge_shown, event.outcome: failure,
      host.name: north, source.ip: 192.0.2.7, user.name: bob }
`;
const LOG = `TS1 2026-11-24T10:00:01Z gate=north from=192.0.2.7 verdict=deny badge=bob
TS1 2026-11-24T10:00:05Z gate=north from=192.0.2.7 verdict=pass badge=alice
`;
const RULE = `title: Badge refused at a turnstile
id: 5b0f2a36-9f5c-4a5e-9a0c-1d2f3e4a5b6c
status: experimental
level: medium
logsource: { product: turnstile, category: door }
detection:
  selection: { event.outcome: failure }
  condition: selection
`;
let folder: string;

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-one-file-'));
  mkdirSync(join(folder, 'config', 'ir', 'formats'), { recursive: true });
  writeFileSync(join(folder, 'config', 'ir', 'formats', 'turnstile.yml'), FORMAT);
  writeFileSync(join(folder, 'door.log'), LOG);
  writeFileSync(join(folder, 'rule.yml'), RULE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const REFUSED =
  'door.log:1:TS1 2026-11-24T10:00:01Z gate=north from=192.0.2.7 verdict=deny badge=bob';
/** What is asked, and what stands in the answer; without the file each of them gives something else. */
const ASKED: readonly (readonly [args: readonly string[], said: string])[] = [
  [['formats', 'list'], 'turnstile'],
  [['formats', 'show', 'turnstile'], 'Turnstiles of an office'],
  [['formats', 'detect', 'door.log'], 'turnstile'],
  [['formats', 'test', 'turnstile'], '1 format, 1 sample'],
  [['timeline', 'door.log'], 'door.log: 2 lines of turnstile, 2 parsed'],
  [['timeline', 'door.log', '--rules', 'rule.yml'], 'Badge refused at a turnstile: 192.0.2.7, bob'],
  [
    ['timeline', 'door.log', '--rules', 'rule.yml', '--workers', '2'],
    'Badge refused at a turnstile',
  ],
  [['grep', '--where', 'user.name = bob and event.outcome = failure', 'door.log'], REFUSED],
  [['stats', 'door.log'], 'Logins   1 ok, 1 failed'],
  [
    ['stats', 'door.log', '--sql', "select user_name from events where host_name = 'north'"],
    'alice',
  ],
];

describe('a format of one file', () => {
  it.each(ASKED)('is known to %j', async (args, said) => {
    const env = { XDG_CONFIG_HOME: join(folder, 'config') };
    const known = await runIr(args, { cwd: folder, env });
    expect(known.stdout).toContain(said);
    const unknown = await runIr(args, { cwd: folder });
    expect(unknown.stdout).not.toContain(said);
  });
});

describe('the bundled formats', () => {
  it('read their own samples in the built program', async () => {
    const ran = await runIr(['formats', 'test'], { cwd: folder });
    expect(ran).toMatchObject({ exit: 0, stderr: '' });
  });
});
