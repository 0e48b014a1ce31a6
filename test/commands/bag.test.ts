/** Bags: written by ir, checked with stock tools alone, taken in elsewhere, and every change of them found. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { addEvidence } from '../../src/commands/evidence-add.ts';
import {
  receiptText,
  receiveEvidence,
  sealEvidence,
  transferEvidence,
} from '../../src/commands/evidence-custody.ts';
import { exportBag } from '../../src/commands/evidence-export.ts';
import { importBag } from '../../src/commands/evidence-import.ts';
import { listEvidence, showEvidence } from '../../src/commands/evidence-list.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { search } from '../../src/commands/search.ts';
import { useIncident } from '../../src/commands/use-incident.ts';
import { verifyJournal } from '../../src/commands/verify-journal.ts';
import { checkBag } from '../../src/evidence/check-bag.ts';
import { openBag } from '../../src/evidence/open-bag.ts';
import { writeTar } from '../../src/evidence/write-tar.ts';
import { isThere } from '../needs.ts';
import { showWhole, type TestContext, testContext } from './test-context.ts';

const has = (program: string): boolean => spawnSync(program, ['--help']).error === undefined;
const canSign = isThere('signatures: ssh-keygen', has('ssh-keygen'));
const canStamp = isThere('time stamps: openssl', has('openssl'));
const canEncrypt = canSign && isThere('encrypted bags: age', has('age'));

let cwd: string;
let context: TestContext;
const at = (...parts: string[]): string => join(cwd, ...parts);
const as = (actor: string): TestContext => testContext({ cwd, env: { IR_ACTOR: actor } });
const elsewhere = (): TestContext => testContext({ cwd, store: at('elsewhere') });
const keygen = { env: {}, signal: new AbortController().signal };

function makeKey(name: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'x', '-f', at(name)]);
  return name;
}

beforeEach(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-bag-'));
  context = testContext({ cwd });
  const opening = { severity: 'SEV3', detectedAt: '1h' };
  await openIncident(context, { title: 'ours', ...opening } as never);
  await openIncident(context, { title: 'another secret', ...opening } as never);
  await addNote(context, 'of the other incident', {}, async () => '');
  await useIncident(context, '1');
  mkdirSync(at('in'));
  writeFileSync(at('in', '-a\n\u202eb'), 'first');
  writeFileSync(at('in', 'x'.repeat(255)), 'second');
  await addEvidence(context, ['in'], { host: 'web01' });
});
afterEach(() => {
  execFileSync('chmod', ['-R', 'u+w', cwd]);
  rmSync(cwd, { recursive: true, force: true });
});

/** The two commands of the bag's README, as they stand there. */
const commandsOf = (folder: string): string[] =>
  readFileSync(join(folder, 'README.txt'), 'utf8')
    .split('\n')
    .filter((line) => /^ {4}(?:sha256sum|ssh-keygen) /.test(line));

/** Run by a shell that has no ir. */
const runThem = (commands: readonly string[], folder: string): number[] =>
  commands.map((command) => spawnSync('sh', ['-c', command], { cwd: folder }).status ?? -1);

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

