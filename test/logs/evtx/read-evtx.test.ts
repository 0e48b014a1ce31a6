/** Event logs that this test writes: every kind of value and token, and every kind of damage. */
import { describe, expect, it } from 'vitest';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { createEvtxSplitter } from '../../../src/logs/evtx/split-evtx.ts';
import type { TextRecord } from '../../../src/logs/formats/log-format.ts';
import { format } from '../../../src/logs/formats/windows-event.ts';
import {
  createChunk,
  eventTemplate,
  evtxFile,
  fileTimeOf,
  NULL,
  type Part,
  systemValues,
  type TypedValue,
  text,
  utf16,
} from './evtx-writer.ts';

interface Read {
  records: TextRecord[];
  problem: string | undefined;
}

/** Reads a file in pieces of some size. */
function read(file: Buffer, pieceBytes = 1 << 18): Read {
  const splitter = createEvtxSplitter();
  const all = file.toString('latin1');
  const records: TextRecord[] = [];
  for (let at = 0; at < all.length; at += pieceBytes)
    records.push(...splitter.push(all.slice(at, at + pieceBytes)));
  records.push(...splitter.end());
  return { records, problem: splitter.problem?.() };
}

const reasons = ({ records }: Read): (string | undefined)[] => records.map(({ skip }) => skip);

function eventOf(record: TextRecord | undefined): Event {
  const event = format.parse(record?.text ?? '', createClock({ zone: 'UTC' }));
  if (isSkip(event)) throw new Error(event.skip);
  return event;
}

const dataOf = (event: Event): Readonly<Record<string, unknown>> =>
  (event.winlog?.['event_data'] ?? {}) as Record<string, unknown>;

const DATA: Part = ['Data', { Name: 'x' }, { sub: 4 }];
const PLAIN = eventTemplate(DATA);

/** A chunk of plain events, each with its number as data. */
function plainChunk(first: number, count: number): Buffer {
  const chunk = createChunk(first);
  for (let number = first; number < first + count; number += 1)
    chunk.record(PLAIN, [...systemValues(number), text(`value ${number}`)]);
  return chunk.finish();
}

const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const SID = '010500000000000515000000010000000200000003000000f4010000';

