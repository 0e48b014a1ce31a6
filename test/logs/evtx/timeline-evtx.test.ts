/** Event logs through the program: pieces, evidence, filters and rules of Sigma as for any other format. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ensureBuilt, runIr } from '../../program.ts';
import { createChunk, eventTemplate, evtxFile, systemValues, text } from './evtx-writer.ts';

const TEMPLATE = eventTemplate(['Data', { Name: 'CommandLine' }, { sub: 4 }]);
const CHUNKS = 70;
const PER_CHUNK = 3;
/** Once in the second piece, in the middle of a chunk. */
const ODD = 66 * PER_CHUNK + 2;

const RULE = `title: Odd command
id: 5b0a3a5e-0000-4000-8000-000000000001
status: test
logsource: { product: windows, service: application }
detection:
  selection: { EventID: 1000, CommandLine|contains: '"odd & <new>"' }
  condition: selection
level: high
`;

let folder: string;

beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-evtx-'));
  const chunks = Array.from({ length: CHUNKS }, (_, index) => {
    const chunk = createChunk(1 + index * PER_CHUNK);
    for (let number = 1 + index * PER_CHUNK; number <= (index + 1) * PER_CHUNK; number += 1) {
      const value = number === ODD ? 'run "odd & <new>"\r\nand go' : `value ${number}`;
      chunk.record(TEMPLATE, [...systemValues(number, 1_795_514_401 + number), text(value)]);
    }
    return Buffer.from(chunk.finish());
  });
  writeFileSync(join(folder, 'Application.evtx'), evtxFile(chunks));
  mkdirSync(join(folder, 'rules'));
  writeFileSync(join(folder, 'rules', 'odd.yml'), RULE);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<string> {
  const ran = await runIr(['timeline', 'Application.evtx', ...args], { cwd: folder });
  expect([ran.exit, ran.stderr]).toEqual([0, '']);
  return ran.stdout;
}

interface Document {
  event: { original: string; code: string };
  winlog: { record_id: string; event_data: Record<string, string> };
  log: { offset: number };
  ir: { line: number; format: string };
}

it('every record once, in order, with its number, whatever the number of workers', async () => {
  const alone = await run('--all', '--format', 'jsonl', '--workers', '0');
  const documents = alone
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Document);
  const numbers = Array.from({ length: CHUNKS * PER_CHUNK }, (_, index) => index + 1);
  expect(documents.map(({ ir }) => ir.line)).toEqual(numbers);
  expect(documents.map(({ winlog }) => winlog.record_id)).toEqual(numbers.map(String));
  expect(documents[ODD - 1]?.winlog.event_data).toEqual({
    CommandLine: 'run "odd & <new>"\r\nand go',
  });
  expect(new Set(documents.map(({ log }) => log.offset)).size).toBe(numbers.length);
  for (const workers of ['1', '2', '5'])
    expect((await run('--all', '--format', 'jsonl', '--workers', workers)) === alone).toBe(true);
});

it('a rule for Windows finds its event, whose evidence is the event as XML on one line', async () => {
  const read = async (workers: string): Promise<string> =>
    await run('--rules', 'rules', '--json', '--workers', workers);
  const alone = await read('0');
  const { findings, files } = JSON.parse(alone) as {
    findings: { ir: { evidence: { line: number; raw: string; sha256: string }[] } }[];
    files: { lines: number; parsed: number; format: string }[];
  };
  expect(files).toMatchObject([
    { format: 'windows-event', lines: CHUNKS * PER_CHUNK, parsed: CHUNKS * PER_CHUNK },
  ]);
  expect(findings).toHaveLength(1);
  const [evidence] = findings[0]?.ir.evidence ?? [];
  expect(evidence).toMatchObject({ line: ODD });
  expect(evidence?.raw).toMatch(/^<Event .*run &quot;odd &amp; &lt;new&gt;&quot;&#13;&#10;and go</);
  expect((await read('2')) === alone).toBe(true);
});

it('a time, a text and an entity narrow it', async () => {
  const lines = async (...args: string[]): Promise<number> =>
    (await run('--all', '--format', 'jsonl', ...args)).split('\n').length - 1;
  expect(await lines('--grep', 'value 17<')).toBe(1);
  expect(await lines('--entity', 'pc1.example.com')).toBe(CHUNKS * PER_CHUNK);
  expect(await lines('--entity', 'value 18')).toBe(1);
  expect(await lines('--since', '2026-11-24T10:03:20Z')).toBe(CHUNKS * PER_CHUNK - 198);
});