describe.runIf(canSign)('a signed bag', () => {
  it.each(['bag', 'bag.tar.gz'])(
    'as %s is verified by sha256sum and ssh-keygen alone',
    async (output) => {
      const result = await exportBag(context, [], { output, signWith: makeKey('key') });
      expect(result.signedBy).toMatch(/^SHA256:/);
      let folder = at('bag');
      if (output.endsWith('.gz')) {
        execFileSync('tar', ['-xzf', output], { cwd });
        folder = at('INC-2026-0001');
      }
      expect(runThem(commandsOf(folder), folder)).toEqual([0, 0]);
      // Names of the payload are safe for every tool, whatever the files were called.
      const names = filesOf(join(folder, 'data')).map((path) => path.slice(folder.length));
      expect(names.filter((name) => !/^[A-Za-z0-9._/-]{1,140}$/.test(name))).toEqual([]);
      expect(names).toHaveLength(3);
    },
  );

  it('is refused by the same commands once any file is changed', async () => {
    await exportBag(context, [], { output: 'bag', signWith: makeKey('key') });
    const commands = commandsOf(at('bag'));
    expect(commands).toHaveLength(2);
    for (const path of filesOf(at('bag'))) {
      const content = readFileSync(path);
      const changed = Buffer.from(content);
      changed[changed.length >> 1]! ^= 1;
      writeFileSync(path, changed);
      expect(Math.max(...runThem(commands, at('bag'))), path).toBeGreaterThan(0);
      expect((await verifyJournal(context, { bag: 'bag' })).changed, path).toContain('export');
      writeFileSync(path, content);
    }
    expect((await verifyJournal(context, { bag: 'bag' })).isIntact).toBe(true);
  });

  it('shows that its signature was taken away', async () => {
    await exportBag(context, [], { output: 'bag', signWith: makeKey('key') });
    rmSync(at('bag/tagmanifest-sha256.txt.sig'));
    const { changed, bag } = await verifyJournal(context, { bag: 'bag' });
    expect([changed, bag!.problems]).toEqual([['export'], ['its signature was taken away']]);
  });

  it('needs a key that can sign', async () => {
    writeFileSync(at('no-key'), 'x', { mode: 0o600 });
    for (const signWith of ['no-key', 'gone']) {
      await expect(exportBag(context, [], { output: 'bag', signWith })).rejects.toMatchObject({
        exit: 6,
      });
    }
    const signWith = makeKey('open-key');
    chmodSync(at('open-key'), 0o644);
    await expect(exportBag(context, [], { output: 'bag', signWith })).rejects.toMatchObject({
      exit: 6,
      message: expect.stringMatching(/: Permissions 0644 for .* are too open\.$/),
    });
    expect(existsSync(at('bag'))).toBe(false);
  });
});

describe('every byte', () => {
  it('of a bag counts: whichever is changed, it is found', async () => {
    await exportBag(context, ['E-001'], { output: 'bag' });
    const bag = await openBag(at('bag'), at('.ir'), keygen.signal);
    let tried = 0;
    for (const path of filesOf(at('bag'))) {
      const content = readFileSync(path);
      // Large files are of one kind all over.
      const step = Math.ceil(content.length / 40);
      for (let index = 0; index < content.length; index += step) {
        const changed = Buffer.from(content);
        changed[index]! ^= index % 2 === 0 ? 1 : 0x20;
        writeFileSync(path, changed);
        const { isIntact } = await checkBag(bag, keygen);
        if (isIntact) expect.fail(`${path} at ${index}`);
        tried += 1;
      }
      writeFileSync(path, content);
    }
    expect(tried).toBeGreaterThan(200);
    expect((await checkBag(bag, keygen)).problems).toEqual([]);
  }, 60_000);

  it('of an archive that this store wrote counts, also those around the files', async () => {
    await exportBag(context, [], { output: 'bag.tar.gz' });
    const content = readFileSync(at('bag.tar.gz'));
    for (const index of [4, 9, 200, content.length - 1]) {
      const changed = Buffer.from(content);
      changed[index]! ^= 1;
      writeFileSync(at('bag.tar.gz'), changed);
      const isFound = await verifyJournal(context, { bag: 'bag.tar.gz' }).then(
        ({ isIntact }) => !isIntact,
        ({ exit }) => exit === 4,
      );
      expect(isFound, `byte ${index}`).toBe(true);
    }
  });
});