describe('values', () => {
  const VALUES: readonly [name: string, type: number, of: Buffer, expected: string | string[]][] = [
    ['text', 0x01, utf16('zoë "quoted" <&>\r\n\u0001'), 'zoë "quoted" <&>\r\n\u0001'],
    ['text with a zero behind', 0x01, utf16('a\0'), 'a'],
    ['text in an old code page', 0x02, bytes('8061'), '€a'],
    ['int8', 0x03, bytes('ff'), '-1'],
    ['uint8', 0x04, bytes('ff'), '255'],
    ['int16', 0x05, bytes('feff'), '-2'],
    ['uint16', 0x06, bytes('feff'), '65534'],
    ['int32', 0x07, bytes('fdffffff'), '-3'],
    ['uint32', 0x08, bytes('fdffffff'), '4294967293'],
    ['int64', 0x09, bytes('fcffffffffffffff'), '-4'],
    ['uint64', 0x0a, bytes('fcffffffffffffff'), '18446744073709551612'],
    ['real32', 0x0b, bytes('cdcccc3d'), '0.1'],
    ['real64', 0x0c, bytes('9a9999999999b93f'), '0.1'],
    ['true', 0x0d, bytes('01000000'), 'true'],
    ['false in one byte', 0x0d, bytes('00'), 'false'],
    ['binary', 0x0e, bytes('00ff2a'), '00FF2A'],
    [
      'guid',
      0x0f,
      bytes('33221100554477668899aabbccddeeff'),
      '{00112233-4455-6677-8899-AABBCCDDEEFF}',
    ],
    ['size of 32 bits', 0x10, bytes('10000000'), '0x10'],
    ['size of 64 bits', 0x10, bytes('1000000000000080'), '0x8000000000000010'],
    ['filetime', 0x11, fileTimeOf(1_795_514_401, 5), '2026-11-24T10:00:01.0000005Z'],
    ['filetime before 1970', 0x11, Buffer.alloc(8), '1601-01-01T00:00:00.0000000Z'],
    ['filetime beyond dates', 0x11, bytes('ffffffffffffff7f'), '9223372036854775807'],
    [
      'systemtime',
      0x12,
      bytes('ea07 0b00 0200 1800 0a00 0000 0100 0700'),
      '2026-11-24T10:00:01.007Z',
    ],
    ['sid', 0x13, bytes(SID), 'S-1-5-21-1-2-3-500'],
    ['hex32', 0x14, bytes('d4010000'), '0x1d4'],
    ['hex64', 0x15, bytes('e703000000000000'), '0x3e7'],
    ['handle', 0x20, bytes('04000000'), '0x4'],
    ['null', 0x00, Buffer.alloc(0), ''],
    ['texts', 0x81, utf16('a\0\0b\0'), ['a', '', 'b']],
    ['texts without a last zero', 0x81, utf16('a\0b'), ['a', 'b']],
    ['old texts', 0x82, bytes('610062'), ['a', 'b']],
    ['int8s', 0x83, bytes('ff01'), ['-1', '1']],
    ['uint8s', 0x84, bytes('ff01'), ['255', '1']],
    ['int16s', 0x85, bytes('feff0100'), ['-2', '1']],
    ['uint16s', 0x86, bytes('feff0100'), ['65534', '1']],
    ['int32s', 0x87, bytes('fdffffff01000000'), ['-3', '1']],
    ['uint32s', 0x88, bytes('fdffffff01000000'), ['4294967293', '1']],
    ['int64s', 0x89, bytes('fcffffffffffffff0100000000000000'), ['-4', '1']],
    ['uint64s', 0x8a, bytes('01000000000000000200000000000000'), ['1', '2']],
    ['real32s', 0x8b, bytes('0000803f00000040'), ['1', '2']],
    ['real64s', 0x8c, bytes('000000000000f03f0000000000000040'), ['1', '2']],
    ['truths', 0x8d, bytes('0100000000000000'), ['true', 'false']],
    ['guids', 0x8f, Buffer.alloc(32), Array(2).fill('{00000000-0000-0000-0000-000000000000}')],
    [
      'filetimes',
      0x91,
      Buffer.concat([fileTimeOf(0), fileTimeOf(1)]),
      ['1970-01-01T00:00:00.0000000Z', '1970-01-01T00:00:01.0000000Z'],
    ],
    [
      'systemtimes',
      0x92,
      Buffer.concat([
        bytes('ea070b000200180000000000000000000'.slice(0, 32)),
        bytes('ea070b00020018000a00000001000700'),
      ]),
      ['2026-11-24T00:00:00.000Z', '2026-11-24T10:00:01.007Z'],
    ],
    ['sids', 0x93, bytes(SID + SID), ['S-1-5-21-1-2-3-500', 'S-1-5-21-1-2-3-500']],
    ['hex32s', 0x94, bytes('d401000001000000'), ['0x1d4', '0x1']],
    ['hex64s', 0x95, bytes('e7030000000000000100000000000000'), ['0x3e7', '0x1']],
  ];
  it.each(VALUES)('%s', (_name, type, of, expected) => {
    const chunk = createChunk();
    chunk.record(PLAIN, [...systemValues(1), { type, bytes: of }]);
    const { records, problem } = read(evtxFile([chunk.finish()]));
    expect(problem).toBeUndefined();
    expect(records.map(({ skip }) => skip)).toEqual([undefined]);
    expect(records[0]?.text).not.toMatch(/[\n\u0001]/);
    expect(dataOf(eventOf(records[0]))).toEqual({ x: expected });
  });

  it('a type that nobody knows is the loss of one record alone', () => {
    const chunk = createChunk();
    const odd: TypedValue = { type: 0x77, bytes: bytes('01') };
    chunk.record(PLAIN, [...systemValues(1), odd]);
    chunk.record(PLAIN, [...systemValues(2), text('whole')]);
    const found = read(evtxFile([chunk.finish()]));
    expect(reasons(found)).toEqual(['broken BinXML: unknown type of value', undefined]);
    expect(dataOf(eventOf(found.records[1]))).toEqual({ x: 'whole' });
  });
});

