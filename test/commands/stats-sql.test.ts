/** `ir stats --sql`: questions over events, and what is said of those that cannot be asked. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statsSql } from '../../src/commands/stats-sql.ts';
import { testContext } from './test-context.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-ask-'));
  const lines = Array.from(
    { length: 5 },
    (_, index) =>
      `2026-03-05T04:00:0${index}Z web01 sshd[${900 + index}]: Failed password for ${index < 2 ? 'ana' : 'root'} from 198.51.100.${index} port 4000${index} ssh2\n`,
  );
  writeFileSync(join(folder, 'auth.log'), lines.join(''));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ask = async (sql: string, options: Record<string, unknown> = {}) => {
  const context = testContext({ cwd: folder });
  const { result } = await statsSql(context, ['auth.log'], { sql, workers: '0', ...options });
  return { columns: result.columns, rows: [...result.rows] };
};

describe('a question in SQL', () => {
  it.each([
    [
      'select user_name, count(*) as n from events group by 1 order by 2',
      {
        columns: ['user_name', 'n'],
        rows: [
          ['ana', 2],
          ['root', 3],
        ],
      },
    ],
    [
      'SELECT file, line, time FROM events ORDER BY time DESC LIMIT 1',
      {
        columns: ['file', 'line', 'time'],
        rows: [['auth.log', 5, '2026-03-05T04:00:04.000Z']],
      },
    ],
    ['select count(*) from events', { columns: ['count(*)'], rows: [[5]] }],
    [
      `select source_ip from events where event_outcome = 'success'`,
      { columns: ['source_ip'], rows: [] },
    ],
  ])('%s', async (sql, expected) => {
    expect(await ask(sql)).toEqual(expected);
  });

  it('sees what --where leaves, and with * every field', async () => {
    const { columns, rows } = await ask('select * from events', {
      where: 'user.name = ana',
    });
    expect(rows).toHaveLength(2);
    expect(columns).toEqual(expect.arrayContaining(['source_ip', 'event_original', 'time']));
  });

  it.each([
    ['select usr from events', /no such column: usr/],
    ['select from', /syntax error/],
    ['delete from events', /only reads/],
    ["attach '/etc/x' as y", /only reads/],
    ['pragma journal_mode = wal', /only reads|safe|not/],
    ['select 1; select 2', /more than one statement/],
    ['select * from other', /no such table: other/],
  ])('is refused before anything is read, and leaves no file: %s', async (sql, message) => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('ir-sql-'));
    await expect(ask(sql)).rejects.toThrow(message);
    const after = readdirSync(tmpdir()).filter((name) => name.startsWith('ir-sql-'));
    expect(after.filter((name) => !before.includes(name))).toEqual([]);
  });

  it('does not go with --by', async () => {
    await expect(ask('select 1', { by: ['user.name'] })).rejects.toThrow(/--sql asks for itself/);
  });
});