describe('ir verify', () => {
  const dump = (): Buffer => readFileSync(at('.ir/ir.db'));

  it('says which of journal, evidence and bag changed', async () => {
    await exportBag(context, [], { output: 'bag' });
    const parts = async (): Promise<readonly string[]> =>
      (await verifyJournal(context, { bag: 'bag' })).changed;
    expect(await parts()).toEqual([]);
    const { evidence } = await listEvidence(context);
    const kept = at('.ir/evidence', evidence[0]!.sha256);
    chmodSync(kept, 0o600);
    writeFileSync(kept, 'FIRST');
    expect(await parts()).toEqual(['evidence']);
    writeFileSync(
      at('bag/data/evidence/E-002', readdirSync(at('bag/data/evidence/E-002'))[0]!),
      'x',
    );
    expect(await parts()).toEqual(['evidence', 'export']);
  });

  it('finds a tail that was cut and a store that was set back, by a bag and by a head', async () => {
    const before = dump();
    await addNote(context, 'a late entry', {}, async () => '');
    const { head } = await showWhole(context);
    await exportBag(context, [], { output: 'bag' });
    const now = await verifyJournal(context, { bag: 'bag', head });
    expect([now.isIntact, now.changed]).toEqual([true, []]);
    for (const name of readdirSync(at('.ir')).filter((one) => one.startsWith('ir.db-')))
      rmSync(at('.ir', name));
    writeFileSync(at('.ir/ir.db'), before);
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
    const byBag = await verifyJournal(context, { bag: 'bag' });
    expect([byBag.isIntact, byBag.changed]).toEqual([false, ['journal']]);
    expect(byBag.bag!.missing[0]).toMatch(
      /lacks the head .* cut off, changed, or the store was set back/,
    );
    expect((await verifyJournal(context, { head })).changed).toEqual(['journal']);
  });

  it('says when each incident was last copied', async () => {
    expect((await verifyJournal(context, {})).evidence!.copies).toEqual([
      { incident: 'INC-2026-0001', at: undefined, path: '', holds: '' },
    ]);
    await exportBag(context, [], { output: 'bag.tar.gz', case: true });
    expect((await verifyJournal(context, {})).evidence!.copies).toEqual([
      {
        incident: 'INC-2026-0001',
        at: '2026-03-01T12:00:00.000Z',
        path: at('bag.tar.gz'),
        holds: 'case',
      },
    ]);
  });

  it('names files that no entry knows, and is intact all the same', async () => {
    writeFileSync(at('.ir/evidence', 'a'.repeat(64)), 'x');
    const { isIntact, evidence } = await verifyJournal(context, {});
    expect([isIntact, evidence!.unnamed]).toEqual([true, [at('.ir/evidence', 'a'.repeat(64))]]);
  });
});

