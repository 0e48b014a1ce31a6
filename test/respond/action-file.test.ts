import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAction } from '../../src/respond/action-file.ts';
import { loadAction, loadActions } from '../../src/respond/load-actions.ts';

const ENV = { XDG_CONFIG_HOME: '/nonexistent' };
const { actions, problems } = await loadActions(ENV);
const BLOCK = readFileSync('templates/actions/block-ip.yml', 'utf8');

describe('the catalogue', () => {
  it('loads without a problem, each file named by its id', () => {
    expect(problems).toEqual([]);
    expect(actions.length).toBeGreaterThan(0);
    for (const { id, path } of actions) expect(basename(path)).toBe(`${id}.yml`);
  });

  it('stands in the documentation, each action once', () => {
    const [, table = ''] = readFileSync('docs/actions.md', 'utf8').split('## The catalogue');
    const named = [...table.matchAll(/`([a-z0-9-]+)`/g)].map(([, id]) => id);
    expect(named.sort()).toEqual(actions.map(({ id }) => id));
  });

  it('names another way only where there is one, with the same variables', () => {
    for (const { otherwise, variables } of actions) {
      if (otherwise === undefined) continue;
      const other = actions.find(({ id }) => id === otherwise);
      expect(other?.variables.map(({ name }) => name)).toEqual(variables.map(({ name }) => name));
    }
  });

  it.each([
    ['blok-ip', 'Did you mean "block-ip"?'],
    ['no-such-thing-at-all', 'ir act lists the catalogue.'],
  ])('has no %s', async (id, hint) => {
    await expect(loadAction(ENV, id)).rejects.toMatchObject({ exit: 2, hint });
  });
});

describe('a file with a mistake', () => {
  it.each<[string, (text: string) => string, string]>([
    [
      'no condition to verify',
      (text) => text.replace(/ {2}condition:\n( {4}- .*\n){2}/, ''),
      'verify has no condition',
    ],
    [
      'no undo',
      (text) => text.replace(/^undo:[\s\S]*?^undo_verify/m, 'undo_verify'),
      'has no undo',
    ],
    [
      'a value in the text of a script',
      (text) => text.replace('"$1" "{ $2 }" 2>', '"{{ address }}" 2>'),
      'never into the script',
    ],
    [
      'a shell',
      (text) => text.replace('[nft, list, ruleset]', '[sh, -c, "nft list {{ address }}"]'),
      'a shell is started',
    ],
    [
      'an unknown variable',
      (text) => text.replace('target: "{{ address }}"', 'target: "{{ adress }}"'),
      '"adress" is not declared',
    ],
    ['a time without an end', (text) => text.replace('expiry: kernel\n', ''), 'says how it ends'],
    [
      'a condition of nothing',
      (text) => text.replace('{ equals: absent }', '{}'),
      'a condition says what must be',
    ],
    ['an unknown key', (text) => `${text}undo_verfy: x\n`, 'unknown key "undo_verfy"'],
  ])('%s is told', async (_what, change, message) => {
    const text = change(BLOCK);
    expect(text).not.toBe(BLOCK);
    const read = await readAction(text, join('x', 'block-ip.yml'), 'user');
    expect(read.action).toBeUndefined();
    expect(read.problems.map((one) => one.message).join('\n')).toContain(message);
    expect(read.problems[0]?.source.line).toBeGreaterThan(0);
  });
});
