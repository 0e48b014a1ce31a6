import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadScenario } from '../../src/drills/load-scenario.ts';
import { TRUTH_FILE, type WrittenFile } from '../../src/drills/log-writer.ts';
import type { ShopScenario } from '../../src/drills/scenario.ts';
import { writeDrill } from '../../src/drills/write-drill.ts';
import { createClock } from '../../src/logs/clock.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { createEventReader } from '../../src/logs/read-events.ts';
import { readRecords } from '../../src/logs/read-records.ts';
import { atOnce } from '../../src/logs/turns.ts';
import { readAnswers, readTruth, type TruthRow } from './compare-with-truth.ts';

const loadShop = (): ShopScenario => {
  const loaded = loadScenario('webshop');
  if ('records' in loaded) throw new Error('the shop is no told scenario');
  return loaded;
};

const FILES = [
  'app/shop.jsonl',
  'aws/cloudtrail.json',
  'truth.jsonl',
  'web01/audit/audit.log',
  'web01/auth.log',
  'web01/nginx/access.log',
  'web01/nginx/access.log.1',
  'web01/nginx/error.log',
  'web01/nginx/error.log.1',
  'web01/syslog',
];

let folder: string;
let out: string;
let scenario: ShopScenario;
let written: WrittenFile[];
let truth: TruthRow[];
const linesOf = new Map<string, string[]>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ir-drill-'));
  out = join(folder, 'one');
  scenario = loadShop();
  written = await write(out, {});
  for (const file of FILES) {
    linesOf.set(file, readFileSync(join(out, file), 'utf8').trimEnd().split('\n'));
  }
  truth = readTruth(out);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function write(
  to: string,
  options: { seed?: number; scale?: number; startMs?: number },
): Promise<WrittenFile[]> {
  const startMs = Date.parse(scenario.start);
  const files = await writeDrill(scenario, { out: to, seed: 1, scale: 1, startMs, ...options });
  if (files === undefined) throw new Error('the drill was interrupted');
  return files;
}

const digest = (root: string): string => {
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
};

const logs = FILES.filter((file) => file !== TRUTH_FILE);

describe('the files', () => {
  test('are those of the scenario, and nothing else', () => {
    const found = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1));
    expect(found.sort()).toEqual(FILES);
  });

  test('are counted', () => {
    for (const file of written) {
      expect([file.path, file.lines]).toEqual([file.path, linesOf.get(file.path)?.length]);
      expect(file.bytes).toBe(statSync(join(out, file.path)).size);
    }
  });

  test('hold at least 40,000 benign lines', () => {
    const lines = logs.reduce((sum, file) => sum + (linesOf.get(file)?.length ?? 0), 0);
    expect(lines - truth.length).toBeGreaterThan(40_000);
  });

  test('were last written during the story', () => {
    const end = Date.parse('2026-11-18T00:00:00Z');
    expect(statSync(join(out, TRUTH_FILE)).mtimeMs).toBe(end);
    const mtime = statSync(join(out, 'web01/auth.log')).mtimeMs;
    expect(mtime).toBeLessThanOrEqual(end);
    expect(mtime).toBeGreaterThan(end - 3_600_000);
  });

  test('are the same for the same seed and others for another', async () => {
    await write(join(folder, 'same'), {});
    await write(join(folder, 'other'), { seed: 2 });
    expect(digest(join(folder, 'same'))).toBe(digest(out));
    expect(digest(join(folder, 'other'))).not.toBe(digest(out));
  });

  test('grow with the scale while the attack stays', async () => {
    const files = await write(join(folder, 'large'), { scale: 3 });
    const total = (list: WrittenFile[]): number =>
      list.reduce((sum, { lines, path }) => sum + (path === TRUTH_FILE ? 0 : lines), 0);
    expect(total(files)).toBeGreaterThan(1.5 * total(written));
    const attack = (list: readonly { chapter: string }[]): number =>
      list.filter(({ chapter }) => chapter !== 'background-noise').length;
    expect(attack(readTruth(join(folder, 'large')))).toBe(attack(truth));
  });

  test('follow the start', async () => {
    await write(join(folder, 'later'), { startMs: Date.parse('2027-01-31T00:00:00Z') });
    const path = join(folder, 'later', 'web01/auth.log');
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    expect(lines[0]).toMatch(/^Jan 31 00:/);
    expect(lines.at(-1)).toMatch(/^Feb {2}1 23:/);
  });
});