describe('a whole case', () => {
  it('goes into another store as it was, and shows nothing of other incidents', async () => {
    await addNote(context, 'of ours', {}, async () => '');
    await exportBag(context, [], { output: 'case.tar.gz', case: true });
    const content = gunzipSync(readFileSync(at('case.tar.gz'))).toString('latin1');
    expect(content).toContain('of ours');
    expect(content).not.toMatch(/another secret|of the other incident|INC-2026-0002/);
    const { entries, added } = await importBag(elsewhere(), 'case.tar.gz', { case: true });
    expect([entries, added.length]).toEqual([(await showWhole(context)).journal.length - 3, 2]);
    const there = await verifyJournal(elsewhere(), { bag: 'case.tar.gz' });
    expect([there.isIntact, there.changed]).toEqual([true, []]);
    expect((await showWhole(elsewhere())).notes.map(({ text }) => text)).toEqual(['of ours']);
    const again = await importBag(elsewhere(), 'case.tar.gz', { case: true });
    expect([again.entries, again.added, again.isKnown]).toEqual([0, [], true]);
    await addNote(elsewhere(), 'goes on', {}, async () => '');
    expect((await verifyJournal(elsewhere(), {})).isIntact).toBe(true);
  });

  it('comes back with what others wrote and kept of it, beside what was written here meanwhile', async () => {
    await exportBag(context, [], { output: 'out.tar.gz', case: true });
    await importBag(elsewhere(), 'out.tar.gz', { case: true });
    await addNote(elsewhere(), 'by the night shift', {}, async () => '');
    writeFileSync(at('night.log'), 'seen at night\n');
    const night = elsewhere();
    await addEvidence(night, ['night.log'], {});
    await exportBag(night, [], { output: 'back.tar.gz', case: true });
    await addNote(context, 'by the day shift', {}, async () => '');
    const back = await importBag(context, 'back.tar.gz', { case: true, reason: 'night shift' });
    expect(back.added.map(({ title }) => title)).toEqual(['night.log']);
    expect(back.entries).toBeGreaterThan(2);
    const { notes, journal } = await showWhole(context);
    expect(notes.map(({ text }) => text).sort()).toEqual([
      'by the day shift',
      'by the night shift',
    ]);
    expect(journal.at(-1)).toMatchObject({
      type: 'chains_joined',
      payload: { reason: 'night shift' },
    });
    expect((await verifyJournal(context, {})).isIntact).toBe(true);
    expect(JSON.stringify(await search(context, 'night', {}))).toContain('by the night shift');
    // The way out again: each has what both wrote.
    await exportBag(context, [], { output: 'both.tar.gz', case: true });
    await importBag(elsewhere(), 'both.tar.gz', { case: true });
    expect((await showWhole(elsewhere())).notes).toHaveLength(2);
    expect((await verifyJournal(elsewhere(), {})).isIntact).toBe(true);
  });

  it.runIf(canEncrypt)('is encrypted for a key of SSH, and decrypted by age alone', async () => {
    makeKey('kim');
    const encryptTo = ['kim.pub'];
    await expect(exportBag(context, [], { output: 'c.tar.gz', encryptTo })).rejects.toMatchObject({
      exit: 2,
    });
    await expect(
      exportBag(context, [], { output: 'c.age', encryptTo: ['nobody'] }),
    ).rejects.toMatchObject({ exit: 6 });
    await exportBag(context, [], { output: 'c.tar.gz.age', encryptTo, case: true });
    expect(readFileSync(at('c.tar.gz.age')).includes('INC-2026')).toBe(false);
    await expect(importBag(elsewhere(), 'c.tar.gz.age', { case: true })).rejects.toThrow(
      'encrypted',
    );
    execFileSync('age', ['-d', '-i', 'kim', '-o', 'c.tar.gz', 'c.tar.gz.age'], { cwd });
    expect((await verifyJournal(context, { bag: 'c.tar.gz' })).isIntact).toBe(true);
    // Nothing of what was not encrypted is left.
    expect(readdirSync(at('.ir/evidence')).filter((name) => name.startsWith('.tmp'))).toEqual([]);
  });
});

