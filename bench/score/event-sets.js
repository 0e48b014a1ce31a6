// The sets whose truth is fields of single lines.

import { createTally, isSameLevel, isSameTime, isSameUrl, timeOf } from './claims.js';
import { isListed } from './families.js';
import { readTexts } from './program.js';
import { csvRows, jsonRows, lineCount, readText } from './truth.js';

/** Fields of which there is one right value, whoever reads the line. */
const ECS_FIELDS = [
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'user.name',
  'host.name',
  'host.hostname',
  'process.name',
  'process.pid',
  'event.outcome',
  'http.request.method',
  'http.response.status_code',
  'http.response.body.bytes',
  'http.version',
  'url.original',
  'url.path',
  'url.query',
  'url.domain',
  'user_agent.original',
  'log.level',
];

/** Fields that can be written in more than one way. */
const SAME = {
  'log.level': isSameLevel,
  // The client that stands before the words has a field of its own.
  message: (claim, truth) => truth.trimEnd().endsWith(claim.trimEnd()),
  // Some make the whole address of a request that names its path alone.
  'url.original': (claim, truth) =>
    isSameUrl(claim, truth) || (claim.startsWith('/') && truth.endsWith(claim)),
  // ECS has the number alone.
  'http.version': (claim, truth) => claim === truth.replace(/^HTTP\//, ''),
  'url.path': isSameUrl,
  'url.query': isSameUrl,
};

/** Rows grouped as the files they came from, each with the line of its file at which it begins. */
function filesOf(rows, keyOf, textOf) {
  const files = new Map();
  for (const row of rows) {
    const key = keyOf(row);
    const file = files.get(key) ?? { key, text: '', line: 1, rows: [] };
    files.set(key, file);
    const text = textOf(row);
    file.rows.push({ row, line: file.line });
    file.text += `${text}\n`;
    file.line += lineCount(text);
  }
  return [...files.values()];
}

/** Reads the rows as their files and hands out each row with its event. */
async function eachRow(rows, keyOf, textOf, context, take) {
  const files = filesOf(rows, keyOf, textOf);
  const read = await readTexts(
    files.map(({ text }) => text),
    context,
  );
  files.forEach(({ key, rows: own }, index) => {
    for (const { row, line } of own) take(row, read[index].get(line), `${key}:${line}`);
  });
}

/** Lines of some hundred products with the ECS documents that Elastic's pipelines make of them. */
async function elastic(set) {
  const tally = createTally(set);
  const listed = createTally(`${set}, listed families`);
  const rows = jsonRows(`${set}/truth.jsonl`)
    .filter(({ input, dropped }) => input !== null && dropped !== true)
    .map((row) => ({ ...row, input: lineOf(row.input) }))
    .filter(({ input }) => input !== undefined);
  let read = 0;
  await eachRow(
    rows,
    ({ file }) => file,
    ({ input }) => input,
    {},
    (row, event, place) => {
      const { expected } = row;
      if (event !== undefined) read += 1;
      const zone = expected['event.timezone'];
      for (const each of isListed(set, row.file) ? [tally, listed] : [tally]) {
        each.compare('@timestamp', timeOf(event), expected['@timestamp'], place, (claim, truth) =>
          isSameTime(claim, truth, zone),
        );
        for (const field of ECS_FIELDS)
          each.compare(field, event?.[field], trueValue(field, expected), place, SAME[field]);
      }
    },
  );
  return { tally, listed, notes: [['lines read', read, rows.length]] };
}

/**
 * A line as it came to the collector, taken out of what it made of it; undefined for records that the collector
 * put together from several and looked things up for.
 */
function lineOf(input) {
  if (typeof input === 'string') return input;
  const original = input.event?.original ?? input.message;
  if (typeof original === 'string') return original;
  return original === undefined ? JSON.stringify(input.json ?? input) : undefined;
}

/** Some of their documents have the address of an account whole, some its part before the `@`. */
function trueValue(field, expected) {
  const value = expected[field];
  if (field !== 'user.name' || !value) return value;
  const domain = expected['user.domain'];
  return [value, expected['user.email'] ?? [], domain ? `${value}@${domain}` : []].flat();
}

/** fail2ban's sample lines: who failed to log in, when, from where. */
async function fail2ban() {
  const tally = createTally('fail2ban');
  const rows = jsonRows('fail2ban/truth.jsonl');
  const seen = { failures: 0, found: 0, quiet: 0, accused: 0 };
  await eachRow(
    rows,
    // Its samples are no log: each is read as a file of its own.
    ({ file, lineno }) => `${file}#${lineno}`,
    ({ line }) => line,
    { zone: 'Europe/Zurich', reference: '2005-08-14T23:59:59+02:00' },
    (row, event, place) => {
      const outcome = event?.['event.outcome'];
      if (row.match === true) {
        seen.failures += 1;
        if (outcome === 'failure') seen.found += 1;
        // What else it bans (a request that was answered) did not fail.
        if (event?.['event.category']?.includes('authentication'))
          tally.compare('event.outcome', outcome, 'failure', place);
      } else if (row.match === false) {
        seen.quiet += 1;
        if (outcome === 'failure') seen.accused += 1;
      }
      const isStamped = event?.timeUs !== undefined;
      tally.compare(
        '@timestamp',
        isStamped ? zurich(event.timeUs) : undefined,
        row.time?.replace(/-(\d)T/, '-0$1T'),
        place,
      );
      if (row.match !== true || row.host_in_line === false) return;
      const source = event?.['source.ip'] ?? event?.['source.address'];
      tally.compare('source.address', source, row.host, place);
      tally.compare('user.name', event?.['user.name'], row.user, place);
    },
  );
  return {
    tally,
    notes: [
      ['failures that read as failures', seen.found, seen.failures],
      ['lines that fail2ban leaves alone and that read as failures', seen.accused, seen.quiet],
    ],
  };
}

const ZURICH = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Zurich',
  dateStyle: 'short',
  timeStyle: 'medium',
});
const zurich = (timeUs) => ZURICH.format(timeUs / 1000).replace(' ', 'T');

