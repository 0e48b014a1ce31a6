// `npm run bench -- formats [FILE.evtx ...]`: from line to complete event, all fields read, one thread, no rules: MB of
// processor time a second for each format with samples, into bench/SPEED.md. BENCH_ONLY=nginx,zeek takes the formats whose names
// hold one of the words. Lines are the samples over and over, and the samples with random digits and words in all places where
// other ones leave the event with the same fields.
import { closeSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { createClock } from '../dist/logs/clock.js';
import { FORMATS } from '../dist/logs/formats/list.js';
import { createAccount } from '../dist/logs/line-account.js';
import { createEventReader } from '../dist/logs/read-events.js';
import { readRecords } from '../dist/logs/read-records.js';

const BYTES = 2e6;
const PIECE = 1 << 18;
const { BENCH_ONLY = '' } = process.env;
const TOKEN = /[A-Za-z0-9]+/g;
const TABLE = new URL('SPEED.md', import.meta.url);

let state = 1;
/** A number below `limit`, always the same ones in turn. */
function below(limit) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * limit);
}

const signOf = (sign) =>
  /\d/.test(sign) ? String(below(10)) : String.fromCharCode((sign < 'a' ? 65 : 97) + below(26));
const another = (token) =>
  // A number keeps its first digit: it is no shorter, and a day of a month stays one.
  /^\d+$/.test(token)
    ? token[0] + token.slice(1).replace(/./g, signOf)
    : token.replace(/./g, signOf);

/** The names of the fields of a text's events; undefined when a line was skipped. */
function readAll(format, text) {
  const events = [];
  const { reader, account } = readerOf(format, (event) => events.push(Object.keys(event).join()));
  reader.lines(text, 0);
  reader.end();
  return account.skipped > 0 || events.length === 0 ? undefined : events.join(';');
}

function readerOf(format, sink) {
  const account = createAccount();
  const clock = createClock({ zone: 'UTC', firstYear: 2026 });
  return { account, reader: createEventReader({ format, formats: FORMATS, clock, account, sink }) };
}

/** Where a sample may say something else: places of tokens whose change leaves the events with the same fields. */
function freePlaces(format, text) {
  const wanted = readAll(format, text);
  if (wanted === undefined) return undefined;
  return [...text.matchAll(TOKEN)].filter(({ 0: token, index }) => {
    const changed = () => text.slice(0, index) + another(token) + text.slice(index + token.length);
    return [1, 2, 3].every(() => readAll(format, changed()) === wanted);
  });
}

function randomText(text, places) {
  let out = '';
  let at = 0;
  for (const { 0: token, index } of places) {
    out += text.slice(at, index) + another(token);
    at = index + token.length;
  }
  return out + text.slice(at);
}

/** Megabytes a second of processor time over what `run` reads. */
function speedOf(bytes, run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return bytes / (user + system);
}

let read = 0;
function readFields(event) {
  for (const field in event) if (event[field] !== undefined) read += 1;
}

function rate(format, pieces) {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  return speedOf(bytes, () => {
    const { reader } = readerOf(format, readFields);
    for (const piece of pieces) reader.lines(piece, 0);
    reader.end();
  });
}

/** Pieces of about `BYTES` together; `next` gives whole lines. */
function piecesOf(next) {
  const pieces = [];
  for (let bytes = 0; bytes < BYTES; bytes += pieces.at(-1).length) {
    let piece = '';
    while (piece.length < PIECE) piece += next();
    pieces.push(piece);
  }
  return pieces;
}

function measure(format) {
  const samples = format.samples
    .map(({ lines }) => Buffer.from(`${lines.join('\n')}\n`).toString('latin1'))
    .map((text) => ({ text, places: freePlaces(format, text) }))
    .filter(({ places }) => places !== undefined);
  if (samples.length === 0) return undefined;
  let turn = 0;
  const next = () => samples[(turn += 1) % samples.length];
  const repeated = piecesOf(() => next().text);
  const random = piecesOf(() => {
    const { text, places } = next();
    return randomText(text, places);
  });
  // The first readings are for the compiler.
  const [, again, , other] = [repeated, repeated, random, random].map((pieces) =>
    rate(format, pieces),
  );
  const row = [format.name, again, other];
  console.error(row[0], ...row.slice(1).map(Math.round));
  return row;
}

/** A binary file, read as it is; of such there is no random kind. */
function measureFile(path) {
  const head = readFileSync(path).subarray(0, 65536).toString('latin1');
  const format = FORMATS.find(({ records }) => records?.isBinary === true && records.detect(head));
  if (format === undefined) throw new Error(`${path} is in no binary format`);
  const end = statSync(path).size;
  const descriptor = openSync(path, 'r');
  const [, mbPerSecond] = [1, 2].map(() =>
    speedOf(end, () => {
      const { reader, account } = readerOf(format, readFields);
      const reading = readRecords(
        descriptor,
        { start: 0, end },
        { format, account, reader, marks: [] },
      );
      while (reading.next().done !== true);
      reader.end();
    }),
  );
  closeSync(descriptor);
  return [`${format.name} (${basename(path)})`, mbPerSecond, undefined];
}

const chosen = FORMATS.filter(({ name }) =>
  BENCH_ONLY.split(',').some((word) => name.includes(word)),
);
const rows = [...chosen.map(measure), ...process.argv.slice(3).map(measureFile)].filter(Boolean);
const table = [
  '| format | repeated, MB/s | random, MB/s |',
  '|---|--:|--:|',
  ...rows.map(
    ([name, ...rates]) =>
      `| ${name} | ${rates.map((each) => each?.toFixed(0) ?? '').join(' | ')} |`,
  ),
].join('\n');
console.error(`${read} fields were read.`);
console.log(table);
if (BENCH_ONLY === '') {
  // What was measured of whole runs stays.
  const [, whole] = readFileSync(TABLE, 'utf8').split(/^(?=## Whole runs)/m);
  writeFileSync(
    TABLE,
    `# Speed of the formats\n\nMade by \`npm run bench -- formats\`: from line to complete event, all fields read, one thread, no rules, megabytes a second\nof processor time. The lines are the samples of the formats.\n\n${table}\n${whole === undefined ? '' : `\n${whole}`}`,
  );
}
