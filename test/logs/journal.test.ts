/** Journal files as systemd writes them: every field of every entry is that of `journalctl -o json --all`. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { isProblem, prepareFile } from '../../src/logs/prepare.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { journalLines } from '../../src/logs/unpack/journal-lines.ts';
import { decodeWhole } from '../../src/logs/unpack/packed-input.ts';
import { decodeZstd } from '../../src/logs/unpack/zstd.ts';
import { walk } from '../../src/logs/walk.ts';
import { isThere } from '../needs.ts';

const WRITER = '/usr/lib/systemd/systemd-journal-remote';
const isPossible =
  isThere(WRITER, existsSync(WRITER)) &&
  isThere('journalctl', spawnSync('journalctl', ['--version']).error === undefined);

const ENTRIES = 400;
const spool = createSpool();
let folder: string;
const at = (name: string): string => join(folder, name);

/** An entry in the export format, in which values with line breaks have their length in front. */
function exported(index: number): Buffer {
  const time = 1_795_514_401_000_000 + index * 1_234_567;
  const boot = `3a5d1f0c5a1b4b0c9a3f6d2e8c7b6a5${index < 200 ? 0 : 1}`;
  const fields: [string, string | Buffer][] = [
    ['__REALTIME_TIMESTAMP', String(time)],
    ['__MONOTONIC_TIMESTAMP', String(1000 + index)],
    ['_BOOT_ID', boot],
    ['_HOSTNAME', 'web01'],
    ['_TRANSPORT', 'syslog'],
    ['PRIORITY', String(index % 8)],
    ['SYSLOG_IDENTIFIER', 'sshd'],
    ['_PID', String(1000 + index)],
    ...MESSAGES[index % MESSAGES.length]!.map((value): [string, string | Buffer] => [
      'MESSAGE',
      value,
    ]),
  ];
  const parts = fields.flatMap(([name, value]) => {
    const bytes = Buffer.from(value);
    if (name !== 'MESSAGE') return [Buffer.from(`${name}=${value}\n`)];
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(bytes.length));
    return [Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')];
  });
  return Buffer.concat([...parts, Buffer.from('\n')]);
}

const MESSAGES: readonly (readonly (string | Buffer)[])[] = [
  ['Failed password for root from 203.0.113.9 port 4001 ssh2'],
  ['two\nlines, "quotes" and \\ \t tabs'],
  [Buffer.from('bytes \xff\xfe that are no text', 'latin1')],
  ['a return\rand an escape \x1b[31m'],
  ['gr\u00fc\u00dfe \u{1f600} \u0085'],
  ['\ufdd0', '\ufffe', '\u{1fffe}', 'one of four'],
  [''],
  [`packed ${'because it is long and alike '.repeat(400)}`],
  [`packed ${Array.from({ length: 900 }, (_, n) => (n * n * 7919) % 65_521).join(' ')}`],
  ['null\0inside'],
  // Too short for systemd to pack, long enough for the test to do so.
  [`a short one ${'again and '.repeat(40)}`],
];

function write(name: string, keyed: number, compact: number): void {
  writeFileSync(
    at('in.export'),
    Buffer.concat(Array.from({ length: ENTRIES }, (_, n) => exported(n))),
  );
  const env = {
    ...process.env,
    SYSTEMD_JOURNAL_KEYED_HASH: String(keyed),
    SYSTEMD_JOURNAL_COMPACT: String(compact),
  };
  execFileSync(WRITER, ['-o', at(name), '--split-mode=none', at('in.export')], {
    env,
    stdio: 'ignore',
  });
}

type Entry = Record<string, unknown>;

/** The order of the values of one field says nothing. */
function entriesOf(text: string): Entry[] {
  const sorted = (value: unknown): unknown =>
    Array.isArray(value) && typeof value[0] !== 'number' ? value.map(String).sort() : value;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) =>
      Object.fromEntries(
        Object.entries(JSON.parse(line) as Entry)
          // Versions differ in these.
          .filter(([name]) => !/^__SEQNUM/.test(name))
          .map(([name, value]) => [name, sorted(value)]),
      ),
    );
}

const journalctl = (name: string): Entry[] =>
  entriesOf(
    spawnSync('journalctl', ['--file', at(name), '-o', 'json', '--all', '--no-pager'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    }).stdout,
  );

