/** `ir grep --save` puts what was found into the case, so that it can be found again byte for byte. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { grep } from '../../src/commands/grep.ts';
import type { GrepOptions, LinesResult } from '../../src/commands/grep-result.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

let cwd: string;
let context: TestContext;
const LINES = [
  '2026-03-14T10:00:00Z web01 sshd[1]: Failed password for root from 203.0.113.7 port 4001 ssh2',
  '2026-03-14T10:00:05Z web01 sshd[2]: Accepted password for gr\u00fcn from 203.0.113.7 port 4002 ssh2',
  '2026-03-14T11:00:00Z web01 sshd[3]: Failed password for root from 203.0.113.9 port 4003 ssh2',
];

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-grep-save-'));
  writeFileSync(join(cwd, 'auth.log'), `${LINES.join('\n')}\n`);
  writeFileSync(join(cwd, 'old.log.gz'), gzipSync(`${LINES[1]}\n${LINES[0]}\n`));
  context = testContext({ cwd, store: join(cwd, '.ir') });
  await openIncident(context, { title: 'A case', type: 'ssh-brute-force' });
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

async function search(given: readonly string[], options: GrepOptions): Promise<string[]> {
  const { result } = await grep(context, given, { workers: '0', ...options });
  const { parts, pathOf } = result as LinesResult;
  const shown: string[] = [];
  for await (const { lines } of parts)
    for (const { file, line, bytes } of lines)
      shown.push(`${pathOf(file)}:${line}:${Buffer.from(bytes).toString('utf8')}`);
  return shown;
}

const sha256 = (name: string): string =>
  createHash('sha256')
    .update(readFileSync(join(cwd, name)))
    .digest('hex');

interface Saved {
  text: string;
  lines: readonly { path: string; sha256: string; offset: number; line: number; text: string }[];
}

async function lastNote(): Promise<Saved> {
  const { journal } = await showWhole(context);
  return journal.findLast(({ type }) => type === 'note_added')?.payload as unknown as Saved;
}

it.each<[string, readonly string[], GrepOptions]>([
  ['lines', ['203.0.113.7', 'auth.log', 'old.log.gz'], {}],
  ['events', ['auth.log', 'old.log.gz'], { where: 'source.ip = 203.0.113.7' }],
])('%s', async (_, given, options) => {
  const shown = await search(given, { ...options, save: true, note: 'who it was' });
  expect(shown).toEqual([
    ...[`auth.log:1:${LINES[0]}`, `auth.log:2:${LINES[1]}`],
    ...[`old.log.gz:1:${LINES[1]}`, `old.log.gz:2:${LINES[0]}`],
  ]);
  const { text, lines } = await lastNote();
  const second = Buffer.byteLength(`${LINES[0]}\n`);
  expect(text).toContain('who it was\nauth.log:1: ');
  expect(lines).toEqual([
    { path: 'auth.log', sha256: sha256('auth.log'), offset: 0, line: 1, text: LINES[0] },
    { path: 'auth.log', sha256: sha256('auth.log'), offset: second, line: 2, text: LINES[1] },
    { path: 'old.log.gz', sha256: sha256('old.log.gz'), offset: 0, line: 1, text: LINES[1] },
    {
      ...{ path: 'old.log.gz', sha256: sha256('old.log.gz'), line: 2, text: LINES[0] },
      offset: Buffer.byteLength(`${LINES[1]}\n`),
    },
  ]);
});

it('saves nothing where there is nothing, and no lines around', async () => {
  const { journal } = await showWhole(context);
  expect(await search(['no such text', 'auth.log'], { save: true })).toEqual([]);
  expect((await showWhole(context)).journal).toHaveLength(journal.length);
  await search(['Accepted', 'auth.log'], { save: true, context: '1' });
  expect((await lastNote()).lines.map(({ line }) => line)).toEqual([2]);
});

it.each<[GrepOptions, string]>([
  [{ note: 'x' }, '--note goes with --save'],
  [{ save: true, count: true }, '--save keeps lines'],
  [{ save: true, columns: 'user.name' }, '--save keeps lines'],
])('%j is refused', async (options, message) => {
  await expect(grep(context, ['x', 'auth.log'], options)).rejects.toThrow(message);
});
