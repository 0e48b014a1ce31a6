/** `ir evidence` on real files: what comes in, under which number, and who is said to have it. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addEvidence } from '../../src/commands/evidence-add.ts';
import { listEvidence, showEvidence } from '../../src/commands/evidence-list.ts';
import { verifyEvidence, withdrawEvidence } from '../../src/commands/evidence-verify.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { saveTimeline } from '../../src/commands/save-timeline.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { takeIn } from '../../src/evidence/content-store.ts';
import { sayOnlyRoot } from '../needs.ts';
import { account } from '../store/sample-entries.ts';
import { type TestContext, testContext } from './test-context.ts';

let cwd: string;
let context: TestContext;
const kept = (): string[] =>
  readdirSync(join(cwd, '.ir/evidence')).filter((name) => name !== 'output');

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-evidence-'));
  context = testContext({ cwd });
  await openIncident(context, { title: 'x', severity: 'SEV3', detectedAt: '1h' } as never);
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

describe('names', () => {
  it.each([
    ['a newline', Buffer.from('a\nb')],
    ['a leading dash', Buffer.from('-rf')],
    ['quotes and a substitution', Buffer.from('"$(id)`id`\'')],
    ['a turn of the direction of text', Buffer.from('\u202egpj.exe')],
    ['255 bytes', Buffer.from('x'.repeat(255))],
    ['bytes that are no UTF-8', Buffer.from([0x61, 0xff, 0xfe])],
    ['a control character', Buffer.from('a\u001b[31mb')],
  ])('with %s come in under their hash', async (_, name) => {
    mkdirSync(join(cwd, 'in'));
    writeFileSync(Buffer.concat([Buffer.from(`${join(cwd, 'in')}/`), name]), 'content');
    const { added, failed, leftOut } = await addEvidence(context, ['in'], {});
    expect({ failed, leftOut }).toEqual({ failed: [], leftOut: [] });
    expect(added).toMatchObject([{ evidenceNo: 'E-001', keptAs: 'copy', sizeBytes: 7 }]);
    expect(kept()).toEqual([added[0]!.sha256]);
    expect((await verifyEvidence(context, ['E-001'])).isIntact).toBe(true);
  });
});

describe('ir evidence add', () => {
  it('leaves out links, pipes and the store, and follows a link that was named', async () => {
    mkdirSync(join(cwd, 'in'));
    writeFileSync(join(cwd, 'in/a'), 'a');
    writeFileSync(join(cwd, 'secret'), 's');
    symlinkSync(join(cwd, 'secret'), join(cwd, 'in/link'));
    execFileSync('mkfifo', [join(cwd, 'in/pipe')]);
    const { added, leftOut } = await addEvidence(context, ['in'], {});
    expect(added.map(({ title }) => title)).toEqual(['in/a']);
    expect(leftOut.map(({ path, isFailure }) => [path, isFailure])).toEqual([
      ['in/link', false],
      ['in/pipe', false],
    ]);
    const named = await addEvidence(context, ['in/link', '.'], {});
    expect(named.added).toMatchObject([{ origin: join(cwd, 'secret') }]);
    expect(named.leftOut.map(({ path }) => path)).toContain('.ir');
  });

  it('keeps the same content once, and says in its custody where it was found as well', async () => {
    writeFileSync(join(cwd, 'a'), 'same');
    writeFileSync(join(cwd, 'b'), 'same');
    const { added, known } = await addEvidence(context, ['a', 'b'], { host: 'web01' });
    expect(added).toHaveLength(1);
    expect(known).toEqual([{ path: join(cwd, 'b'), evidenceNo: 'E-001' }]);
    const { custody } = await showEvidence(context, 'E-001');
    expect(custody.map(({ place }) => place)).toEqual([
      `web01:${join(cwd, 'a')}`,
      `web01:${join(cwd, 'b')}`,
    ]);
  });

  it('leaves what is referred to where it is, until it is copied', async () => {
    writeFileSync(join(cwd, 'image'), 'large');
    const { added } = await addEvidence(context, ['image'], { reference: true });
    expect(added).toMatchObject([{ keptAs: 'reference', path: join(cwd, 'image') }]);
    writeFileSync(join(cwd, 'image'), 'other');
    expect((await verifyEvidence(context, [])).checked).toMatchObject([{ state: 'changed' }]);
    writeFileSync(join(cwd, 'image'), 'large');
    await addEvidence(context, ['image'], {});
    rmSync(join(cwd, 'image'));
    expect((await verifyEvidence(context, [])).checked).toMatchObject([{ state: 'same' }]);
    expect((await listEvidence(context)).evidence).toHaveLength(1);
  });

  it('names what cannot be read, and takes the rest', async () => {
    writeFileSync(join(cwd, 'a'), 'a');
    writeFileSync(join(cwd, 'locked'), 'l', { mode: 0 });
    const { added, leftOut, failed } = await addEvidence(
      context,
      ['gone', 'a', 'locked', '/dev/null'],
      {},
    );
    // Root may read everything.
    const isRoot = process.getuid?.() === 0;
    expect(added).toHaveLength(isRoot ? 2 : 1);
    const locked = { path: join(cwd, 'locked'), reason: 'permission denied' };
    expect(failed).toEqual(isRoot ? [] : [locked]);
    expect(leftOut.filter(({ isFailure }) => isFailure).map(({ path }) => path)).toEqual([
      'gone',
      '/dev/null',
    ]);
  });

  it('keeps method, tool, host, clock and time as they were said, and refuses a clock that is no time', async () => {
    writeFileSync(join(cwd, 'ram'), 'r');
    const said = { host: 'web01', tool: 'avml 0.14', method: 'live', clockOffset: '-1.2s' };
    const { added } = await addEvidence(context, ['ram'], { ...said, since: '2h', until: '1h' });
    expect(added).toMatchObject([
      { host: 'web01', tool: 'avml 0.14', method: 'live', clockOffsetMs: -1200 },
    ]);
    expect(added[0]!.covers).toEqual({
      from: '2026-03-01T10:00:00.000Z',
      to: '2026-03-01T11:00:00.000Z',
    });
    await expect(addEvidence(context, ['ram'], { clockOffset: 'soon' })).rejects.toMatchObject({
      exit: 2,
    });
  });

  it('shares its numbers with the log files of saved timelines', async () => {
    const files = [account('access.log', 'ab'.repeat(32))];
    await saveTimeline(context, { findings: [], files }, ['timeline']);
    writeFileSync(join(cwd, 'a'), 'a');
    const { added } = await addEvidence(context, ['a'], {});
    expect(added).toMatchObject([{ evidenceNo: 'E-002' }]);
    const { logs } = await listEvidence(context);
    expect(logs.map(({ evidenceNo, path }) => [evidenceNo, path])).toEqual([
      ['E-001', 'access.log'],
    ]);
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
  });
});

describe('a file', () => {
  const reading = { signal: new AbortController().signal };
  const size = 3 << 20;

  it('that grows while it is read is kept as far as it went, with a remark', async () => {
    const path = join(cwd, 'growing');
    writeFileSync(path, Buffer.alloc(size, 'a'));
    let isGrown = false;
    const onBytes = (): void => {
      if (!isGrown) appendFileSync(path, 'more');
      isGrown = true;
    };
    const content = await takeIn(path, join(cwd, '.ir'), { ...reading, onBytes });
    expect(content.sizeBytes).toBe(size);
    expect(content.remarks).toHaveLength(1);
    expect(statSync(join(cwd, '.ir/evidence', content.sha256)).size).toBe(size);
  });

  it.each([
    ['is written over', (path: string) => writeFileSync(path, Buffer.alloc(size, 'b'))],
    ['is cut', (path: string) => truncateSync(path, 10)],
  ])('that %s while it is read is not taken, and nothing is left of it', async (_, change) => {
    const path = join(cwd, 'changing');
    writeFileSync(path, Buffer.alloc(size, 'a'));
    let isChanged = false;
    const onBytes = (): void => {
      if (!isChanged) change(path);
      isChanged = true;
    };
    await expect(takeIn(path, join(cwd, '.ir'), { ...reading, onBytes })).rejects.toMatchObject({
      exit: 4,
      message: 'it changed while it was read',
    });
    expect(kept()).toEqual([]);
  });

  it('with holes keeps them', async () => {
    const path = join(cwd, 'sparse');
    writeFileSync(path, 'begin');
    truncateSync(path, 256 << 20);
    const { sha256, sizeBytes } = await takeIn(path, join(cwd, '.ir'), reading);
    const copy = statSync(join(cwd, '.ir/evidence', sha256));
    expect([sizeBytes, copy.size]).toEqual([256 << 20, 256 << 20]);
    expect(copy.blocks * 512).toBeLessThan(8 << 20);
  });

  it('that ended a run leaves nothing behind', async () => {
    const path = join(cwd, 'a');
    writeFileSync(path, Buffer.alloc(size, 'a'));
    const ending = new AbortController();
    const onBytes = (): void => ending.abort();
    await expect(
      takeIn(path, join(cwd, '.ir'), { signal: ending.signal, onBytes }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(kept()).toEqual([]);
  });
});

describe('any change', () => {
  it('of any byte of a kept file is found, and so is its absence', async () => {
    writeFileSync(join(cwd, 'a'), 'evidence');
    const { added } = await addEvidence(context, ['a'], {});
    const path = join(cwd, '.ir/evidence', added[0]!.sha256);
    chmodSync(path, 0o600);
    const content = readFileSync(path);
    for (const at of content.keys()) {
      const changed = Buffer.from(content);
      changed[at]! ^= 1;
      writeFileSync(path, changed);
      expect((await verifyEvidence(context, [])).checked).toMatchObject([{ state: 'changed' }]);
    }
    rmSync(path);
    const { isIntact, checked } = await verifyEvidence(context, []);
    expect([isIntact, checked[0]!.state]).toEqual([false, 'missing']);
  });
});

describe('ir evidence withdraw', () => {
  it('needs a reason, keeps the content, and gives a content that comes again the same number', async () => {
    writeFileSync(join(cwd, 'a'), 'a');
    await addEvidence(context, ['a'], {});
    expect(() => withdrawEvidence(context, 'E-001', {})).toThrow('--reason');
    await withdrawEvidence(context, 'e1', { reason: 'other machine' });
    await expect(withdrawEvidence(context, 'E-001', { reason: 'x' })).rejects.toMatchObject({
      exit: 6,
    });
    expect(kept()).toHaveLength(1);
    const { added } = await addEvidence(context, ['a'], {});
    expect(added).toMatchObject([{ evidenceNo: 'E-001' }]);
    expect(added[0]!.withdrawn).toBeUndefined();
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
  });

  it.each(['E-002', 'zz', '', 'deadbeef'])('knows no evidence "%s"', async (word) => {
    writeFileSync(join(cwd, 'a'), 'a');
    await addEvidence(context, ['a'], {});
    await expect(showEvidence(context, word)).rejects.toMatchObject({ exit: 6 });
  });
});

const isRoot = process.getuid?.() === 0 || sayOnlyRoot('evidence on a full disk');

describe.runIf(isRoot)('a full disk, as root', () => {
  it('loses nothing that was kept, and leaves nothing of what did not fit', async () => {
    mkdirSync(join(cwd, '.ir/evidence'), { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', join(cwd, '.ir/evidence')]);
    try {
      mkdirSync(join(cwd, 'in'));
      writeFileSync(join(cwd, 'in/a'), 'fits');
      writeFileSync(join(cwd, 'in/b'), Buffer.alloc(4 << 20, 'b'));
      writeFileSync(join(cwd, 'in/c'), 'comes later');
      await expect(addEvidence(context, ['in'], {})).rejects.toMatchObject({ exit: 9 });
      const { evidence } = await listEvidence(context);
      expect(evidence.map(({ title }) => title)).toEqual(['in/a']);
      expect(kept()).toEqual([evidence[0]!.sha256]);
      expect((await verifyJournal(context, {})).isIntact).toBe(true);
    } finally {
      execFileSync('umount', [join(cwd, '.ir/evidence')]);
    }
  });
});
