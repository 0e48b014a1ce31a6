/** What documents say about the code is compared with the code. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../src/errors.ts';
import { FORMATS } from '../src/logs/formats/list.ts';
import { ensureBuilt } from './program.ts';

const PAGES = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...readdirSync('docs')
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
  ...readdirSync('docs/topics').map((name) => join('docs/topics', name)),
];
const read = (path: string): string => readFileSync(path, 'utf8');

/** The rows of the table whose header begins with `| ${first} |`, as cells. */
function tableOf(text: string, first: string): string[][] {
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| ${first} |`));
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith('|')) break;
    rows.push(
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  }
  return rows;
}

const wordsOf = (cell: string): string[] =>
  [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

describe('ARCHITECTURE.md', () => {
  it('draws the arrows that the architecture test enforces', () => {
    const drawn = Object.fromEntries(
      tableOf(read('ARCHITECTURE.md'), 'Room').map(([room = '', arrows = '']) => [
        wordsOf(room)[0],
        wordsOf(arrows).sort(),
      ]),
    );
    const source = read('test/architecture.test.ts');
    const from = source.indexOf('const ARROWS');
    const table = source.slice(from, source.indexOf('\n};', from));
    const enforced = Object.fromEntries(
      [...table.matchAll(/^ {2}(\w+): \[([^\]]*)\]/gm)].map(([, room, arrows = '']) => [
        room,
        [...arrows.matchAll(/'(\w+)'/g)].map(([, name]) => name).sort(),
      ]),
    );
    expect(Object.keys(enforced).length).toBeGreaterThan(10);
    expect(drawn).toEqual(enforced);
  });

  it('has a row for every room', () => {
    const rooms = tableOf(read('ARCHITECTURE.md'), 'Room').flatMap(([room = '']) => wordsOf(room));
    const found = readdirSync('src').map((name) => name.replace(/\.ts$/, ''));
    expect(rooms.sort()).toEqual(found.sort());
  });
});

describe('files that documents name', () => {
  const named = PAGES.flatMap((page) =>
    wordsOf(read(page).replace(/^```[\s\S]*?^```$/gm, ''))
      .filter((word) => /^[\w.-]+(?:\/[\w.-]+)*\.(?:ts|js|md|yml|json)$/.test(word))
      .filter((word) => word.includes('/'))
      .map((word) => [page, word] as const),
  );

  it('are there', () => {
    expect(named.length).toBeGreaterThan(40);
    const missing = named.filter(
      ([page, name]) =>
        ![name, join('src', name), join(dirname(page), name)].some((path) => existsSync(path)) &&
        !EXAMPLES.has(name),
    );
    expect(missing).toEqual([]);
  });

  it('are linked where they are', () => {
    const links = PAGES.flatMap((page) =>
      [...read(page).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)].map(
        ([, target = '']) => [page, target] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(15);
    expect(links.filter(([page, target]) => !existsSync(join(dirname(page), target)))).toEqual([]);
  });
});

/** Names that documents use for files a reader makes. */
const EXAMPLES = new Set([
  'src/commands/do-something.ts',
  'src/terminal/views/do-something.ts',
  'src/store/migrations/NNNN-what-it-does.ts',
  '.ir/config.yml',
  '.ir/plan.yml',
  'data/evidence.json',
]);

describe('docs/formats.md', () => {
  it('lists every format in its order, with title and specification', () => {
    const rows = tableOf(read('docs/formats.md'), '`ir.format`').map(
      ([name = '', title, url = '']) => [wordsOf(name)[0], title, /\((.*)\)/.exec(url)?.[1]],
    );
    expect(rows).toEqual(FORMATS.map(({ name, title, url }) => [name, title, url]));
  });

  it('and the list of formats are what is made from the files of the formats', () => {
    const check = spawnSync(process.execPath, ['bin/list-formats.js', '--check'], {
      encoding: 'utf8',
    });
    expect(check.stderr).toBe('');
    expect(check.status).toBe(0);
  });

  it('is counted in the README: all but the last resort', () => {
    const [, count] = /^(\d+) formats, and any other line/m.exec(read('README.md')) ?? [];
    expect(Number(count)).toBe(FORMATS.filter(({ name }) => name !== 'generic').length);
  });
});

describe('the formats that CONTRIBUTING.md shows', () => {
  it.each([
    ['squid', 'of the access kind', 25],
    ['freeradius', 'of a program of syslog', 15],
  ])('%s, %s, is the real file and has at most %i lines', (name, _kind, most) => {
    const file = read(`templates/formats/${name}.yml`);
    expect(read('CONTRIBUTING.md')).toContain(`\`\`\`yaml\n${file}\`\`\`\n`);
    expect(file.trimEnd().split('\n').length).toBeLessThanOrEqual(most);
  });
});

describe('docs/exit-codes.md', () => {
  it('lists every code', () => {
    const rows = tableOf(read('docs/exit-codes.md'), 'Code').map(([code, name = '']) => [
      wordsOf(name)[0],
      Number(code),
    ]);
    expect(Object.fromEntries(rows)).toEqual(EXIT);
  });
});

describe('docs/cli.md', () => {
  it('is what the command tree says', () => {
    ensureBuilt();
    const { status, stderr } = spawnSync(process.execPath, ['bin/write-cli-docs.js', '--check'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(status).toBe(0);
  }, 60_000);
});

describe('every page', () => {
  it.each(PAGES)('%s has one title', (page) => {
    const outside = read(page).replace(/^```[\s\S]*?^```$/gm, '');
    expect(outside.match(/^# /gm)).toHaveLength(1);
    expect(read(page).startsWith('# ')).toBe(true);
  });
});
