/** Stamps that stand somewhere in a line, and what only looks like one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import { ensureBuilt, runIr } from '../../program.ts';

const generic = FORMATS.find(({ name }) => name === 'generic');

const timeOf = (line: string): string | undefined => {
  const event =
    generic?.detect(line) === true
      ? generic.parse(line, createClock({ zone: 'UTC', firstYear: 2026 }))
      : undefined;
  return event === undefined || isSkip(event) || event.timeUs === undefined
    ? undefined
    : new Date(event.timeUs / 1000).toISOString();
};

const FOUND: readonly (readonly [string, string])[] = [
  ['HsmService:2026-05-19 17:36:35,978[MainThread] started', '2026-05-19T17:36:35.978Z'],
  ['svc 1 2026/05/19 17:36:35 up', '2026-05-19T17:36:35.000Z'],
  ['svc at 19.05.2026 17:36:35 up', '2026-05-19T17:36:35.000Z'],
  ['amLog:06/09/2026 04:08:22:515 PM UTC: Thread[8]', '2026-06-09T16:08:22.515Z'],
  ['[main] 12/31/2026 12:08:22 AM up', '2026-12-31T00:08:22.000Z'],
  ['05/19/26 17:36:35.865446 pid=69 up', '2026-05-19T17:36:35.865Z'],
  ['26/05/24 17:36:35 up', '2024-05-26T17:36:35.000Z'],
  ['26/05/19 17:36:35 up', '2026-05-19T17:36:35.000Z'],
  ['20260519 17:36:35.908 - INFO - up', '2026-05-19T17:36:35.908Z'],
  ['job-20260519T173635Z: up', '2026-05-19T17:36:35.000Z'],
  ['svc 19-May-2026 17:36:35 up', '2026-05-19T17:36:35.000Z'],
  ['May-19 17:36:35.684 [main] DEBUG up', '2026-05-19T17:36:35.684Z'],
  ['Tue May 19 17:36:35.684 <airportd[88]> up', '2026-05-19T17:36:35.684Z'],
  ['05-19 17:36:35.509  1000 23402 V Camera: up', '2026-05-19T17:36:35.509Z'],
  ['svc (2026-05-19 17:36:35 +0200) up', '2026-05-19T15:36:35.000Z'],
  ['1779212195123 up', '2026-05-19T17:36:35.123Z'],
  ['T 1779212195 up', '2026-05-19T17:36:35.000Z'],
  ['a=b time=1779212195.25 c=d', '2026-05-19T17:36:35.250Z'],
  ['10.1.1.1 | Created | admin | 1779212195123 | -', '2026-05-19T17:36:35.123Z'],
];

test.each(FOUND)('%s', (line, time) => expect(timeOf(line)).toBe(time));

const NONE: readonly string[] = [
  'version 2026.05.19 built 17 times',
  'listening on 10.0.0.1:20260519 17',
  'call 4915112345678 now',
  'order 1779212195123 shipped',
  'released 2026-13-19 17:36:35',
  'ratio 12-34-56 17:36:61',
  'from 2026-05-19 to 2026-05-20',
  'May I come at 17:36:35',
  '{"time": "2026-05-19 17:36:35", "user": ',
  '  "time": "2026-05-19 17:36:35",',
  `${'x'.repeat(300)} 2026-05-19 17:36:35 up`,
];

test.each(NONE)('no stamp: %s', (line) => expect(timeOf(line)).toBeUndefined());

const folder = mkdtempSync(join(tmpdir(), 'ir-stamp-'));
beforeAll(ensureBuilt, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const LONG = 'A'.repeat(70_000);
const CUT: readonly (readonly [string, string, string])[] = [
  [
    'access',
    `203.0.113.9 - - [24/Nov/2026:10:00:00 +0000] "GET /?x=${LONG} HTTP/1.1" 414 0 "-" "-"`,
    '203.0.113.9 - - [24/Nov/2026:10:00:01 +0000] "GET / HTTP/1.1" 200 142 "-" "curl"',
  ],
  [
    'generic',
    `HsmService:2026-11-24 10:00:00,978[main] ${LONG}`,
    'Hsm:2026-11-24 10:00:01,978[main] b',
  ],
  ['generic', `2026-11-24 10:00:00 ${LONG}`, '2026-11-24 10:00:01 b'],
];

test.each(CUT)(
  'a first line that is longer than what tells the format: %s',
  async (name, ...lines) => {
    writeFileSync(join(folder, 'a.log'), `${lines.join('\n')}\n`);
    const { stdout } = await runIr(['timeline', 'a.log', '--all', '--format', 'jsonl'], {
      cwd: folder,
    });
    const formats = stdout
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { ir: { format: string } }).ir.format);
    expect(formats).toEqual([name, name]);
  },
);
