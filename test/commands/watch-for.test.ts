/** `ir watch --for`: indicators, accounts, keys, units and paths of a closed incident that come again. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { addAsset } from '../../src/commands/assets.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { authorOf, withStore } from '../../src/commands/incident-access.ts';
import { addValues } from '../../src/commands/ioc.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { watch } from '../../src/commands/watch.ts';
import { entryBy } from '../../src/commands/write-items.ts';
import type { LiveFinding } from '../../src/watch/live-finding.ts';
import { type TestContext, testContext } from './test-context.ts';

let folder: string;
let context: TestContext;
let key: string;
const said: string[] = [];
const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${'B'.repeat(43)}`;
const PRINT = `SHA256:${createHash('sha256').update(Buffer.from(KEY, 'base64')).digest('base64').replace(/=+$/, '')}`;

beforeEach(async () => {
  said.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'ir-for-'));
  context = { ...testContext({ cwd: folder }), say: (text: string) => said.push(text) } as never;
  const opened = await openIncident(context, { title: 'A key was stolen', severity: 'SEV2' });
  key = opened.incident.key;
});
afterEach(() => rmSync(folder, { recursive: true }));

const told = async (lines: readonly string[]): Promise<LiveFinding[]> => {
  writeFileSync(join(folder, 'auth.log'), lines.map((line) => `${line}\n`).join(''));
  const { result } = await watch(context, ['auth.log'], { for: key, once: true, level: 'medium' });
  const found: LiveFinding[] = [];
  for await (const one of result.findings) found.push(one);
  return found;
};
const close = (): Promise<unknown> =>
  closeIncident(context, { reason: 'over', yes: true, determination: 'confirmed' });

it('proposes to reopen when an address, an account, a key, a unit or a path of it comes again', async () => {
  await addAsset(context, 'eve', { type: 'account', state: 'compromised' });
  await addAsset(context, 'bob', { type: 'account', state: 'not_compromised' });
  await addValues(
    context,
    [
      { type: 'address', value: '203.0.113.9' },
      { type: 'key', value: `ssh-ed25519 ${KEY} x@y` },
      { type: 'unit', value: 'kworkerd' },
      { type: 'path', value: '/tmp/.x/run' },
    ] as never,
    {},
  );
  await close();
  const found = await told([
    '2026-03-02T12:00:00+00:00 web sshd[76]: Failed password for eve from 198.51.100.1 port 4022 ssh2',
    '2026-03-02T12:00:00+00:00 web sshd[76]: Accepted password for bob from 198.51.100.2 port 4022 ssh2',
    '2026-03-02T12:00:01+00:00 web sshd[77]: Accepted password for eve from 198.51.100.1 port 4022 ssh2',
    '2026-03-02T12:00:02+00:00 web sshd[78]: Failed password for root from 203.0.113.9 port 4022 ssh2',
    `2026-03-02T12:00:03+00:00 web sshd[79]: Accepted publickey for carol from 198.51.100.3 port 4022 ssh2: ED25519 ${PRINT}`,
    '2026-03-02T12:00:05+00:00 web systemd[1]: Started kworkerd.service - Kernel worker.',
    '2026-03-02T12:00:06+00:00 web sudo: carol : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/tmp/.x/run',
  ]);
  const seen = [
    ...new Set(
      found
        .flatMap(({ finding }) => finding.indicators ?? [])
        .map(({ kind, value }) => `${kind} ${value}`),
    ),
  ];
  expect(seen.sort()).toEqual(
    [
      'account eve',
      'address 203.0.113.9',
      `key ${KEY}`,
      'path /tmp/.x/run',
      'unit kworkerd',
    ].sort(),
  );
  const proposals = said.filter((text) => text.includes('ir reopen'));
  expect(proposals).toHaveLength(5);
  expect(proposals.every((text) => text.includes(`ir reopen --incident ${key} --reason `))).toBe(
    true,
  );
  const failures = found.filter(({ finding }) => finding.rule.title.startsWith('Account of'));
  expect(failures.every(({ finding }) => finding.count === 1)).toBe(true);
});

it('looks for what findings are about, and is silent on the lines of the incident itself and of inside', async () => {
  const finding = (entities: object): object => ({
    ...{
      id: 'f1',
      atUs: 1,
      firstUs: 1,
      lastUs: 1,
      level: 'high',
      count: 1,
      entities,
      evidence: [],
    },
    ...{ rule: { id: 'r', title: 'A login', level: 'high', tags: [] }, stages: [], event: {} },
  });
  await withStore(context, async ({ store }) => {
    const { id } = (await store.list())[0]!;
    const entities = {
      'source.ip': ['203.0.113.77', '10.0.0.5'],
      'user.name': ['mallory', 'root'],
    };
    await store.append(id, [
      entryBy(
        authorOf(context),
        'timeline_saved' as never,
        { findings: [finding(entities)], files: [], argv: [] } as never,
      ),
    ]);
  });
  await close();
  const found = await told([
    '2026-02-02T12:00:00+00:00 web sshd[76]: Accepted password for mallory from 203.0.113.77 port 1 ssh2',
    '2026-03-02T12:00:00+00:00 web sshd[76]: Accepted password for root from 10.0.0.5 port 4022 ssh2',
  ]);
  expect(found.length).toBeGreaterThan(0);
  expect(said.filter((text) => text.includes('ir reopen'))).toEqual([]);
  const again =
    '2026-03-02T12:00:07+00:00 web sshd[77]: Accepted password for mallory from 198.51.100.4 port 1 ssh2';
  await told([again, again]);
  expect(said.filter((text) => text.includes('ir reopen')).join()).toContain('account mallory');
});

it('says where nothing is known of the incident', async () => {
  await expect(told([])).rejects.toThrow(/nothing is known that could be seen again/);
});