describe('ir evidence import', () => {
  const opened = async (): Promise<TestContext> => {
    const there = elsewhere();
    await openIncident(there, { title: 'theirs', severity: 'SEV3', detectedAt: '1h' } as never);
    return there;
  };

  it('takes evidence and what is told of its custody, once', async () => {
    await exportBag(context, [], { output: 'bag', to: 'lab', reason: 'analysis' });
    const there = await opened();
    const { added } = await importBag(there, 'bag', { from: 'alex' });
    expect(added.map(({ evidenceNo, host }) => [evidenceNo, host])).toEqual([
      ['E-001', 'web01'],
      ['E-002', 'web01'],
    ]);
    const { custody } = await showEvidence(there, 'E-001');
    expect(custody.map(({ event, by }) => [event, by])).toEqual([
      ['collected', undefined],
      ['collected', 'alex'],
      ['received', undefined],
    ]);
    const again = await importBag(there, 'bag', {});
    expect([again.added.length, again.known.length]).toEqual([0, 2]);
    expect((await verifyJournal(there, { bag: 'bag' })).changed).toEqual(['journal']);
  });

  it('takes every file of a bag that others wrote', async () => {
    mkdirSync(at('foreign/data/a'), { recursive: true });
    writeFileSync(at('foreign/data/a/100%.log'), 'x');
    writeFileSync(
      at('foreign/bagit.txt'),
      'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n',
    );
    const hash = execFileSync('sha256sum', [at('foreign/data/a/100%.log')], { encoding: 'utf8' });
    writeFileSync(at('foreign/manifest-sha256.txt'), `${hash.slice(0, 64)}  data/a/100%25.log\n`);
    const tag = execFileSync('sha256sum', ['bagit.txt', 'manifest-sha256.txt'], {
      cwd: at('foreign'),
    });
    writeFileSync(at('foreign/tagmanifest-sha256.txt'), tag);
    const { added } = await importBag(await opened(), 'foreign', {});
    expect(added).toMatchObject([{ title: 'a/100%.log', method: 'received' }]);
  });

  interface Member {
    name: string;
    content: string;
    /** Type of tar, and what it points to. */
    link?: string;
  }
  async function archive(path: string, members: readonly Member[]): Promise<void> {
    const pieces: Buffer[] = [];
    const files = members.map(({ name, content }) => ({
      ...{ name, sizeBytes: content.length, mtimeMs: 0 },
      async *content() {
        yield Buffer.from(content);
      },
    }));
    for await (const piece of writeTar(files)) pieces.push(Buffer.from(piece));
    const tar = Buffer.concat(pieces);
    for (const { link, name } of members) {
      if (link === undefined) continue;
      const header = tar.indexOf(name);
      tar[header + 156] = '2'.charCodeAt(0);
      tar.write(link, header + 157, 'latin1');
      tar.write('        ', header + 148, 'latin1');
      const sum = tar.subarray(header, header + 512).reduce((total, byte) => total + byte, 0);
      tar.write(`${sum.toString(8).padStart(6, '0')}\0 `, header + 148, 'latin1');
    }
    writeFileSync(at(path), gzipSync(tar));
  }
  const bagit = { name: 'b/bagit.txt', content: 'BagIt-Version: 1.0\n' };

  it.each<[string, Member[], number]>([
    ['climbs out', [bagit, { name: 'b/../../x', content: 'x' }], 6],
    ['is absolute', [bagit, { name: '/tmp/x', content: 'x' }], 6],
    ['has a backslash', [bagit, { name: 'b\\x', content: 'x' }], 6],
    ['is a link', [bagit, { name: 'b/link', content: '', link: '/etc/passwd' }], 6],
    ['comes twice', [bagit, bagit], 6],
    ['lies beside the bag', [bagit, { name: 'x', content: 'x' }], 6],
    ['is of no bag', [{ name: 'b/x', content: 'x' }], 6],
    ['is in no manifest', [bagit, { name: 'b/data/x', content: 'x' }], 7],
  ])(
    'refuses an archive in which a name %s, and leaves nothing behind',
    async (_, members, exit) => {
      await archive('bad.tar.gz', members);
      const before = readdirSync(at('.ir/evidence')).sort();
      await expect(importBag(context, 'bad.tar.gz', {})).rejects.toMatchObject({ exit });
      expect(readdirSync(at('.ir/evidence')).sort()).toEqual(before);
      expect((await listEvidence(context)).evidence).toHaveLength(2);
    },
  );

  it('refuses a folder with a link in it, what is no archive, and one that ends early', async () => {
    await exportBag(context, [], { output: 'bag' });
    symlinkSync('/etc/passwd', at('bag/data/link'));
    await expect(importBag(context, 'bag', {})).rejects.toMatchObject({ exit: 6 });
    writeFileSync(at('text'), 'no archive');
    await expect(importBag(context, 'text', {})).rejects.toMatchObject({ exit: 4 });
    await exportBag(context, [], { output: 'bag.tar.gz' });
    writeFileSync(at('cut.tar.gz'), readFileSync(at('bag.tar.gz')).subarray(0, -40));
    await expect(importBag(context, 'cut.tar.gz', {})).rejects.toMatchObject({ exit: 4 });
    await expect(importBag(context, 'gone', {})).rejects.toMatchObject({ exit: 4 });
  });

  it('refuses a bomb', async () => {
    const zeros = '\0'.repeat(4 << 20);
    await archive('bomb.tar.gz', [bagit, { name: 'b/data/zeros', content: zeros }]);
    const { signal } = keygen;
    await expect(openBag(at('bomb.tar.gz'), at('.ir'), signal, 1 << 20)).rejects.toThrow(
      'decompression bomb',
    );
    expect(readdirSync(at('.ir/evidence')).filter((name) => name.startsWith('.tmp'))).toEqual([]);
    const bag = await openBag(at('bomb.tar.gz'), at('.ir'), signal);
    expect([...bag.files.keys()]).toEqual(['bagit.txt', 'data/zeros']);
    await bag.close();
  });
});

