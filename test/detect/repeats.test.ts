/** One line that stands for several weighs that much wherever something is counted, and stays one line. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';
import { createReplayer, type Replayer } from '../rules/replay.ts';

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

const FAILED = 'Failed password for root from 203.0.113.9 port 4000 ssh2';
const at = (seconds: number, message: string): string =>
  `Mar 14 10:00:${String(seconds).padStart(2, '0')} web01 ${message}\n`;

/** Everything that is counted of a text. */
async function countsOf(text: string) {
  const { totals, histogram, top, findings, files } = await replayer.text(text);
  const guessing = findings.find(({ rule }) => rule.title === 'SSH brute force from one source');
  return {
    lines: files[0]?.parsed,
    events: totals.events,
    histogram: histogram?.counts.reduce((sum, count) => sum + count, 0),
    failedLogins: top.byFailedLogins[0]?.count,
    finding: guessing?.count,
  };
}

const allOf = (lines: number, count: number) => ({
  lines,
  events: count,
  histogram: count,
  failedLogins: count,
  finding: count,
});

describe('message repeated', () => {
  it.each([
    ['6', 7],
    ['1000', 1001],
    ['1000000', 1_000_001],
    ['999999999', 1_000_001],
  ])('%s times weighs that much, a million at most', async (times, count) => {
    const repeated = at(4, `sshd[7]: message repeated ${times} times: [ ${FAILED}]`);
    expect(await countsOf(at(0, `sshd[7]: ${FAILED}`) + repeated)).toEqual(allOf(2, count));
  });
});

describe('last message repeated', () => {
  const failed = at(0, `sshd[7]: ${FAILED}`);
  const other = at(1, 'cron[9]: hello').replace('web01', 'db01');
  const UNKNOWN = { failedLogins: 1, finding: undefined };

  it.each([
    ['sysklogd', 'last message repeated 6 times', 2, allOf(2, 7)],
    ["under the logger's name", 'syslogd: last message repeated 6 times', 2, allOf(2, 7)],
    ['with dashes', 'syslogd[8]: --- last message repeated 6 times ---', 2, allOf(2, 7)],
    ['again', 'last message repeated 3 times', 3, allOf(3, 7)],
    ['a forged number', 'last message repeated 9999999 times', 2, allOf(2, 1_000_001)],
  ])('%s', async (_, note, lines, counts) => {
    let text = failed;
    for (let index = 1; index < lines; index += 1) text += at(3 + index, note);
    expect(await countsOf(text)).toEqual(counts);
  });

  it('is of its own host', async () => {
    const note = at(4, 'last message repeated 6 times');
    expect(await countsOf(failed + other + note)).toMatchObject({ failedLogins: 7, finding: 7 });
    expect(await countsOf(failed + other + note.replace('web01', 'db01'))).toMatchObject(UNKNOWN);
    expect(await countsOf(failed + other + note.replace('web01 ', ''))).toMatchObject(UNKNOWN);
  });

  it('is what a logger says, not a program', async () => {
    const forged = at(4, 'app[3]: last message repeated 600 times');
    expect(await countsOf(failed + forged)).toMatchObject({ ...UNKNOWN, events: 2 });
    const said = at(1, 'app[3]: x last message repeated 5 times');
    expect(await countsOf(failed + said + at(4, 'last message repeated 6 times'))).toMatchObject(
      UNKNOWN,
    );
  });

  it('shows the event that came again, at its own time', async () => {
    const { findings } = await replayer.text(failed + at(4, 'last message repeated 6 times'));
    const guessing = findings.find(({ rule }) => rule.title === 'SSH brute force from one source');
    expect(guessing?.evidence.map(({ raw }) => raw)).toEqual([
      failed.trimEnd(),
      at(4, 'last message repeated 6 times').trimEnd(),
    ]);
    expect((guessing?.lastUs as number) - (guessing?.firstUs as number)).toBe(4_000_000);
  });

  it('is known where a piece of a large file begins', async () => {
    const filler = other.repeat(Math.floor((4 * 1024 * 1024 - 60) / other.length));
    const gap = 4 * 1024 * 1024 - filler.length - failed.length;
    const padded = other
      .repeat(2)
      .slice(0, -1)
      .padEnd(gap + 2 * other.length - 1, 'x');
    const head = `${filler.slice(2 * other.length)}${padded}\n${failed}`;
    expect(head.length).toBe(4 * 1024 * 1024);
    const text = head + at(4, 'last message repeated 6 times') + other.repeat(9);
    expect(await countsOf(text)).toMatchObject({ failedLogins: 7, finding: 7 });
  });
});

const clock = createClock({ zone: 'UTC', firstYear: 2026 });
const syslog = FORMATS.find(({ name }) => name === 'syslog');

/** The last event of a text. */
function lastOf(text: string): Event | undefined {
  let last: Event | undefined;
  const reader = createEventReader({
    ...{ format: syslog, formats: FORMATS, clock, account: createAccount() },
    textBefore: (offset, length) => text.slice(Math.max(0, offset - length), offset),
    sink: (event) => {
      last = event;
    },
  });
  reader.lines(text, 0);
  reader.end();
  return last;
}

describe('what a note stands for', () => {
  const note = at(59, 'last message repeated 4 times');
  const failed = at(0, `sshd[7]: ${FAILED}`);
  const other = at(1, 'cron[9]: hello').replace('web01', 'db01');
  it.each([
    ['the line before', failed + note, 'ssh_login'],
    ['a line with lines that go on', `${failed}\tmore\n\n${note}`, 'ssh_login'],
    ['a line far above', failed + other.repeat(400) + note, 'ssh_login'],
    ['a line behind other notes', failed + note.repeat(300), 'ssh_login'],
    ['nothing above', note, 'last_message_repeated'],
    ['a line too far above', failed + other.repeat(600) + note, 'last_message_repeated'],
    [
      'a line too many bytes above',
      failed + `${'x'.repeat(9000)}\n`.repeat(8) + note,
      'last_message_repeated',
    ],
  ])('%s', (_, text, action) => {
    const event = lastOf(text);
    expect(event).toMatchObject({ 'event.action': action, repeats: 4, 'host.hostname': 'web01' });
    expect(new Date((event?.timeUs ?? 0) / 1000).toISOString()).toBe('2026-03-14T10:00:59.000Z');
    const reason = action === 'ssh_login' ? undefined : 'the message before is not known';
    if (reason !== undefined) expect(event?.['event.reason']).toBe(reason);
    else expect(event).toMatchObject({ 'source.ip': '203.0.113.9', 'user.name': 'root' });
  });
});
