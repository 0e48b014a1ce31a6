import { describe, expect, it } from 'vitest';
import { type Event, isSkip, skip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';
import { addAccount, countSkip, createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

const eventOf = (format: string, message: string): Event => ({
  timeUs: 0,
  timeConfidence: 'exact',
  format,
  message,
});
const base = { title: '', url: '', sources: [], splittable: true, samples: [] };

/** `E text` is an event, lines that begin with a blank continue it, `!` breaks the reader. */
const text: LogFormat = {
  ...base,
  name: 'text',
  detect: (line) => line.startsWith('E '),
  parse(line) {
    if (line === '!') throw new RangeError('too deep');
    return line.startsWith('E ') ? eventOf('text', line.slice(2)) : skip('no event');
  },
  continues: (line) => line.startsWith(' '),
};

/** `id:word` lines with one id are one event; `id:end` ends it. */
const grouped: LogFormat = {
  ...base,
  name: 'grouped',
  detect: (line) => /^\d+:/.test(line),
  parse: () => skip('not alone'),
  group: {
    key: (line) => /^(\d+):/.exec(line)?.[1],
    ends: (line) => line.endsWith(':end'),
    isTrailer: (line) => line.endsWith(':end'),
    parse: (lines) =>
      lines.some((line) => line.endsWith('bad'))
        ? skip('bad group')
        : eventOf('grouped', lines.join('|')),
  },
};

function read(format: LogFormat, pieces: readonly string[]) {
  const account = createAccount();
  const events: { message: string | undefined; raw: string; offset: number; stack: unknown }[] = [];
  const reader = createEventReader({
    format,
    formats: [text, grouped],
    clock: createClock({ zone: 'UTC', firstYear: 2026 }),
    account,
    sink: (event, raw, offset) =>
      events.push({ message: event.message, raw, offset, stack: event['error.stack_trace'] }),
  });
  let offset = 0;
  for (const piece of pieces) {
    reader.lines(piece, offset);
    offset += Buffer.byteLength(piece, 'latin1');
  }
  reader.end();
  expect(account.parsed + account.joined + account.skipped).toBe(account.lines);
  return { account, events, messages: events.map(({ message }) => message) };
}

describe('joining', () => {
  it('puts continuation lines to their event, also over pieces', () => {
    const { account, events } = read(text, ['E one\n  a\n', '  b\nE two\n']);
    expect(events).toEqual([
      { message: 'one', raw: 'E one\n  a\n  b', offset: 0, stack: '  a\n  b' },
      { message: 'two', raw: 'E two', offset: 14, stack: undefined },
    ]);
    expect(account).toMatchObject({ lines: 4, parsed: 2, joined: 2, skipped: 0 });
  });

  it('skips what continues nothing', () => {
    const { account } = read(text, ['  a\nE one\n']);
    expect(account).toMatchObject({ lines: 2, parsed: 1, joined: 0, skipped: 1 });
  });

  it('stops joining after 2000 lines', () => {
    const { account, events } = read(text, [`E one\n${'  a\n'.repeat(2500)}`]);
    expect(account).toMatchObject({ parsed: 1, joined: 2000, skipped: 500 });
    expect(events).toHaveLength(1);
  });
});

describe('groups', () => {
  it.each<[string, string, string[], object]>([
    ['in a row', '1:a\n1:b\n1:end\n', ['1:a|1:b|1:end'], { parsed: 1, joined: 2 }],
    [
      'interleaved',
      '1:a\n2:a\n1:end\n2:end\n',
      ['1:a|1:end', '2:a|2:end'],
      { parsed: 2, joined: 2 },
    ],
    ['never ended', '1:a\n2:a\n', ['1:a', '2:a'], { parsed: 2, joined: 0 }],
    ['a late end', '1:a\n1:end\n1:end\n', ['1:a|1:end'], { parsed: 1, joined: 2 }],
    ['refused', '1:a\n1:bad\n1:end\n', [], { parsed: 0, skipped: 3 }],
    ['another format between', '1:a\nE x\n1:end\n', ['1:a|1:end', 'x'], { parsed: 2, joined: 1 }],
  ])('%s', (_, content, messages, expected) => {
    const found = read(grouped, [content]);
    expect([...found.messages].sort()).toEqual(messages);
    expect(found.account).toMatchObject(expected);
  });

  it('closes the oldest when more than 64 are open: what belongs to it comes too late', () => {
    const lines = Array.from({ length: 65 }, (_, index) => `${index}:a\n`);
    const late = [...lines, '0:b\n', '64:b\n'].join('');
    const { messages } = read(grouped, [late]);
    expect(messages).toHaveLength(66);
    expect(messages[0]).toBe('0:a');
    expect(messages).toContain('0:b');
    expect(messages).toContain('64:a|64:b');
  });

  it('closes a group after 2001 lines', () => {
    const { account, messages } = read(grouped, ['1:a\n'.repeat(2500)]);
    expect(messages.map((message) => message?.split('|').length)).toEqual([2001, 499]);
    expect(account).toMatchObject({ parsed: 2, joined: 2498, skipped: 0 });
  });
});

describe('odd lines', () => {
  it('a line on which a format fails is skipped alone', () => {
    const { account, messages } = read(text, ['E one\n!\nE two\n']);
    expect(messages).toEqual(['one', 'two']);
    expect([...account.skips.keys()]).toEqual(['the text reader failed on it']);
  });

  it('NULs before a line go, its offset follows', () => {
    const { events, account } = read(text, ['\0\0\0E one\n\0\0\n']);
    expect(events).toMatchObject([{ message: 'one', raw: 'E one', offset: 3 }]);
    expect(account).toMatchObject({ lines: 2, parsed: 1, skipped: 1 });
  });

  it('CRLF, no last line ending, UTF-8 and what is none', () => {
    const latin1 = Buffer.from('E grün\r\nE last').toString('latin1');
    expect(read(text, [latin1]).messages).toEqual(['grün', 'last']);
    expect(read(text, ['E \xff\xfe\n']).messages).toEqual(['\ufffd\ufffd']);
  });
});

describe('the account', () => {
  it('adds a later part with its line numbers', () => {
    const account = createAccount();
    account.lines = 10;
    const part = createAccount();
    part.lines = 5;
    countSkip(part, 'why', 3, 'x'.repeat(500));
    addAccount(account, part);
    expect(account).toMatchObject({ lines: 15, skipped: 1 });
    expect(account.skips.get('why')).toEqual({ count: 1, firstLine: 13, example: 'x'.repeat(160) });
  });

  it('bounds the number of reasons without losing a count', () => {
    const account = createAccount();
    for (let index = 0; index < 500; index += 1) countSkip(account, `reason ${index}`, 1, '');
    const counts = [...account.skips.values()].reduce((sum, { count }) => sum + count, 0);
    expect([account.skipped, counts, account.skips.size <= 51]).toEqual([500, 500, true]);
  });

  it('takes reasons that are names of object members', () => {
    const account = createAccount();
    countSkip(account, '__proto__', 1, '');
    expect(account.skips.get('__proto__')?.count).toBe(1);
    expect(isSkip(skip('__proto__'))).toBe(true);
  });
});

describe('an indented line', () => {
  const linesOf = (name: string, text: string) => {
    const account = createAccount();
    const events: Event[] = [];
    const reader = createEventReader({
      format: FORMATS.find((format) => format.name === name),
      formats: FORMATS,
      clock: createClock({ zone: 'UTC', firstYear: 2026 }),
      account,
      sink: (event) => events.push(event),
    });
    reader.lines(text, 0);
    reader.end();
    return { account, events };
  };

  it('is an event of its own when it is complete', () => {
    const { account, events } = linesOf(
      'syslog',
      'Nov 24 10:00:01 web01 app: started\n' +
        '  Nov 24 10:00:02 web01 sshd[7]: Accepted password for root from 203.0.113.9 port 4000 ssh2\n' +
        '\twith a further line\n',
    );
    expect(account).toMatchObject({ lines: 3, parsed: 2, joined: 1, skipped: 0 });
    expect(events[1]).toMatchObject({ 'event.action': 'ssh_login', 'source.ip': '203.0.113.9' });
  });

  it('belongs to the event above when it is not', () => {
    const { account } = linesOf(
      'python',
      '2026-11-24 10:00:01,000 - app - ERROR - failed\nTraceback (most recent call last):\n  File "a.py", line 1\n    x = "Nov 24"\n',
    );
    expect(account).toMatchObject({ lines: 4, parsed: 1, joined: 3, skipped: 0 });
  });
});

it('counts a line for as many as it says, within bounds', () => {
  const syslog = FORMATS.find(({ name }) => name === 'syslog') as LogFormat;
  const repeatsOf = (message: string) => {
    const event = syslog.parse(
      `Nov 24 10:00:01 web01 sshd[7]: ${message}`,
      createClock({ zone: 'UTC', firstYear: 2026 }),
    );
    return isSkip(event) ? 'skipped' : [event.repeats, event.areRepeatsCut];
  };
  const failed = '[ Failed password for root from 203.0.113.9 port 4000 ssh2]';
  expect(repeatsOf(`message repeated 7 times: ${failed}`)).toEqual([7, undefined]);
  expect(repeatsOf(`message repeated 1000000 times: ${failed}`)).toEqual([1_000_000, undefined]);
  for (const most of ['1000001', '999999999', '99999999999999999999']) {
    expect(repeatsOf(`message repeated ${most} times: ${failed}`)).toEqual([1_000_000, true]);
  }
  expect(repeatsOf('Failed password for root from 203.0.113.9 port 4000 ssh2')).toEqual([
    undefined,
    undefined,
  ]);
});
