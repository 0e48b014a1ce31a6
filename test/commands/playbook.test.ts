/** `ir playbook`: new, check, test, export and import, as a user strings them together. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkPlaybooks } from '../../src/commands/playbook.ts';
import { exportPlaybook, importPlaybook } from '../../src/commands/playbook-exchange.ts';
import { newPlaybook } from '../../src/commands/playbook-new.ts';
import { testPlaybook } from '../../src/commands/playbook-try.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as testView } from '../../src/terminal/views/playbook-test.ts';
import { view as writtenView } from '../../src/terminal/views/playbook-written.ts';
import { playbookText, stepText } from '../respond/sample-playbook.ts';
import { type TestContext, testContext } from './test-context.ts';

let folder: string;
let context: TestContext;
const own = (id: string): string => join(folder, 'config/ir/playbooks', `${id}.yml`);
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const style = createStyle({}, 'never', {});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-playbook-'));
  context = testContext({ cwd: folder, env: { XDG_CONFIG_HOME: join(folder, 'config') } });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('new', () => {
  it.each<[string, Parameters<typeof newPlaybook>[2]]>([
    ['a beginning', { title: 'Disk: "full"' }],
    ['a copy of another', { from: 'ddos', title: 'Ours' }],
  ])('writes %s that is valid and can be walked', async (_name, options) => {
    const { path } = await newPlaybook(context, 'disk-full', options);
    expect(path).toBe(own('disk-full'));
    expect(readFileSync(own('disk-full'), 'utf8')).toContain('#');
    const { result, exit } = await checkPlaybooks(context, [own('disk-full')]);
    expect([result.files[0]?.id, result.files[0]?.problems, exit]).toEqual([
      'disk-full',
      [],
      undefined,
    ]);
    const tried = await testPlaybook(context, 'disk-full', []);
    expect(tried.result.playbook.title).toBe(options.title);
    expect(tried.exit).toBeUndefined();
  });

  it('replaces nothing unasked, and takes no id that names no file', async () => {
    await newPlaybook(context, 'mine', {});
    await expect(newPlaybook(context, 'mine', {})).rejects.toMatchObject({ exit: 6 });
    await newPlaybook(context, 'mine', { force: true, title: 'Again' });
    for (const id of ['../mine', 'Mine', ''])
      await expect(newPlaybook(context, id, {})).rejects.toMatchObject({ exit: 2 });
  });

  it('prints with --output -', async () => {
    const result = await newPlaybook(context, 'mine', { output: '-' });
    expect(existsSync(own('mine'))).toBe(false);
    expect(writtenView.text(result, style)).toContain('id: mine\n');
  });
});

describe('check', () => {
  it('names playbooks and actions that are not there', async () => {
    const steps = stepText('block', 'action: { name: block-ipp, with: { address: 192.0.2.1 } }');
    const text = playbookText(steps).replace(
      'variables:',
      'leads_to: [{ playbook: ddoss, why: W. }]\nvariables:',
    );
    const { result, exit } = await checkPlaybooks(context, [write('p.yml', text)]);
    expect(exit).toBe(3);
    expect(result.files[0]?.problems.map(({ message, hint }) => [message, hint])).toEqual([
      ['leads_to names the playbook "ddoss", which is not there', 'Did you mean "ddos"?'],
      ['step "block": there is no action "block-ipp"', expect.stringContaining('block-ip')],
    ]);
  });

  it('names a role that is none', async () => {
    const path = write('p.yml', playbookText(stepText('a', 'owner: comander')));
    const { result } = await checkPlaybooks(context, [path]);
    expect(result.files[0]?.problems[0]?.message).toContain('incident_commander');
  });
});

describe('test', () => {
  it('shows branches and the one way that is left', async () => {
    const { result } = await testPlaybook(context, 'ssh-brute-force', []);
    const text = testView.text(result, style);
    expect(text).toContain('lock-account: 8 of 12\n      var.login_succeeded != no\n');
    expect(text).toContain('Every walk reaches its end.');
    const one = await testPlaybook(context, 'ssh-brute-force', ['login_succeeded=no']);
    expect(testView.text(one.result, style)).not.toContain('lock-account');
  });

  it.each([
    ['no such playbook', 'nowhere', [], 2],
    ['no such file', './nowhere.yml', [], 4],
    ['an answer that is none', 'ddos', ['attack_kind=rain'], 2],
  ])('refuses %s', async (_name, playbook, answers, exit) => {
    await expect(testPlaybook(context, playbook, answers)).rejects.toMatchObject({ exit });
  });
});

describe('exchange', () => {
  it('takes back what it gave, under another name', async () => {
    const { result } = await exportPlaybook(context, 'phishing', {});
    const text = JSON.stringify(result.document).replaceAll('"id":"phishing"', '"id":"fishing"');
    const { id, remarks } = await importPlaybook(context, write('c.json', text), {});
    expect([id, remarks]).toEqual(['fishing', []]);
    const [ours, theirs] = await Promise.all(
      ['phishing', 'fishing'].map((one) => testPlaybook(context, one, [])),
    );
    expect(theirs?.result.branches).toEqual(ours?.result.branches);
  });

  it.each([
    ['no JSON', '{', 3],
    ['another document', '{"type":"bundle"}', 3],
  ])('refuses %s', async (_name, text, exit) => {
    await expect(importPlaybook(context, write('c.json', text), {})).rejects.toMatchObject({
      exit,
    });
    await expect(importPlaybook(context, join(folder, 'none.json'), {})).rejects.toMatchObject({
      exit: 4,
    });
  });
});