async function ours(name: string): Promise<{ entries: Entry[]; notes: string[] }> {
  const notes: string[] = [];
  const file = { descriptor: openSync(at(name), 'r'), sizeBytes: statSync(at(name)).size };
  const pieces: Buffer[] = [];
  for await (const piece of journalLines(file, (note) => notes.push(note))) pieces.push(piece);
  return { entries: entriesOf(Buffer.concat(pieces).toString('utf8')), notes };
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-journal-'));
  if (isPossible) write('plain.journal', 1, 0);
});
afterAll(() => {
  spool.remove();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Packs values of data objects in another way, as systemd did before zstd: as many as there is place for.
 * @param incompatible the flag of the header, @param flag that of an object
 */
function repack(
  name: string,
  incompatible: number,
  flag: number,
  pack: (value: Buffer) => Buffer,
): number {
  const bytes = Buffer.from(readFileSync(at('plain.journal')));
  bytes.writeUInt32LE((bytes.readUInt32LE(12) & ~8) | incompatible, 12);
  let count = 0;
  for (let place = Number(bytes.readBigUInt64LE(88)); place + 64 < bytes.length; ) {
    const size = Number(bytes.readBigUInt64LE(place + 8));
    if (size === 0) break;
    const isData = bytes[place] === 1;
    const payload = bytes.subarray(place + 64, place + size);
    const value =
      isData && bytes[place + 1] === 4 ? decodeWhole(decodeZstd, payload, 1 << 24) : payload;
    if (isData && value.length > 100) {
      const packed = pack(value);
      if (packed.length <= payload.length) {
        packed.copy(payload);
        bytes.writeBigUInt64LE(BigInt(64 + packed.length), place + 8);
        bytes[place + 1] = flag;
        count += 1;
      }
    }
    place += Math.ceil(size / 8) * 8;
  }
  writeFileSync(at(name), bytes);
  return count;
}

describe.runIf(isPossible)('journal files', () => {
  it.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])('with keyed hashes %d, compact %d: as journalctl shows them', async (keyed, compact) => {
    const name = `${keyed}${compact}.journal`;
    write(name, keyed, compact);
    const { entries, notes } = await ours(name);
    expect(notes).toEqual([]);
    expect(entries).toHaveLength(ENTRIES);
    expect(entries).toEqual(journalctl(name));
  });

  it.each<[string, number, number, string]>([
    ['xz', 1, 1, 'xz --format=xz --check=none'],
    ['lz4', 2, 2, 'lz4 -q -BX --no-frame-crc -B7'],
  ])(
    'packed with %s, as older versions of systemd did',
    async (name, incompatible, flag, command) => {
      const [program = '', ...args] = command.split(' ');
      if (!isThere(program, spawnSync(program, ['--version']).error === undefined)) return;
      const count = repack(`${name}.journal`, incompatible, flag, (value) => {
        const packed = execFileSync(program, args, { input: value });
        if (name === 'xz') return packed;
        // Of the frame the one block alone, behind the size of what it holds.
        const size = Buffer.alloc(8);
        size.writeBigUInt64LE(BigInt(value.length));
        return Buffer.concat([
          size,
          packed.subarray(11, 11 + (packed.readUInt32LE(7) & 0x7fffffff)),
        ]);
      });
      expect(count).toBeGreaterThan(0);
      const { entries, notes } = await ours(`${name}.journal`);
      expect(notes).toEqual([]);
      expect(entries).toEqual(journalctl(`${name}.journal`));
      expect(entries).toEqual(journalctl('plain.journal'));
    },
  );

  it('are read as what they are, packed and under any name, an entry a line', async () => {
    const whole = readFileSync(at('plain.journal'));
    writeFileSync(at('user-1000@x.journal~'), whole);
    execFileSync('tar', ['-czf', 'x.tgz', 'plain.journal'], { cwd: folder });
    for (const name of ['user-1000@x.journal~', 'x.tgz']) {
      const [file] = (await walk([at(name)], folder)).files;
      const [found] = await prepareFile(file!, { formats: FORMATS, spool, stdin: process.stdin });
      if (found === undefined || isProblem(found)) throw new Error(found?.reason);
      expect(found.format?.name).toBe('journald');
      expect(found.problem).toBeUndefined();
      expect(entriesOf(readFileSync(found.absolute, 'utf8'))).toEqual(journalctl('plain.journal'));
    }
  });

  it('that were cut: what is there is read, and that is said', async () => {
    const whole = readFileSync(at('plain.journal'));
    const tail = Number(whole.readBigUInt64LE(136));
    writeFileSync(at('cut.journal'), whole.subarray(0, tail - 100_000));
    const { entries, notes } = await ours('cut.journal');
    const all = journalctl('plain.journal');
    expect(notes[0]).toBe('truncated, what is there was read');
    expect(entries.length).toBeGreaterThan(100);
    expect(entries.length).toBeLessThan(ENTRIES);
    expect(all.map(({ __CURSOR }) => __CURSOR)).toEqual(
      expect.arrayContaining(entries.map(({ __CURSOR }) => __CURSOR)),
    );
  });

  it('whose lists are gone: the entries are found', async () => {
    const bytes = Buffer.from(readFileSync(at('plain.journal')));
    bytes.writeBigUInt64LE(0n, 176);
    writeFileSync(at('lists.journal'), bytes);
    const { entries, notes } = await ours('lists.journal');
    expect(notes).toEqual([`its lists hold 0 of ${ENTRIES} entries, the others were looked for`]);
    expect(entries).toEqual(journalctl('plain.journal'));
  });

  it('with wrong bytes end, lose little, and never throw but for the header', async () => {
    const whole = readFileSync(at('plain.journal'));
    const tail = Number(whole.readBigUInt64LE(136));
    for (let turn = 1; turn < 6; turn += 1) {
      const bytes = Buffer.from(whole);
      for (let n = 0; n < 200; n += 1) {
        const place = tail - 1 - ((n * 7919 * turn) % 200_000);
        bytes[place] = (bytes[place] as number) ^ (1 << (n % 8));
      }
      writeFileSync(at('wrong.journal'), bytes);
      const { entries } = await ours('wrong.journal');
      expect(entries.length).toBeGreaterThan(10);
      expect(entries.length).toBeLessThanOrEqual(ENTRIES);
    }
    writeFileSync(at('none.journal'), `LPKSHHRH${'x'.repeat(5000)}`);
    await expect(ours('none.journal')).rejects.toThrow(/damaged header/);
  });
});