/** CrowdSec's parser tests: source, account and time of lines of some two hundred services. */
async function crowdsecParsers() {
  const tally = createTally('crowdsec-hub (parsers)');
  const stages = jsonRows('crowdsec-hub/truth-parsers.jsonl');
  const logs = new Map();
  for (const { test, log_file: file } of stages) {
    const text = readText(`crowdsec-hub/.tests/${test}/${file}`);
    if (text !== undefined) logs.set(`${test}/${file}`, text);
  }
  const texts = [...logs.values()];
  const read = await readTexts(texts);
  const names = [...logs.keys()];
  const isDone = new Set();
  for (const { test, log_file: file, stage, results } of stages) {
    const index = names.indexOf(`${test}/${file}`);
    if (index < 0 || stage === 's00-raw') continue;
    const lineOf = createLineFinder(texts[index]);
    for (const { success, parsed, meta } of results) {
      const line = success === true ? lineOf(parsed?.message) : undefined;
      const place = `${names[index]}:${line}`;
      if (line === undefined || !(meta?.log_type || meta?.service)) continue;
      if (isDone.has(place)) continue;
      isDone.add(place);
      compareMeta(tally, read[index].get(line), meta, place);
    }
  }
  return { tally, notes: [] };
}

function compareMeta(tally, event, meta, place) {
  const claim = timeOf(event);
  // The year is that in which their truth was made.
  const by = claim?.by === 'exact' ? 'exact' : 'year-inferred';
  const time = claim === undefined ? undefined : { ...claim, by };
  tally.compare('@timestamp', time, meta.timestamp, place, isSameTime);
  const user = saidOf(meta.username ?? meta.user ?? meta.target_user);
  tally.compare('user.name', event?.['user.name'], unquoted(user), place);
  for (const [field, name] of CROWDSEC_FIELDS) {
    tally.compare(field, event?.[field], saidOf(meta[name]), place);
  }
}

