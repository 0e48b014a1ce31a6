import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expandPool } from '../../src/drills/addresses.ts';
import { loadScenario, parseScenario } from '../../src/drills/load-scenario.ts';
import { IrError } from '../../src/errors.ts';

const path = new URL('../../templates/drills/webshop.yml', import.meta.url);
const source = readFileSync(path, 'utf8');

/** The scenario with one line changed. */
const changed = (line: string, to: string): string => {
  expect(source.split(line)).toHaveLength(2);
  return source.replace(line, to);
};

const failureOf = (run: () => unknown): IrError => {
  try {
    run();
  } catch (error) {
    if (error instanceof IrError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
};

describe('a broken scenario', () => {
  const broken: readonly [what: string, line: string, to: string, message: RegExp, at: string][] = [
    ['bad YAML', 'name: webshop', 'name: [webshop', /^not valid YAML/, ''],
    ['unknown key', 'days: 2', 'days: 2\nweeks: 1', /Unrecognized key.*weeks/, ''],
    ['wrong type', 'days: 2', 'days: two', /^days: /, 'days: two'],
    ['a path that leaves', 'path: web01/syslog', 'path: ../syslog', /relative path/, 'path: ../'],
    ['a bad technique', 'technique: T1595.002', 'technique: T15', /ATT&CK/, 'technique: T15'],
    ['a bad time', 'at: "18:42"', 'at: "25:00"', /time of day/, 'at: "25:00"'],
    [
      'no such account',
      '{ do: login, account: deploy',
      '{ do: login, account: nobody',
      /no account "nobody"/,
      'nobody',
    ],
    ['no such identity', 'identity: backup\n', 'identity: other\n', /no identity "other"/, 'other'],
    [
      'an answer of no chapter',
      'of: [deploy-login], names: [198.51.100.23]',
      'of: [entry], names: [198.51.100.23]',
      /no chapter "entry"/,
      '[entry]',
    ],
    ['an unknown step', 'do: audit-off', 'do: audit-of', /do: /, 'audit-of'],
  ];

  test.each(broken)('%s is refused with its place', (_, line, to, message, at) => {
    const text = changed(line, to);
    const error = failureOf(() => parseScenario(text, 'mine.yml'));
    expect(error.exit).toBe(3);
    expect(error.message).toMatch(message);
    expect(error.source?.path).toBe('mine.yml');
    const place = text.split('\n')[(error.source?.line ?? 0) - 1];
    expect(error.source?.text).toBe(place);
    expect(place).toContain(at.split('\n')[0]);
  });

  test('that does not exist is a usage error', () => {
    const error = failureOf(() => loadScenario('no-such-drill'));
    expect([error.exit, error.message]).toEqual([2, 'there is no drill "no-such-drill"']);
  });
});

describe('the bundled scenario', () => {
  test('keeps the attackers apart from everybody else', () => {
    const scenario = loadScenario('webshop');
    if ('records' in scenario) throw new Error('the shop is no told scenario');
    const attackers = new Set(scenario.chapters.map(({ from }) => from));
    const others = [
      ...expandPool(scenario.pools.visitors),
      ...scenario.crawlers.flatMap(({ addresses }) => expandPool(addresses)),
      ...expandPool(scenario.webhooks.addresses),
      ...scenario.monitors.map(({ address }) => address),
      scenario.office.address,
    ];
    expect(others.filter((address) => attackers.has(address))).toEqual([]);
    const noise = new Set(expandPool(scenario.pools.noise));
    expect(others.filter((address) => noise.has(address))).toEqual([]);
  });

  test('uses addresses reserved for documentation only', () => {
    const reserved = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.|^2001:db8:/;
    const inside = /^10\.20\./;
    const found = source.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b|\b2001:[0-9a-f:]+/g) ?? [];
    const foreign = found.filter((address) => !reserved.test(address) && !inside.test(address));
    // Version numbers of browsers look like addresses.
    expect(foreign.filter((text) => !/\.0\.0\.0$|^52\.0\./.test(text))).toEqual([]);
  });
});

test.each([
  ['192.0.2.9-11', ['192.0.2.9', '192.0.2.10', '192.0.2.11']],
  ['192.0.2.7', ['192.0.2.7']],
  ['2001:db8::9-b', ['2001:db8::9', '2001:db8::a', '2001:db8::b']],
])('the pool %s', (entry, addresses) => {
  expect(expandPool([entry])).toEqual(addresses);
});
