/** `ir rules` and `ir config`: what is loaded, what is wrong, why a rule hits, and what goes into one's own folder. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { showConfig } from '../../src/commands/config.ts';
import { coverage, listRules, ruleFields, showRule } from '../../src/commands/rules.ts';
import { addRules, tuneRule } from '../../src/commands/rules-change.ts';
import { checkRules, doctor, explain, testRules } from '../../src/commands/rules-check.ts';
import { withdrawRule } from '../../src/commands/rules-withdraw.ts';
import { timeline } from '../../src/commands/timeline.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as checkView } from '../../src/terminal/views/rules-check.ts';
import { view as coverageView } from '../../src/terminal/views/rules-coverage.ts';
import { view as explainView } from '../../src/terminal/views/rules-explain.ts';
import { testContext } from './test-context.ts';

let cwd: string;
let own: string;
const LINE =
  'Mar 14 10:00:01 web01 sshd[2051]: Accepted password for root from 203.0.113.7 port 50122 ssh2\n';
const RULE = (title: string, value: string, more = ''): string =>
  `title: ${title}\nname: ${title}\nlogsource: {product: linux, service: sshd}\nlevel: high\ntags: [attack.t1078]\n${more}detection:\n  a: {message|contains: '${value}'}\n  condition: a\n`;

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-rules-'));
  own = join(cwd, 'config', 'ir');
  mkdirSync(own, { recursive: true });
  mkdirSync(join(cwd, 'new', 'deprecated'), { recursive: true });
  writeFileSync(join(cwd, 'auth.log'), LINE);
  writeFileSync(join(cwd, 'new', 'good.yml'), RULE('good', 'Accepted password'));
  writeFileSync(join(cwd, 'new', 'bad.yml'), RULE('bad', 'x').replace('contains', 'contians'));
  writeFileSync(join(cwd, 'new', 'other.yml'), 'a: 1\n');
  writeFileSync(join(cwd, 'new', 'deprecated', 'old.yml'), RULE('old', 'x'));
  writeFileSync(
    join(cwd, 'new', 'map.yml'),
    'logsource:\n  - { product: [shop] }\nfields:\n  who: user.name\n',
  );
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

const context = () => testContext({ cwd, env: { XDG_CONFIG_HOME: join(cwd, 'config') } });
const style = createStyle({}, 'never', {});

describe('ir rules', () => {
  it('lists rules by level, tag and log source', async () => {
    const { rules } = await listRules(context(), { logsource: ['linux/sshd'], level: 'critical' });
    expect(rules.map(({ name, title }) => name || title)).toContain(
      'SSH login succeeded after brute force',
    );
    expect(rules.every(({ level, origin }) => level === 'critical' && origin === 'bundled')).toBe(
      true,
    );
    const tagged = await listRules(context(), { tag: ['attack.t1110*'] });
    expect(tagged.rules.length).toBeGreaterThan(10);
    expect(
      tagged.rules.every(({ techniques }) => techniques.some((id) => id.startsWith('T1110'))),
    ).toBe(true);
  });

  it('shows one rule by its file, with its text', async () => {
    const { text, fields, level } = await showRule(context(), 'ssh-root-password-login', {});
    expect(text).toMatch(/^title: Root logged in over SSH with a password/);
    expect({ fields, level }).toEqual({ fields: ['message'], level: 'medium' });
    await expect(showRule(context(), 'ssh-root-pasword-login', {})).rejects.toMatchObject({
      exit: 2,
      hint: 'Did you mean "ssh-root-password-login"?',
    });
  });

  it('names the fields of a log source', async () => {
    const { formats, fields } = await ruleFields(context(), 'webserver');
    expect(formats).toContain('access');
    const byName = new Map(fields.map((field) => [field.name, field]));
    expect(byName.get('cs-method')).toMatchObject({
      isFilled: true,
      reads: ['http.request.method'],
    });
    expect(byName.get('source.ip')).toMatchObject({ from: 'ecs' });
    await expect(ruleFields(context(), 'webserverr')).rejects.toMatchObject({ exit: 2 });
  });

  it('gives the coverage as a layer of the Navigator', async () => {
    const layer = coverageView.json?.(await coverage(context(), {})) as {
      techniques: { techniqueID: string; score: number }[];
    };
    expect(layer).toMatchObject({ domain: 'enterprise-attack', versions: { layer: '4.5' } });
    expect(
      layer.techniques.find(({ techniqueID }) => techniqueID === 'T1110.001')?.score,
    ).toBeGreaterThan(3);
  });

  it('checks files: line, column, caret and hint', async () => {
    const { result, exit } = await checkRules(context(), ['new/bad.yml', 'new/good.yml']);
    expect(exit).toBe(3);
    expect(result).toMatchObject({
      rules: 1,
      problems: [{ message: 'unknown modifier "contians"' }],
    });
    const text = String(checkView.text(result, style));
    expect(text).toContain('new/bad.yml:7:7: unknown modifier');
    expect(text).toMatch(/\n {2}\| {7}\^\n {2}hint: Did you mean "contains"\?/);
    await expect(checkRules(context(), ['none.yml'])).rejects.toMatchObject({ exit: 4 });
  });

  it('explains which part fits an event, and which does not', async () => {
    const found = await explain(context(), 'ssh-root-password-login', 'auth.log', {});
    expect(found.events).toMatchObject([{ isHit: true, isOfLogSource: true, format: 'syslog' }]);
    const other = await explain(context(), 'sql-injection-union', 'auth.log', {});
    expect(other.events).toMatchObject([{ isHit: false, isOfLogSource: false }]);
    expect(String(explainView.text(other, style))).toContain('the rule is for webserver');
    await expect(explain(context(), 'ssh-brute-force', 'auth.log', {})).rejects.toMatchObject({
      message: expect.stringContaining('counts events of other rules'),
    });
  });

  it('says which rules have no chance in logs, and why', async () => {
    const { able, unmatchable, formats, broken } = await doctor(context(), ['auth.log'], {});
    expect({ formats, broken }).toEqual({ formats: ['syslog'], broken: [] });
    expect(able).toBeGreaterThan(50);
    expect(
      unmatchable.find(({ what }) => what === 'product: linux, category: process_creation'),
    ).toMatchObject({
      reason: 'log-source',
    });
  });

  it('runs the tests that rules carry', async () => {
    const { result, exit } = await testRules(context(), ['ssh-root-password-login'], {});
    expect({ ...result, exit }).toMatchObject({ rules: 1, failures: [], exit: undefined });
    expect(result.tests).toBeGreaterThan(2);
    writeFileSync(
      join(cwd, 'tested.yml'),
      RULE(
        'tested',
        'Accepted',
        `ir: {tests: {match: ['${LINE.trim().replace('Accepted', 'Failed')}'], no_match: ['${LINE.trim()}']}}\n`,
      ),
    );
    const failing = await testRules(context(), ['tested'], { rules: ['tested.yml'] });
    expect(failing.exit).toBe(3);
    expect(failing.result.failures.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^does not hit: Mar 14/),
      expect.stringMatching(/^hits, and must not: Mar 14/),
    ]);
  });

  it("runs recordings in the layout of SigmaHQ's regression data", async () => {
    const id = '929a690e-bef0-4204-a928-ef5e620d6fcc';
    mkdirSync(join(cwd, 'regression', 'x'), { recursive: true });
    writeFileSync(join(cwd, 'regression', 'x', 'x.log'), LINE + LINE);
    const info = (count: number): string =>
      `rule_metadata: [{id: ${id}}]\nregression_tests_info: [{name: t, type: raw, match_count: ${count}, path: regression/x/x.log}]\n`;
    writeFileSync(join(cwd, 'regressed.yml'), RULE('regressed', 'Accepted', `id: ${id}\n`));
    for (const [count, failures] of [
      [2, 0],
      [3, 1],
    ] as const) {
      writeFileSync(join(cwd, 'regression', 'x', 'info.yml'), info(count));
      const { result } = await testRules(context(), ['regression'], { rules: ['regressed.yml'] });
      expect(result).toMatchObject({ tests: 1, problems: [] });
      expect(result.failures).toHaveLength(failures);
    }
  });

  it('adds rules and mappings, which every run uses unless told not to', async () => {
    const { result } = await addRules(context(), 'new');
    expect(result).toMatchObject({ rules: 1, mappings: 1, passed: 2 });
    expect(result.problems.map(({ message }) => message)).toEqual(['unknown modifier "contians"']);
    const count = async (options: object): Promise<number> => {
      const { result: found } = await timeline(context(), ['auth.log'], {
        ...options,
        fold: 'none',
      });
      if (!('timeline' in found)) throw new Error('no timeline');
      return found.timeline.findings.filter(({ rule }) => rule.title === 'good').length;
    };
    expect(await count({})).toBe(1);
    expect(await count({ userRules: false })).toBe(0);
    writeFileSync(
      join(own, 'config.yml'),
      'profiles:\n  web: {logsource: webserver}\n  ssh: {level: high, logsource: linux/sshd}\n',
    );
    expect(await count({ profile: 'web' })).toBe(0);
    expect(await count({ profile: 'ssh' })).toBe(1);
    await expect(count({ profile: 'shh' })).rejects.toMatchObject({
      exit: 2,
      hint: 'Did you mean "ssh"?',
    });

    const dry = await tuneRule(context(), 'good', {
      ignore: ['source.ip=203.0.113.0/24'],
      dryRun: true,
    });
    expect(parse(dry.text)).toMatchObject({
      filter: {
        rules: ['good'],
        selection: { 'source.ip|cidr': '203.0.113.0/24' },
        condition: 'not selection',
      },
    });
    expect(await count({})).toBe(1);
    await tuneRule(context(), 'good', { ignore: ['source.ip=198.51.100.1'] });
    expect(await count({})).toBe(1);
    const { file } = await tuneRule(context(), 'good', {
      ignore: ['source.ip=203.0.113.7', 'user.name=root'],
    });
    expect(await count({})).toBe(0);
    expect(readFileSync(file, 'utf8').split('---')).toHaveLength(2);
    await expect(tuneRule(context(), 'good', { ignore: ['x'] })).rejects.toMatchObject({ exit: 2 });
    await expect(addRules(context(), 'auth.log')).rejects.toMatchObject({ exit: 4 });

    const withdraw = (name: string, options: object) => withdrawRule(context(), name, options);
    const reason = 'the scanner\nis gone';
    for (const [name, options, exit] of [
      ['good', {}, 2],
      ['goood', { reason }, 2],
      ['ssh_brute_force', { reason }, 6],
    ] as const) {
      await expect(withdraw(name, options), name).rejects.toMatchObject({ exit });
    }
    // The exception goes, and the rule hits again; then the rule goes, with its text and the reason kept.
    expect(await withdraw('Exception: good', { reason, dryRun: true })).toMatchObject({
      file,
      isWritten: false,
    });
    expect(await count({})).toBe(0);
    await withdraw('tuned/good.yml', { reason });
    expect(await count({})).toBe(1);
    const { kept, rules } = await withdraw('good', { reason });
    expect(rules).toEqual(['good']);
    expect(readFileSync(kept, 'utf8')).toMatch(
      /^# Withdrawn \d{4}-\S+: the scanner is gone\ntitle: good\n/,
    );
    expect(await count({})).toBe(0);
    // Of the same name again: what was kept before stays.
    await addRules(context(), 'new');
    expect(await count({})).toBe(1);
    expect((await withdraw('good.yml', { reason })).kept).toBe(`${kept}-2`);
    expect(readFileSync(kept, 'utf8')).toContain('title: good');
  });
});

describe('ir config', () => {
  it('shows every setting with its origin; the workspace counts more', () => {
    mkdirSync(join(cwd, '.ir'));
    writeFileSync(
      join(own, 'config.yml'),
      'placeholders:\n  Administrators: [root, 7]\n  Servers: web\n',
    );
    writeFileSync(join(cwd, '.ir', 'config.yml'), 'placeholders:\n\n  Servers: [db]\n');
    const { result, exit } = showConfig(context(), { origin: true });
    expect(exit).toBeUndefined();
    expect(result.settings.map(({ key, value, origin }) => [key, value, origin.line])).toEqual([
      ['placeholders.Administrators', ['root', '7'], 2],
      ['placeholders.Servers', ['db'], 3],
    ]);
    writeFileSync(
      join(cwd, '.ir', 'config.yml'),
      'placeholders: {Servers: [db]}\nplacholders: {}\n',
    );
    const broken = showConfig(context(), {});
    expect(broken.exit).toBe(3);
    expect(broken.result.problems).toMatchObject([
      {
        message: 'unknown key "placholders"',
        source: { line: 2, column: 1 },
        hint: 'Did you mean "placeholders"?',
      },
    ]);
    expect(broken.result.settings.find(({ key }) => key.endsWith('Servers'))?.value).toEqual([
      'web',
    ]);
    rmSync(join(cwd, '.ir'), { recursive: true });
  });
});