describe('the answers', () => {
  test('point to lines that exist and hold what they name', () => {
    expect(truth.length).toBeGreaterThan(1000);
    for (const row of truth) {
      const line = linesOf.get(row.file)?.[row.line - 1] ?? '';
      for (const value of Object.values(row.entities).flat()) expect(line).toContain(value);
    }
  });

  test('name every chapter, with lines in the logs it must leave traces in', () => {
    const found = new Map<string, Set<string>>();
    for (const { chapter, file } of truth) {
      found.set(chapter, (found.get(chapter) ?? new Set()).add(file.replace(/\.1$/, '')));
    }
    const expected: Record<string, string[]> = {
      'background-noise': [
        'app/shop.jsonl',
        'web01/audit/audit.log',
        'web01/auth.log',
        'web01/nginx/access.log',
        'web01/nginx/error.log',
      ],
      reconnaissance: ['app/shop.jsonl', 'web01/nginx/access.log', 'web01/nginx/error.log'],
      'secrets-probing': ['web01/nginx/access.log', 'web01/nginx/error.log'],
      'sql-injection': ['app/shop.jsonl', 'web01/nginx/access.log', 'web01/nginx/error.log'],
      'web-shell-upload': [
        'web01/audit/audit.log',
        'web01/nginx/access.log',
        'web01/nginx/error.log',
      ],
      'web-shell-use': ['web01/audit/audit.log', 'web01/nginx/access.log'],
      'password-guessing': ['web01/audit/audit.log', 'web01/auth.log'],
      'deploy-login': ['web01/audit/audit.log', 'web01/auth.log'],
      'privilege-escalation': ['web01/audit/audit.log', 'web01/auth.log'],
      persistence: ['web01/audit/audit.log', 'web01/auth.log', 'web01/syslog'],
      'credential-access': ['web01/audit/audit.log'],
      'cloud-takeover': ['aws/cloudtrail.json'],
      'cloud-evasion': ['aws/cloudtrail.json'],
      collection: ['web01/audit/audit.log'],
      'exfiltration-upload': ['web01/audit/audit.log'],
      'defence-evasion': ['web01/audit/audit.log', 'web01/auth.log', 'web01/syslog'],
      'cloud-exfiltration': ['aws/cloudtrail.json'],
      'exfiltration-web': ['web01/nginx/access.log'],
    };
    const actual = Object.fromEntries(
      [...found].map(([chapter, files]) => [chapter, [...files].sort()]),
    );
    expect(actual).toEqual(expected);
    expect(Object.keys(expected).sort()).toEqual(
      ['background-noise', ...scenario.chapters.map(({ id }) => id)].sort(),
    );
  });

  test('leave no line of an attacker unnamed', () => {
    const named = new Set(truth.map(({ file, line }) => `${file}:${line}`));
    const addresses = new Set(scenario.chapters.map(({ from }) => from));
    const unnamed: string[] = [];
    for (const file of logs) {
      for (const [index, line] of (linesOf.get(file) ?? []).entries()) {
        const isTheirs = [...addresses].some((ip) =>
          new RegExp(`(?<![\\d.])${ip}(?!\\d)`).test(line),
        );
        if (isTheirs && !named.has(`${file}:${index + 1}`)) unnamed.push(`${file}:${index + 1}`);
      }
    }
    expect(unnamed).toEqual([]);
  });

  test('say who, how, as whom, what stays, what was taken and what was hidden', () => {
    const parts = new Set(readAnswers(out).map(({ part }) => part));
    expect([...parts].sort()).toEqual(['as', 'hid', 'in', 'stays', 'took', 'when', 'who']);
  });

  test('come in the order of the story', () => {
    const order = scenario.chapters.map(({ id }) => id);
    const first = order.map((id) => truth.findIndex(({ chapter }) => chapter === id));
    expect(first).toEqual([...first].sort((a, b) => a - b));
  });
});

describe('every line is read by our formats, in order of time', () => {
  const expected: Record<string, string> = {
    'app/shop.jsonl': 'json-lines',
    'aws/cloudtrail.json': 'cloudtrail',
    'web01/audit/audit.log': 'auditd',
    'web01/auth.log': 'syslog',
    'web01/nginx/access.log': 'access',
    'web01/nginx/access.log.1': 'access',
    'web01/nginx/error.log': 'nginx-error',
    'web01/nginx/error.log.1': 'nginx-error',
    'web01/syslog': 'syslog',
  };

  test.each(logs)('%s', (file) => {
    const text = readFileSync(join(out, file), 'latin1');
    const format = formatOf(text);
    expect(format?.name).toBe(expected[file]);
    const account = createAccount();
    const times: number[] = [];
    const clock = createClock({ zone: 'UTC', firstYear: 2026 });
    const sink = ({ timeUs }: { timeUs: number | undefined }): void => {
      times.push(timeUs ?? Number.NaN);
    };
    const reader = createEventReader({ format, formats: FORMATS, clock, account, sink });
    if (format?.records?.detect(text.slice(0, 4096)) === true) {
      const descriptor = openSync(join(out, file), 'r');
      const range = { start: 0, end: text.length };
      atOnce(readRecords(descriptor, range, { format, account, reader, marks: [] }));
      closeSync(descriptor);
    } else {
      reader.lines(text, 0);
      reader.end();
    }
    expect(Object.fromEntries(account.skips)).toEqual({});
    expect(account.parsed).toBe(times.length);
    expect(times.filter((time, i) => !(time >= (times[i - 1] ?? 0)))).toEqual([]);
    expect(times[0]).toBeGreaterThanOrEqual(Date.parse('2026-11-16T00:00:00Z') * 1000);
    expect(times.at(-1)).toBeLessThan(Date.parse('2026-11-18T00:00:00Z') * 1000);
  });

  function formatOf(text: string): LogFormat | undefined {
    const byDocument = FORMATS.find((format) => format.records?.detect(text.slice(0, 4096)));
    const [line = ''] = text.split('\n', 1);
    return byDocument ?? FORMATS.find((format) => format.detect(line));
  }
});
