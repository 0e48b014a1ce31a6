/** Replays `test/cases`: each case runs the real program in a folder of its own and compares both streams. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ensureBuilt, runIr } from './program.ts';

interface CaseFile {
  path: string;
  /** One of these is the content. */
  text?: string;
  base64?: string;
  /** Compresses the content. */
  gzip?: boolean;
  /** Writes the content this often. */
  repeat?: number;
}

interface Case {
  name: string;
  args: string[];
  stdin?: string;
  files?: CaseFile[];
  env?: Record<string, string>;
  /** The whole stream; the folder of the case reads `<TMP>`. Absent: must be empty. */
  stdout?: string;
  stderr?: string;
  /** Instead of the whole stream: each must occur in it. */
  stdout_has?: string[];
  stderr_has?: string[];
  exit?: number;
  notes?: string;
}

const KEYS = new Set(
  'name args stdin files env stdout stderr stdout_has stderr_has exit notes'.split(' '),
);
const CASES = join(import.meta.dirname, 'cases');
const paths = readdirSync(CASES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.yml'))
  .sort();
const groups = paths.map((path) => ({
  path,
  cases: parse(readFileSync(join(CASES, path), 'utf8')) as { files?: CaseFile[]; cases: Case[] },
}));

let root: string;
beforeAll(() => {
  ensureBuilt();
  root = mkdtempSync(join(tmpdir(), 'ir-cases-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

function writeFile(folder: string, { path, text, base64, gzip, repeat }: CaseFile): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  const once = base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64');
  const content = Buffer.concat(Array.from({ length: repeat ?? 1 }, () => once));
  writeFileSync(target, gzip === true ? gzipSync(content) : content);
}

function compare(actual: string, whole: string | undefined, parts: string[] | undefined): void {
  if (parts === undefined) expect(actual).toBe(whole ?? '');
  for (const part of parts ?? []) expect(actual).toContain(part);
}

it('finds cases, each with known keys only', () => {
  expect(groups.flatMap(({ cases }) => cases.cases).length).toBeGreaterThan(40);
  for (const { cases } of groups) {
    for (const one of cases.cases)
      expect(Object.keys(one).filter((key) => !KEYS.has(key))).toEqual([]);
  }
});

describe.each(groups)('$path', ({ cases: { files = [], cases } }) => {
  it.each(cases)('$name', async (one) => {
    const folder = mkdtempSync(join(root, 'case-'));
    for (const file of [...files, ...(one.files ?? [])]) writeFile(folder, file);
    const ran = await runIr(one.args, {
      cwd: folder,
      ...(one.stdin === undefined ? {} : { stdin: one.stdin }),
      ...(one.env === undefined ? {} : { env: one.env }),
    });
    const clean = (text: string): string => text.replaceAll(folder, '<TMP>');
    compare(clean(ran.stderr), one.stderr, one.stderr_has);
    compare(clean(ran.stdout), one.stdout, one.stdout_has);
    expect(ran.exit).toBe(one.exit ?? 0);
  });
});