describe('tokens', () => {
  const one = (root: Part, values?: readonly TypedValue[]): string => {
    const chunk = createChunk();
    chunk.record(root, values);
    return read(evtxFile([chunk.finish()])).records[0]?.text ?? '';
  };

  it('text, references, sections and instructions', () => {
    const parts: Part[] = [
      'a',
      { char: 0x42 },
      { entity: 'amp' },
      { cdata: '<c>' },
      { entity: 'odd' },
    ];
    expect(one(['Event', {}, ...parts, { pi: ['go', 'on?>'] }])).toBe(
      '<Event>aB&amp;&lt;c&gt;&amp;odd;<?go on?&gt;?></Event>',
    );
  });

  it('attributes of several parts, and those without a value', () => {
    const root: Part = [
      'Event',
      { a: 'x', b: { sub: 0 }, c: { sub: 1, isOptional: true }, d: { sub: 1 } },
      ['Empty', {}],
      ['Gone', {}, { sub: 1, isOptional: true }],
      ['Blank', {}, { sub: 1 }],
      ['Beyond', {}, { sub: 9 }],
    ];
    expect(one(root, [text('"v"'), NULL])).toBe(
      '<Event a="x" b="&quot;v&quot;" d=""><Empty/><Blank/><Beyond/></Event>',
    );
  });

  it('an array repeats its element', () => {
    const root: Part = ['Event', {}, ['Data', { n: 'x' }, { sub: 0, type: 0x81 }]];
    expect(one(root, [{ type: 0x81, bytes: utf16('a\0b\0') }])).toBe(
      '<Event><Data n="x">a</Data><Data n="x">b</Data></Event>',
    );
  });

  it('BinXML as a value', () => {
    const chunk = createChunk();
    const root: Part = ['Event', {}, ['UserData', {}, { sub: 0, type: 0x21 }]];
    const first = chunk.record(root, [NULL]);
    const start = chunk.position();
    // Of the second record: header, fragment, instance, count and the one description come before its value.
    const place = start + 24 + 4 + 10 + 4 + 4;
    const inner = chunk.valueAt(place, ['Own', { a: 'b' }, ['Leaf', {}, 'x']]);
    chunk.record(root, [{ type: 0x21, bytes: inner }]);
    expect(first).toBe(512);
    const { records } = read(evtxFile([chunk.finish()]));
    expect(records[1]?.skip).toBeUndefined();
    expect(records[1]?.text).toBe(
      '<Event><UserData><Own a="b"><Leaf>x</Leaf></Own></UserData></Event>',
    );
  });

  it('a program that has a shape of its own, by its innermost names and their attributes', () => {
    const text = one([
      'Event',
      {},
      ['System', {}, ['EventID', {}, '7'], ['Provider', { Name: 'p' }]],
      [
        'UserData',
        {},
        [
          'Own',
          { xmlns: 'u' },
          ['Url', { scheme: 'http' }, 'x'],
          ['Flags', { value: '2' }],
          ['None', {}],
        ],
      ],
    ]);
    expect(eventOf({ text, offset: 0, line: 1 }).winlog?.['user_data']).toEqual({
      'Url.scheme': 'http',
      Url: 'x',
      'Flags.value': '2',
      None: '',
    });
  });

  it('names are made harmless', () => {
    expect(one(['Event', {}, ['a><b', { 'c="d': 'x' }]])).toBe('<Event><a__b c__d="x"/></Event>');
  });
});

describe('damage', () => {
  const whole = evtxFile([plainChunk(1, 5), plainChunk(6, 5)]);
  const damaged = (change: (copy: Buffer) => void): Read => {
    const copy = Buffer.from(whole);
    change(copy);
    return read(copy);
  };
  const numbers = ({ records }: Read): (string | undefined)[] =>
    records
      .filter(({ skip }) => skip === undefined)
      .map((record) => eventOf(record)['winlog.record_id']);
  const ALL = Array.from({ length: 10 }, (_, index) => String(index + 1));

  it('a whole file has none, however it comes', () => {
    for (const pieceBytes of [1 << 18, 65_536, 4096, 999]) {
      const found = read(whole, pieceBytes);
      expect(found.problem).toBeUndefined();
      expect(numbers(found)).toEqual(ALL);
      expect(found.records).toEqual(read(whole).records);
    }
    expect(eventOf(read(whole).records[0])).toMatchObject({
      timeUs: 1_795_514_401_123_456,
      'event.code': '1000',
      'event.provider': 'Example-Provider',
      'host.name': 'pc1.example.com',
      'winlog.channel': 'Application',
    });
  });

  it('a file that was not closed: what is there counts', () => {
    const found = read(evtxFile([plainChunk(1, 5), plainChunk(6, 5)], true));
    expect([numbers(found), found.problem]).toEqual([ALL, undefined]);
  });

  it('space that was never written', () => {
    const found = read(Buffer.concat([whole, Buffer.alloc(200_000)]));
    expect([numbers(found), found.problem]).toEqual([ALL, undefined]);
  });

  it('the checksum of the file header', () => {
    const found = damaged((copy) => copy.writeUInt8(9, 30));
    expect(numbers(found)).toEqual(ALL);
    expect(found.problem).toMatch(/checksum of the file header is wrong/);
  });

  it('the header of a chunk, or all of it', () => {
    for (const length of [1, 60, 512]) {
      const found = damaged((copy) => copy.fill(0, 4096, 4096 + length));
      expect(numbers(found)).toEqual(ALL);
      expect(found.problem).toMatch(/damaged header: 1 of 2/);
    }
  });

  it('the checksum of the records', () => {
    const at = 4096 + 65_536 + 512 + 30;
    const found = damaged((copy) => copy.writeUInt8(0xee, at));
    expect(found.problem).toMatch(/do not have their checksum: 1 of 2/);
    expect(numbers(found)).toContain('5');
  });

  it('a record overwritten: those around it are found by their signature', () => {
    const { records } = read(whole);
    const [second, third] = [records[1]?.offset ?? 0, records[2]?.offset ?? 0];
    const found = damaged((copy) => copy.fill(0xaa, second, third));
    expect(numbers(found)).toEqual(ALL.filter((number) => number !== '2'));
    expect(found.problem).toMatch(/records missing from them: 1/);
    const sizes = damaged((copy) => copy.writeUInt32LE(0xffffff, second + 4));
    expect(numbers(sizes)).toEqual(ALL.filter((number) => number !== '2'));
  });

  it('cut anywhere: what is whole is read, the rest is said', () => {
    const { records } = read(whole);
    for (let end = 8; end < whole.length; end += 997) {
      const found = read(whole.subarray(0, end));
      const before = records.filter(({ offset }, index) => {
        const next = records[index + 1]?.offset ?? offset + 400;
        return Math.min(next, offset + 1000) <= end;
      });
      expect(found.records.filter(({ skip }) => skip === undefined).length).toBeGreaterThanOrEqual(
        before.length,
      );
    }
  });

  it('chunks that were carved out of something, with bytes missing and others between', () => {
    const [first, second] = [plainChunk(1, 5), plainChunk(6, 5)];
    const found = read(
      Buffer.concat([first.subarray(0, 40_000), second, Buffer.alloc(700, 0x6a), first]),
    );
    expect(numbers(found)).toEqual([...ALL, '1', '2', '3', '4', '5']);
    expect(found.problem).toMatch(/bytes outside of any chunk: 700/);
  });

  it('reading can begin at every chunk', () => {
    const { records } = read(whole);
    const starts = records.flatMap(({ restart }) => restart ?? []);
    expect(starts).toEqual([4096, 4096 + 65_536]);
    for (const start of starts) {
      const again = read(whole.subarray(start)).records;
      const expected = records.filter(({ offset }) => offset >= start);
      expect(again.map(({ text: of }) => of)).toEqual(expected.map(({ text: of }) => of));
      expect(again.map(({ offset }) => offset + start)).toEqual(
        expected.map(({ offset }) => offset),
      );
    }
  });
});