describe('a changed piece of evidence', () => {
  it('is not exported, sealed or handed on', async () => {
    const { evidence } = await listEvidence(context);
    const kept = at('.ir/evidence', evidence[0]!.sha256);
    chmodSync(kept, 0o600);
    writeFileSync(kept, 'FIRST');
    for (const output of ['bag', 'bag.tar.gz']) {
      await expect(exportBag(context, [], { output })).rejects.toMatchObject({ exit: 7 });
      expect(existsSync(at(output))).toBe(false);
    }
    await expect(
      transferEvidence(context, 'E-001', { to: 'Kim', reason: 'x' }),
    ).rejects.toMatchObject({ exit: 7 });
    expect(readdirSync(cwd).filter((name) => name.includes('.tmp'))).toEqual([]);
  });
});

describe('custody', () => {
  const handOver = (signWith?: string) =>
    transferEvidence(context, 'E-001', {
      to: 'Kim',
      reason: 'analysis',
      method: 'courier',
      signWith,
    });

  it('stays open until another actor receives it, and is said to be unsigned', async () => {
    expect((await handOver()).signature).toBeUndefined();
    const open = await showEvidence(context, 'E-001');
    expect([open.item.holder, open.item.open?.to]).toEqual(['alex', 'Kim']);
    await expect(handOver()).rejects.toMatchObject({ exit: 6 });
    await expect(receiveEvidence(context, 'E-001', {})).rejects.toMatchObject({ exit: 6 });
    const received = await receiveEvidence(as('kim'), 'E-001', {});
    expect(received.signature).toBeUndefined();
    const { item } = await showEvidence(context, 'E-001');
    expect([item.holder, item.open]).toEqual(['Kim', undefined]);
    await expect(receiveEvidence(as('kim'), 'E-001', {})).rejects.toMatchObject({ exit: 6 });
  });

  it.each([
    [{ to: 'Kim' }, '--reason'],
    [{ reason: 'x' }, '--to'],
  ])('needs both who and why: %o', (options, flag) => {
    expect(() => transferEvidence(context, 'E-001', options)).toThrow(flag);
  });

  it.runIf(canSign)('is ended by a receipt that the receiver signed, and by no other', async () => {
    const [own, theirs, other] = [makeKey('own'), makeKey('theirs'), makeKey('other')];
    await handOver(own);
    const text = await receiptText(context, 'E-001');
    const signed = (key: string, content = text): string => {
      writeFileSync(at(`${key}.txt`), content);
      rmSync(at(`${key}.txt.sig`), { force: true });
      execFileSync('ssh-keygen', [
        '-q',
        '-Y',
        'sign',
        '-n',
        'ir-custody',
        '-f',
        at(key),
        at(`${key}.txt`),
      ]);
      return `${key}.txt.sig`;
    };
    const receive = (signature: string, receiverKey?: string) =>
      receiveEvidence(context, 'E-001', { signature, receiverKey });
    await expect(receive(signed(own))).rejects.toThrow('who gave E-001 away');
    await expect(receive(signed(theirs, `${text} `))).rejects.toThrow(
      'no signature of this hand-over',
    );
    await expect(receive(signed(other), 'theirs.pub')).rejects.toMatchObject({ exit: 6 });
    await expect(receive('own')).rejects.toMatchObject({ exit: 6 });
    const { signature } = await receive(signed(theirs), 'theirs.pub');
    expect(signature?.key).toMatch(/^SHA256:/);
    const { evidence } = await verifyJournal(context, {});
    expect([evidence!.isIntact, evidence!.signatures]).toEqual([true, 2]);
  });

  it.runIf(canSign)(
    'shows a signature that was exchanged, and the seal of the statement in a bag',
    async () => {
      const { signature } = await sealEvidence(context, 'E-001', { signWith: makeKey('key') });
      await exportBag(context, [], { output: 'bag' });
      const [statement = ''] = filesOf(at('bag/data/signatures')).filter((path) =>
        path.endsWith('.txt'),
      );
      const checked = spawnSync(
        'ssh-keygen',
        ['-Y', 'check-novalidate', '-n', 'ir-custody', '-s', statement.replace(/txt$/, 'sig')],
        { input: readFileSync(statement) },
      );
      expect(checked.status).toBe(0);
      const kept = at('.ir/evidence', signature!.sha256);
      chmodSync(kept, 0o600);
      const text = readFileSync(kept, 'utf8');
      writeFileSync(kept, text.replace(/[A-Y](?=\n-----END)|[b-z](?=\n)/, 'Z'));
      expect((await verifyJournal(context, {})).changed).toEqual(['evidence']);
    },
  );
});

