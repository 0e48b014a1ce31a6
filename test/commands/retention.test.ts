/** Clearing archives out, holds, and erasing a person: through the commands, real files and a real store. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  type FSWatcher,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { addEvidence } from '../../src/commands/evidence-add.ts';
import { addHold, liftHold, listHolds } from '../../src/commands/holds.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { assignRole } from '../../src/commands/people.ts';
import { applyRetention } from '../../src/commands/retention-apply.ts';
import { checkRetention } from '../../src/commands/retention-check.ts';
import { eraseEntity } from '../../src/commands/retention-erase.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { timeline } from '../../src/commands/timeline.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view as tableView } from '../../src/terminal/views/table.ts';
import { ensureBuilt, runIr } from '../program.ts';
import { type TestContext, testContext } from './test-context.ts';

beforeAll(ensureBuilt);
let folder: string;
let context: TestContext;
let archive: string;

const put = (path: string, day: string, content: string | Buffer = `${path}\n`): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content, { mode: 0o640 });
  utimesSync(path, new Date(day), new Date(day));
};
const verify = (): Promise<{ stdout: string; exit: number | null }> =>
  runIr(['verify', '--store', join(folder, '.ir')], { cwd: folder });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-retention-'));
  context = testContext({ cwd: folder, store: join(folder, '.ir') });
  archive = join(folder, 'archive');
  writeFileSync(
    join(folder, 'retention.yml'),
    `regimes: [cis-8]
sources:
  - name: web
    files: ["${archive}/**"]
    archive: ${archive}
    writer: program
    compress_after: 7 days
    move_after: 30 days
    move_to: ${join(folder, 'cold')}
    keep: 100 days
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const policy = 'retention.yml';
const files = (): string[] =>
  ['archive', 'cold']
    .flatMap((name) =>
      existsSync(join(folder, name))
        ? readdirSync(join(folder, name), { recursive: true, withFileTypes: true })
            .filter((one) => !one.isDirectory())
            .map((one) => join(one.parentPath, one.name).slice(folder.length + 1))
        : [],
    )
    .sort();

describe('apply', () => {
  beforeEach(() => {
    put(join(archive, 'new.log'), '2026-02-27');
    put(join(archive, 'week.log'), '2026-02-15');
    put(join(archive, 'a/month.log.gz'), '2026-01-20', gzipSync('month'));
    put(join(archive, 'old.log.gz'), '2025-10-01', gzipSync('old'));
    put(join(folder, 'elsewhere.log'), '2025-01-01');
    symlinkSync(join(folder, 'elsewhere.log'), join(archive, 'link.log'));
  });

  it('changes nothing in a dry run, asks, then packs, moves and deletes, and records it', async () => {
    const dry = await applyRetention(context, { policy, dryRun: true });
    expect(dry.result.rows.map(([what]) => what)).toEqual([
      'would move',
      'would delete',
      'would compress',
    ]);
    expect(files()).toHaveLength(5);
    expect(existsSync(join(folder, '.ir'))).toBe(false);
    await expect(applyRetention(context, { policy })).rejects.toMatchObject({ exit: 6 });
    expect(files()).toHaveLength(5);
    const { result, exit } = await applyRetention(context, { policy, yes: true });
    expect(exit).toBeUndefined();
    expect(result.rows.map(([what]) => what)).toEqual(['moved', 'deleted', 'compressed']);
    expect(files()).toEqual([
      'archive/link.log',
      'archive/new.log',
      'archive/week.log.gz',
      'cold/a/month.log.gz',
    ]);
    expect(gunzipSync(readFileSync(join(archive, 'week.log.gz'))).toString()).toBe(
      `${join(archive, 'week.log')}\n`,
    );
    expect(existsSync(join(folder, 'elsewhere.log'))).toBe(true);
    // What was packed keeps its age.
    expect((await applyRetention(context, { policy, yes: true })).result.title).toContain(
      'nothing to do',
    );
    const store = execFileSync(
      'sqlite3',
      [
        '-json',
        join(folder, '.ir/ir.db'),
        "select payload from journal where type='disposal_planned'",
      ],
      { encoding: 'utf8' },
    );
    const [{ payload }] = JSON.parse(store) as [{ payload: string }];
    const hash = createHash('sha256').update(gzipSync('old')).digest('hex');
    expect(JSON.parse(payload)).toMatchObject({ files: [{}, { act: 'delete', sha256: hash }, {}] });
    expect((await verify()).exit).toBe(0);
  });

  it('touches nothing while a regime waits for its figure', async () => {
    const before = files();
    expect(before).toContain('archive/old.log.gz');
    const text = readFileSync(join(folder, policy), 'utf8').replace('[cis-8]', '[nis2]');
    writeFileSync(join(folder, policy), text);
    await expect(applyRetention(context, { policy, yes: true })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/web: nis2 has no figure of its own \(at_least\)/),
    });
    expect(files()).toEqual(before);
  });

  it('is stopped by a hold on the logs until that is lifted', async () => {
    await addHold(context, 'Case 7', { logs: [`${archive}/**`], reason: 'asked by counsel' });
    const held = await applyRetention(context, { policy, yes: true });
    expect(held.result.notes.filter((note) => note.includes('legal hold H-002'))).toHaveLength(3);
    expect(files()).toHaveLength(5);
    await expect(liftHold(context, 'H-002', {})).rejects.toMatchObject({ exit: 2 });
    await liftHold(context, 'H-002', { reason: 'settled' });
    await expect(liftHold(context, 'H-002', { reason: 'again' })).rejects.toMatchObject({
      exit: 6,
    });
    expect((await listHolds(context, {})).rows).toEqual([]);
    expect((await listHolds(context, { all: true })).rows).toHaveLength(1);
    await applyRetention(context, { policy, yes: true });
    expect(files()).toHaveLength(4);
  });

  it('spares the log files that a held incident cites', async () => {
    const line =
      'Oct  1 10:00:01 web01 sshd[2051]: Accepted publickey for bob from 203.0.113.9 port 50122 ssh2\n';
    put(join(archive, 'auth.log'), '2025-10-01', line);
    await openIncident(context, { title: 'Login' });
    await timeline(context, [join(archive, 'auth.log')], { save: true, level: 'informational' });
    await addHold(context, 'Case 8', { reason: 'asked by counsel' });
    await applyRetention(context, { policy, yes: true });
    expect(files()).toContain('archive/auth.log');
    expect(files()).not.toContain('archive/old.log.gz');
  });

  it('leaves no folder of the archive by a link', async () => {
    put(join(folder, 'other/x.log'), '2025-10-01');
    symlinkSync(join(folder, 'other'), join(archive, 'linked'));
    writeFileSync(
      join(folder, policy),
      readFileSync(join(folder, policy), 'utf8').replace(
        `["${archive}/**"]`,
        `["${archive}/**", "${archive}/linked/*.log"]`,
      ),
    );
    const { result, exit } = await applyRetention(context, { policy, yes: true });
    expect(exit).toBe(8);
    expect(result.rows.map(([what]) => what)).toContain(
      'failed: a link leads out of the folders of the policy',
    );
    expect(existsSync(join(folder, 'other/x.log'))).toBe(true);
  });

  it('loses nothing when it is killed in the middle, and is taken up again', async () => {
    const day = new Date(Date.now() - 10 * 86_400_000).toISOString();
    const contents = Array.from({ length: 40 }, (_, index) => `${'x'.repeat(300_000)}${index}`);
    contents.forEach((text, index) => {
      put(join(archive, `k/${index}.log`), day, text);
    });
    const argv = ['retention', 'apply', '--policy', policy, '--yes', '--store', '.ir'];
    const packed = (): number =>
      readdirSync(join(archive, 'k')).filter((one) => one.endsWith('.gz')).length;
    let watcher: FSWatcher | undefined;
    const killed = await runIr(argv, {
      cwd: folder,
      whileRunning: (child) => {
        watcher = watch(join(archive, 'k'), () => {
          if (packed() > 0) child.kill('SIGKILL');
        });
      },
    });
    watcher?.close();
    expect(killed.exit).toBeNull();
    expect(packed()).toBeLessThan(40);
    const again = await runIr(argv, { cwd: folder });
    expect(again).toMatchObject({
      exit: 0,
      stderr: expect.stringContaining('was interrupted') as string,
    });
    const all = readdirSync(join(archive, 'k'));
    expect(all).toHaveLength(40);
    const kept = all.map((name) => gunzipSync(readFileSync(join(archive, 'k', name))).toString());
    expect(new Set(kept)).toEqual(new Set(contents));
    expect((await verify()).exit).toBe(0);
  });
});

it('check looks at the files and at the configuration of logrotate', async () => {
  mkdirSync(join(folder, 'root/etc/logrotate.d'), { recursive: true });
  writeFileSync(
    join(folder, 'root/etc/logrotate.d/app'),
    `${folder}/app/*.log {\n  weekly\n  rotate 4\n}\n`,
  );
  put(join(folder, 'app/a.log'), '2025-11-01');
  writeFileSync(
    join(folder, 'app.yml'),
    `regimes: [pci-dss]\nsources: [{ name: app, files: ["${folder}/app/*.log*"] }]\n`,
  );
  const look = (failOn?: string) =>
    checkRetention(context, { policy: 'app.yml', root: 'root', failOn });
  const { result, exit } = await look();
  expect(exit).toBeUndefined();
  expect(result.rows.map(([degree, , kind]) => [degree, kind])).toEqual(
    [
      ['error', 'too-young'],
      ['error', 'deleted-early'],
    ].map((row, index) => (index === 0 ? ['warning', row[1]] : row)),
  );
  expect((await look('error')).exit).toBe(1);
  // As it is shown, a patch that patch(1) takes: with tabs, and folded nowhere.
  const shown = String(tableView.text(result, createStyle({ columns: 40 }, 'never', {})));
  const patch = shown.slice(shown.indexOf('\n--- ') + 1);
  writeFileSync(join(folder, 'change'), patch);
  execFileSync('patch', ['-s', join(folder, 'root/etc/logrotate.d/app'), join(folder, 'change')]);
  const changed = readFileSync(join(folder, 'root/etc/logrotate.d/app'), 'utf8');
  expect(changed).toContain('\n\trotate 366\n');
  const page = String(tableView.md?.(result));
  expect(page).toContain('\n    +\trotate 366\n');
  // With it nothing is deleted early any more.
  expect((await look('error')).exit).toBeUndefined();
});

describe('erase', () => {
  const NAME = 'kim.zyxwvut@example.org';
  const all = (): string[] =>
    readdirSync(join(folder, '.ir'), { recursive: true, withFileTypes: true })
      .filter((one) => one.isFile())
      .filter((one) => {
        const bytes = readFileSync(join(one.parentPath, one.name));
        const texts = [
          bytes.toString('latin1'),
          ...(bytes[0] === 0x1f && bytes[1] === 0x8b ? [gunzipSync(bytes).toString('latin1')] : []),
        ];
        return texts.some((text) => text.toLowerCase().includes('zyxwvut'));
      })
      .map((one) => one.name);
  const erase = (more: object = {}) =>
    eraseEntity(context, { entity: 'Zyxwvut', reason: 'Art. 17 GDPR', yes: true, ...more });

  beforeEach(async () => {
    await openIncident(context, { title: `Mailbox of ${NAME} read` });
    await addNote(context, `${NAME} called back`, {}, async () => '');
    await updateIncident(context, { description: `Of Kim ZYXWVUT alone` });
    await assignRole(context, 'responder', 'Kim Zyxwvut', {});
    const log = join(folder, 'mail.log');
    writeFileSync(
      log,
      `Mar  1 10:00:01 mx sshd[2051]: Accepted publickey for zyxwvut from 203.0.113.9 port 50122 ssh2\n`,
    );
    await timeline(context, [log], { save: true, level: 'informational' });
    await addEvidence(context, [log], { title: 'mail log' } as never);
    writeFileSync(join(folder, 'packed.gz'), gzipSync(`to ${NAME}`));
    await addEvidence(context, [join(folder, 'packed.gz')], { title: 'packed' } as never);
    expect(all().length).toBeGreaterThan(1);
  });

  it('leaves no byte of the value in the workspace, and the journal holds', async () => {
    const dry = await erase({ dryRun: true });
    expect(dry.result.rows.length).toBeGreaterThan(1);
    expect(all().length).toBeGreaterThan(1);
    await erase();
    expect(all()).toEqual([]);
    const shown = await showIncident(context);
    expect(JSON.stringify(shown)).toContain('Mailbox of kim.[erased]@example.org read');
    expect(await verify()).toMatchObject({ exit: 0 });
    const rebuilt = await runIr(['verify', '--rebuild', '--store', join(folder, '.ir')], {
      cwd: folder,
    });
    expect(rebuilt.exit).toBe(0);
    expect(all()).toEqual([]);
    expect((await erase()).result.title).toContain('Nothing');
  });

  it('goes on where an earlier erasure kept the next person', async () => {
    await erase();
    await eraseEntity(context, { entity: 'example.org', reason: 'Art. 17 GDPR', yes: true });
    expect(JSON.stringify(await showIncident(context))).toContain(
      'Mailbox of kim.[erased]@[erased] read',
    );
    expect(
      (await eraseEntity(context, { entity: 'example.org', dryRun: true })).result.title,
    ).toContain('Nothing');
    expect(await verify()).toMatchObject({ exit: 0 });
  });

  it('is refused under a hold, without a reason or a confirmation, and for what would come back', async () => {
    await addHold(context, 'Case 7', { reason: 'asked by counsel' });
    await expect(erase()).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('legal hold') as string,
    });
    expect(all().length).toBeGreaterThan(1);
    const [[number]] = (await listHolds(context, {})).rows as [[string]];
    await liftHold(context, number, { reason: 'settled' });
    await expect(erase({ yes: false })).rejects.toMatchObject({ exit: 6 });
    await expect(erase({ reason: '' })).rejects.toMatchObject({ exit: 2 });
    await expect(erase({ reason: 'asked by Zyxwvut' })).rejects.toMatchObject({ exit: 2 });
    await expect(erase({ entity: 'abc' })).rejects.toMatchObject({ exit: 2 });
    await expect(erase({ entity: 'alex' })).rejects.toMatchObject({ exit: 6 });
    writeFileSync(join(folder, '.ir/plan.yml'), 'contacts: [{ id: kim, name: Kim Zyxwvut }]\n');
    await expect(erase()).rejects.toMatchObject({
      exit: 6,
      message: expect.stringContaining('plan.yml') as string,
    });
    expect(all().length).toBeGreaterThan(1);
  });
});