describe('traps', () => {
  const one = (fill: (chunk: ReturnType<typeof createChunk>) => void): Read => {
    const chunk = createChunk();
    fill(chunk);
    chunk.record(PLAIN, [...systemValues(2), text('whole')]);
    const found = read(evtxFile([chunk.finish()]));
    expect(dataOf(eventOf(found.records.at(-1)))).toEqual({ x: 'whole' });
    return found;
  };

  it('elements too deep', () => {
    let root: Part = 'x';
    for (let depth = 0; depth < 500; depth += 1) root = ['e', {}, root];
    const found = one((chunk) => chunk.record(['Event', {}, root], undefined));
    expect(reasons(found)[0]).toBe('broken BinXML: nested too deep');
  });

  it('a small record that asks for a large text many times', () => {
    const many: Part = ['Event', {}, ...Array.from({ length: 900 }, (): Part => ({ sub: 0 }))];
    const found = one((chunk) => chunk.record(many, [text('x'.repeat(20_000))]));
    expect(reasons(found)[0]).toBe('broken BinXML: too large');
  });

  it('a template in itself, one outside of the chunk, a name outside of it', () => {
    const token = (offset: number): Part => {
      const raw = Buffer.alloc(10);
      raw.writeUInt8(0x0c, 0);
      raw.writeUInt8(1, 1);
      raw.writeUInt32LE(7, 2);
      raw.writeUInt32LE(offset, 6);
      return { raw };
    };
    // The first template of a chunk lies behind the headers of the record and its instance.
    const itself = one((chunk) => chunk.record(['Event', {}, token(512 + 24 + 14)], []));
    expect(reasons(itself)[0]).toBe('broken BinXML: a template in itself');
    const outside = one((chunk) => chunk.record(['Event', {}, token(70_000)], []));
    expect(reasons(outside)[0]).toBe('broken BinXML: a template outside of its chunk');
    const name = Buffer.from([0x01, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0]);
    const named = one((chunk) => chunk.record(['Event', {}, { raw: name }], []));
    expect(reasons(named)[0]).toBe('broken BinXML: a name outside of its chunk');
  });

  it('any byte wrong: every record is read or said, and none takes long', () => {
    const file = evtxFile([plainChunk(1, 3)]);
    let random = 7;
    for (let round = 0; round < 1500; round += 1) {
      const copy = Buffer.from(file.subarray(0, 6000));
      for (let change = 0; change < 3; change += 1) {
        random = (random * 1_103_515_245 + 12_345) % 2 ** 31;
        copy.writeUInt8(random % 256, 4096 + (random % 1900));
      }
      for (const { text: of, skip } of read(copy).records)
        if (skip === undefined) format.parse(of, createClock({ zone: 'UTC' }));
    }
  });
});