describe.runIf(canStamp)('a time stamp', () => {
  it('is asked for in the bag, and its answer is checked where it is given', async () => {
    await exportBag(context, [], { output: 'bag', timestampRequest: true });
    mkdirSync(at('tsa'));
    const openssl = (...args: string[]): void => {
      execFileSync('openssl', args, { cwd: at('tsa'), stdio: 'ignore' });
    };
    writeFileSync(
      at('tsa/tsa.cnf'),
      '[req]\ndistinguished_name=dn\n[dn]\n[ext]\nextendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n[tsa]\ndefault_tsa=t\n[t]\nserial=serial\nsigner_cert=cert.pem\nsigner_key=key.pem\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\n',
    );
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'cert.pem',
      '-days',
      '3650',
      '-subj',
      '/CN=tsa',
      '-config',
      'tsa.cnf',
      '-extensions',
      'ext',
    );
    writeFileSync(at('tsa/serial'), '01');
    const answer = at('bag/tagmanifest-sha256.txt.tsr');
    openssl(
      'ts',
      '-reply',
      '-config',
      'tsa.cnf',
      '-queryfile',
      at('bag/tagmanifest-sha256.txt.tsq'),
      '-out',
      answer,
    );
    const { bag, isIntact } = await verifyJournal(context, { bag: 'bag', tsa: 'tsa/cert.pem' });
    expect(isIntact).toBe(true);
    expect(bag!.stampedAt).toMatch(/\d{4} GMT$/);
    const content = readFileSync(answer);
    content[content.length >> 1]! ^= 1;
    writeFileSync(answer, content);
    expect((await verifyJournal(context, { bag: 'bag', tsa: 'tsa/cert.pem' })).changed).toEqual([
      'export',
    ]);
  });
});

describe('writeTar', () => {
  it('writes sizes that no octal field holds, which tar reads', async () => {
    const size = 9 * 2 ** 30;
    const pieces: Buffer[] = [];
    const file = { name: 'large', sizeBytes: size, mtimeMs: 0, content: async function* () {} };
    await expect(
      (async () => {
        for await (const piece of writeTar([file])) pieces.push(Buffer.from(piece));
      })(),
    ).rejects.toThrow('has not');
    writeFileSync(at('t.tar'), pieces[0]!);
    const { stdout } = spawnSync('tar', ['-tvf', at('t.tar')], { encoding: 'utf8' });
    expect(stdout).toContain(String(size));
  });
});

describe('a folder that is there', () => {
  it('is not replaced, unless it is empty', async () => {
    mkdirSync(at('bag'));
    await exportBag(context, [], { output: 'bag' });
    expect(statSync(at('bag')).isDirectory()).toBe(true);
    cpSync(at('bag'), at('copy'), { recursive: true });
    await expect(exportBag(context, [], { output: 'bag' })).rejects.toMatchObject({ exit: 6 });
    await expect(exportBag(context, [], { output: '.ir/bag' })).rejects.toMatchObject({ exit: 6 });
    renameSync(at('copy'), at('moved'));
    expect((await verifyJournal(context, { bag: 'moved' })).isIntact).toBe(true);
  });
});
