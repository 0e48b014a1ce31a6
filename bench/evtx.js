// The second part of `npm run bench -- formats`: from the bytes of event logs to complete events, one thread, no rules, megabytes a second of processor
// time; on values that repeat and on values that never do. BENCH_RUNS=1 takes one run of each, BENCH_SCALE=0.1 smaller logs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { BENCH_RUNS = '5', BENCH_SCALE = '1' } = process.env;
const BYTES = 40e6 * Number(BENCH_SCALE);
const PIECE_BYTES = 1 << 18;

/** What each log is, how fast it must be read, and how to make one. */
const ROWS = [
  { name: 'EVTX, values that repeat', format: 'windows-event', wanted: 20, make: evtx(() => 7) },
  { name: 'EVTX, random values', format: 'windows-event', wanted: 20, make: evtx(random()) },
];

const fromDist = (path) => import(pathToFileURL(join(root, 'dist', path)).href);
const { FORMATS } = await fromDist('logs/formats/list.js');
const { createClock } = await fromDist('logs/clock.js');
const { textOfRecord } = await fromDist('logs/read-records.js');

console.log('| log | MB | MB/s | wanted | met |\n|---|--:|--:|--:|---|');
for (const { name, format, wanted, make } of ROWS) {
  const bytes = await make();
  const speeds = Array.from({ length: Number(BENCH_RUNS) }, () => speedOf(format, bytes));
  const speed = speeds.sort((a, b) => a - b)[speeds.length >> 1];
  const megabytes = (bytes.length / 1e6).toFixed(0);
  console.log(
    `| ${name} | ${megabytes} | ${speed.toFixed(0)} | ≥ ${wanted} | ${speed >= wanted ? 'yes' : 'no'} |`,
  );
}

/** Megabytes a second of processor time; throws where a record is not read. */
function speedOf(name, bytes) {
  const format = FORMATS.find((one) => one.name === name);
  const clock = createClock({ zone: 'UTC' });
  const before = process.cpuUsage();
  const splitter = format.records.splitter(false);
  const read = (records) => {
    for (const record of records) {
      const event = format.parse(textOfRecord(record), clock);
      if (record.skip !== undefined || event.timeUs === undefined) throw new Error(record.text);
    }
  };
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    read(splitter.push(bytes.toString('latin1', at, at + PIECE_BYTES)));
  read(splitter.end());
  const { user, system } = process.cpuUsage(before);
  return bytes.length / (user + system);
}

/** Process events as Sysmon has them, in chunks that are full. @param next gives the next number */
function evtx(next) {
  return async () => {
    const { createChunk, eventTemplate, evtxFile, systemValues, text } = await writer();
    const names =
      'RuleName UtcTime ProcessGuid Image CommandLine CurrentDirectory User LogonGuid IntegrityLevel Hashes ParentImage ParentCommandLine';
    const fields = names.split(' ');
    const template = eventTemplate(
      ...fields.map((name, index) => ['Data', { Name: name }, { sub: 4 + index }]),
    );
    const chunks = [];
    let number = 0;
    for (let size = 0; size < BYTES; size += 65_536) {
      const chunk = createChunk(number + 1);
      while (chunk.position() < 62_000) {
        number += 1;
        const values = fields.map((name) =>
          text(`C:\\Program Files\\${name}\\${next()} -x ${next()}`),
        );
        chunk.record(template, [...systemValues(number), ...values]);
      }
      chunks.push(chunk.finish());
    }
    return evtxFile(chunks);
  };
}

/** Numbers that do not repeat, the same ones in every run. */
function random() {
  let state = 7;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state;
  };
}

/** The writer of event logs that the tests have. */
async function writer() {
  const folder = mkdtempSync(join(tmpdir(), 'ir-bench-'));
  try {
    const bundle = await rolldown({
      input: join(root, 'test', 'logs', 'evtx', 'evtx-writer.ts'),
      platform: 'node',
    });
    const file = join(folder, 'writer.mjs');
    await bundle.write({ file, format: 'esm' });
    return await import(pathToFileURL(file).href);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
