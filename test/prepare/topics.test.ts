/** Every configuration that is offered meets its own checks, is recognised, and every check is seen to fail. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkText, recognise } from '../../src/prepare/check-text.ts';
import { filesOf, readTopics } from '../../src/prepare/topic.ts';
import { runIr } from '../program.ts';

const topics = readTopics();
const folder = mkdtempSync(join(tmpdir(), 'ir-prepare-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(topics)('$id', (topic) => {
  const files = filesOf(topic, {});
  const whole = files.map(({ text }) => text).join('\n');

  it('has the files that it names, in the folder of its name, and every variable is used and declared', () => {
    expect(topic.folder.endsWith(`/${topic.id}`)).toBe(true);
    expect(readdirSync(topic.folder).sort()).toEqual(
      ['topic.yml', ...topic.files.map(({ file }) => file)].sort(),
    );
    const raw = topic.files.map(({ file }) => readFileSync(join(topic.folder, file), 'utf8'));
    const used = new Set([...raw.join('\n').matchAll(/@@(\w+)@@/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(topic.variables).sort());
  });

  it('meets its own checks', () => {
    const lacking = checkText(topic, whole).filter(({ isMet }) => !isMet);
    expect(lacking.map(({ check }) => check.id)).toEqual([]);
  });

  it('is not said to lack anything in a file that it writes and that is recognised', () => {
    const known = files.flatMap(({ file, text }) => {
      const found = recognise(topics, `${topic.id}/${file}`, text);
      return found.length === 1 && found[0] === topic ? [text] : [];
    });
    expect(known).not.toEqual([]);
    for (const text of known)
      expect(checkText(topic, text).filter(({ isMet }) => !isMet)).toEqual([]);
  });

  it('is recognised by its text alone, one of its files at least', () => {
    const found = files.map(({ text }) => recognise(topics, 'x', text).map(({ id }) => id));
    expect(found).toContainEqual([topic.id]);
  });

  it.each(topic.checks)('lacks $id where that is taken away', (check) => {
    const without =
      check.want === undefined
        ? `${whole}\n${check.bad}\n${check.when ?? ''}`
        : whole
            .split('\n')
            .map((line) => line.replaceAll(new RegExp(check.want!, 'gi'), ''))
            .join('\n');
    // What asks for it may stand in the line that is gone.
    const asked = { ...topic, checks: [{ ...check, when: undefined }] };
    expect(checkText(asked, without).map(({ isMet }) => isMet)).toEqual([false]);
    // And in a comment nothing counts.
    if (check.bad === undefined || topic.comment[0] === undefined) return;
    const commented = `${whole}\n${topic.comment[0]} ${check.bad}`;
    expect(checkText(asked, commented).map(({ isMet }) => isMet)).toEqual([true]);
  });
});

describe('ir prepare', () => {
  it('writes, checks, says what is lacking, and refuses what it must', async () => {
    const ir = (...args: string[]) => runIr(['prepare', ...args], { cwd: folder });
    const written = await ir('write', 'nginx', '--into', 'out', '--set', 'proxies=192.0.2.1');
    expect(written).toMatchObject({ exit: 0 });
    expect(readFileSync(join(folder, 'out', 'ir-log.conf'), 'utf8')).toContain(
      'set_real_ip_from 192.0.2.1;',
    );
    expect(await ir('write', 'nginx', '--into', 'out')).toMatchObject({ exit: 6 });
    expect(await ir('check', 'out/ir-log.conf')).toMatchObject({ exit: 0 });
    writeFileSync(
      join(folder, 'sshd_config'),
      '# LogLevel VERBOSE\nPermitRootLogin yes\nPasswordAuthentication yes\n',
    );
    const checked = await ir('check', 'sshd_config', '--json');
    expect(checked.exit).toBe(1);
    const { topic, items } = JSON.parse(checked.stdout) as {
      topic: string;
      items: { id: string; met: boolean; line: number | null }[];
    };
    expect(topic).toBe('sshd');
    expect(items).toContainEqual(expect.objectContaining({ id: 'level', met: false }));
    expect(items).toContainEqual(expect.objectContaining({ id: 'root', met: false, line: 2 }));
  });

  const text = 'hello\n';
  it.each([
    ['a topic that is not', ['show', 'ngnix'], 2, 'nginx'],
    ['a variable that is not', ['show', 'nginx', '--set', 'x=1'], 2, 'no variable'],
    ['a value that ends a line', ['show', 'nginx', '--set', 'proxies=a;\nb'], 2, 'could end'],
    ['a kind that is not known', ['check', 'text'], 2, '--topic'],
    ['a folder', ['check', '.'], 6, 'no file'],
    ['nothing', ['check', 'none'], 4, 'none'],
    ['bytes', ['check', 'bytes'], 6, 'binary'],
  ])('says of %s', async (_, args, exit, said) => {
    writeFileSync(join(folder, 'text'), text);
    writeFileSync(join(folder, 'bytes'), Buffer.from([0, 1, 2]));
    const ran = await runIr(['prepare', ...args], { cwd: folder });
    expect(ran.exit).toBe(exit);
    expect(ran.stderr).toContain(said);
  });
});
