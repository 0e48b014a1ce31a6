/** docs/output.md names every member of the objects of `ir stats --json` and `ir status --json`, and none that is not there. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stats } from '../src/commands/stats.ts';
import { status } from '../src/commands/status.ts';
import { view as statsView } from '../src/terminal/views/stats.ts';
import { view as statusView } from '../src/terminal/views/status.ts';
import { testContext } from './commands/test-context.ts';

const DOCUMENTATION = readFileSync('docs/output.md', 'utf8');

/** Names in the first column of the first table below a line. */
function membersBelow(heading: string, chapter: string): string[] {
  const from = DOCUMENTATION.indexOf(`\n${heading}`, DOCUMENTATION.indexOf(`\n${chapter}`));
  const lines = DOCUMENTATION.slice(from).split('\n');
  const rows = lines.slice(lines.findIndex((line) => line.startsWith('| --- ')) + 1);
  const end = rows.findIndex((row) => !row.startsWith('|'));
  return rows
    .slice(0, end)
    .flatMap((row) =>
      [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
    );
}

type Members = Record<string, unknown>;
const STATS = '## The object of `ir stats --json`';
const STATUS = '## The object of `ir status --json`';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-objects-'));
  writeFileSync(
    join(folder, 'access.log'),
    '192.0.2.1 - - [01/Mar/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 7 "-" "curl/8"\n',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('are those of ir stats', async () => {
  const { result } = await stats(testContext({ cwd: folder }), ['access.log'], {
    by: ['source.ip'],
    over: '1h',
    workers: '0',
  });
  const object = statsView.json?.(result) as Members & {
    totals: Members;
    sources: Members[];
    by: Members;
  };
  const top = membersBelow(STATS, STATS);
  expect(Object.keys(object)).toEqual(top.filter((name) => !name.includes('.')));
  const measures = membersBelow('Measures:', STATS);
  const ofTotals = top.flatMap((name) => (name.startsWith('totals.') ? [name.slice(7)] : []));
  expect(Object.keys(object.totals)).toEqual([...measures, ...ofTotals]);
  expect(Object.keys(object.sources[0] ?? {})).toEqual(['format', ...measures]);
  expect(Object.keys(object.by)).toEqual(membersBelow('Members of `by`:', STATS));
  expect(object.by['groups']).toEqual([
    {
      'source.ip': '192.0.2.1',
      count: 1,
      series: [{ from: '2026-03-01T12:00:00.000Z', count: 1 }],
    },
  ]);
});

it('are those of ir status', async () => {
  const result = await status(testContext({ cwd: folder }));
  expect(Object.keys(statusView.json?.(result) as Members)).toEqual(membersBelow(STATUS, STATUS));
});