const CROWDSEC_FIELDS = [
  ['source.ip', 'source_ip'],
  ['http.response.status_code', 'http_status'],
  ['http.request.method', 'http_verb'],
  ['user_agent.original', 'http_user_agent'],
];

/** A dash or a zero stands where there was nothing. */
const saidOf = (text) => (/^(?:-|N\/A|0)$/.test(text ?? '') ? undefined : text);

const unquoted = (text) => text?.replace(/^(['"])(.*)\1$/, '$2');

/** Their results have no line numbers, but the message: the next line that ends with it. */
function createLineFinder(text) {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const from = new Map();
  return (message) => {
    const wanted = message?.trimEnd();
    if (!wanted) return undefined;
    const start = from.get(wanted) ?? 0;
    const found = lines.findIndex((line, index) => index >= start && line.endsWith(wanted));
    if (found < 0) return undefined;
    from.set(wanted, found + 1);
    return found + 1;
  };
}

/** Columns of LogHub's structured samples, as ECS fields. */
const LOGHUB = {
  OpenSSH: { Component: 'host.hostname', Pid: 'process.pid', Content: 'message' },
  Apache: { Level: 'log.level', Content: 'message' },
  Hadoop: {
    Level: 'log.level',
    Process: 'process.thread.name',
    Component: 'log.logger',
    Content: 'message',
  },
  Zookeeper: { Level: 'log.level', Content: 'message' },
  HDFS: { Level: 'log.level', Component: 'log.logger', Pid: 'process.pid', Content: 'message' },
  Windows: { Level: 'log.level', Content: 'message' },
  Proxifier: { Program: 'process.name', Content: 'message' },
};

/** 2,000 lines of each of some systems with their columns. */
async function loghub() {
  const tally = createTally('loghub');
  const notes = [];
  for (const [name, columns] of Object.entries(LOGHUB)) {
    const text = readText(`loghub/${name}/${name}_2k.log`);
    const rows = csvRows(`loghub/${name}/${name}_2k.log_structured.csv`);
    if (text === undefined || rows.length === 0) continue;
    const [events] = await readTexts([text]);
    notes.push([`lines of ${name} read`, events.size, rows.length]);
    for (const row of rows) {
      const event = events.get(Number(row.LineId));
      const place = `${name}:${row.LineId}`;
      for (const [column, field] of Object.entries(columns))
        tally.compare(field, event?.[field], row[column], place, SAME[field]);
      tally.compare('@timestamp', timeOf(event), stampOf(row), place, (claim, truth) =>
        isSameTime({ ...claim, by: 'year-inferred' }, truth),
      );
    }
  }
  return { tally, notes };
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** The columns of a row as one stamp; undefined for the dates that are written without separators. */
function stampOf({ Date: date = '', Day: day = '', Time: time = '' }) {
  const month = MONTHS.indexOf(date) + 1;
  if (month > 0) return `2000-${pad(month)}-${pad(day)}T${time}`;
  const text = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) (\d\d) ([\d:]+) (\d{4})$/.exec(time);
  if (text !== null) return `${text[4]}-${pad(MONTHS.indexOf(text[1]) + 1)}-${text[2]}T${text[3]}`;
  const short = /^(\d\d)\.(\d\d) ([\d:]+)$/.exec(time);
  if (short !== null) return `2000-${short[1]}-${short[2]}T${short[3]}`;
  if (/^\d{6}$/.test(date) && /^\d{6}$/.test(time)) {
    const [yy, mm, dd] = date.match(/../g);
    const [hour, minute, second] = time.match(/../g);
    return `20${yy}-${mm}-${dd}T${hour}:${minute}:${second}`;
  }
  return `${date}T${time}`;
}
const pad = (number) => String(number).padStart(2, '0');

/** The sets in the order of the table. */
export const EVENT_SETS = {
  fail2ban,
  'elastic-integrations': () => elastic('elastic-integrations'),
  'elastic-beats': () => elastic('elastic-beats'),
  'crowdsec-hub (parsers)': crowdsecParsers,
  loghub,
};
