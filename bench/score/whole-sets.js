// The sets whose truth is of whole files, records or lines: counts, stamps, families, twins.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isSameLevel, plain } from './claims.js';
import { equalToTool, equalTwins } from './evtx-sets.js';
import { readFile, readTexts } from './program.js';
import { DATA, jsonRows, readText } from './truth.js';

/** Rows in the order in which they first came, each with how many of how many are right. */
function createRows() {
  const rows = new Map();
  return {
    add(set, what, isRight, place) {
      const key = `${set}\n${what}`;
      const row = rows.get(key) ?? { set, what, right: 0, of: 0, misses: [] };
      rows.set(key, row);
      row.of += 1;
      if (isRight) row.right += 1;
      else row.misses.push(place);
    },
    all: () => [...rows.values()],
  };
}

/** Which of our formats lnav's are; what is not here is none of the families that are to be read. */
const LNAV = {
  alb_log: 'aws-load-balancer',
  cups_log: 'cups',
  xerror_log: 'cups',
  glog_log: 'klog',
  laravel_log: 'laravel',
  mysql_error_log: 'mysql-error',
  mysql_gen_log: 'mysql-general',
  mysql_slow_log: 'mysql-slow',
  postgres_log: 'postgresql',
  rails_log: 'rails',
  redis_log: 'redis',
  s3_log: 's3-access',
  syslog_log: 'syslog',
  unifi_iptables_log: 'syslog',
  uwsgi_log: 'uwsgi',
  zblued_log: 'syslog',
};

/** lnav's sample lines, each read as a file of its own: the family, and that a line is an event at all. */
async function lnav(rows) {
  const samples = jsonRows('lnav/truth-samples.jsonl');
  const textOf = ({ line }) => (typeof line === 'string' ? line : JSON.stringify(line));
  const read = await readTexts(samples.map(textOf));
  for (const [index, sample] of samples.entries()) {
    const event = read[index].get(1);
    const place = `${sample.format}: ${textOf(sample).slice(0, 100)}`;
    const family = LNAV[sample.format];
    if (family !== undefined)
      rows.add('lnav', 'listed families: family of a sample', event?.format === family, place);
    rows.add('lnav', 'samples that are events', event !== undefined, place);
  }
}

/** Families of plaso's files that are to be read. */
const PLASO =
  /^(?:apt_history|azure_\w+|bash_history|cri|gcp_log|microsoft365_audit_log|postgresql|selinux|vsftpd|winfirewall|zsh_extended_history)$/;
/** What plaso counts otherwise: a cut line as a line, a record of auditd as an event, a broken line as one with a warning. */
const COUNTED_OTHERWISE = /^(?:cri\.log|audit_enriched\.log|selinux\.log)$/;
/** The fields of its truth that are when the line was written. */
const WRITTEN = /^(?:recorded|written|added|start|last_written)_time$/;

async function plaso(rows) {
  for (const { format, input, present, events, ...row } of jsonRows('plaso/truth.jsonl')) {
    const path = join(DATA, 'plaso/test_data', input);
    if (present === false || !existsSync(path)) continue;
    const read = await readFile(path);
    for (const each of PLASO.test(format) ? ['listed families', 'all'] : ['all']) {
      const count = row.number_of_event_data;
      if (count !== null && !COUNTED_OTHERWISE.test(input))
        rows.add('plaso', `${each}: events of a file`, read.events.length === count, input);
      for (const { expected } of events) {
        for (const [name, time] of Object.entries(expected)) {
          if (!WRITTEN.test(name)) continue;
          const isThere = read.events.some(({ event }) => isAt(event, time));
          rows.add('plaso', `${each}: exact stamps`, isThere, `${input} ${name} ${time}`);
        }
      }
    }
  }
}

/** Is that the time of the event, to the millisecond; without the year where the truth has none? */
function isAt({ timeUs }, time) {
  if (timeUs === undefined) return false;
  const iso = new Date(timeUs / 1000).toISOString();
  const isYearless = /^000\d-/.test(time);
  if (isYearless) return iso.slice(5, 19) === time.slice(5, 19);
  const wanted = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/.test(time) ? time : `${time}Z`);
  return Math.floor(timeUs / 1000) === wanted;
}

/** Specs of logstash's patterns whose lines are of the families that are to be read. */
const LOGSTASH =
  /^(?:aws|bind|bro|exim|firewalls|haproxy|httpd|java|mongodb|rails3|redis|squid|syslog)_spec/;
/** The leaves of its expectations that every reader of the line must have somewhere. */
const LEAVES = new Set(
  'ip port address domain method status_code original path version pid level hostname'.split(' '),
);

/** Rows of columns without the header that names them: no file of them is without. */
const HEADLESS = /^(?:BRO|ZEEK|CLOUDFRONT)_/;

/** A message as the line that it stands in: some patterns take a part of one. */
function lineOfMessage({ pattern, message }) {
  const number = /^CISCOFW(\d{6})/.exec(pattern)?.[1];
  if (number !== undefined && !/^\W?(?:%|\w+ \d+ )/.test(message))
    return `%ASA-4-${number}: ${message.replace(/^ASA-\d-\d+: /, '')}`;
  return pattern === 'BIND9_QUERYLOGBASE'
    ? `24-Nov-2026 10:00:01.000 queries: info: ${message}`
    : message;
}

/** The values that logstash's own tests expect of a line and that stand in it, wherever we have them. */
async function logstash(rows) {
  const samples = jsonRows('logstash-patterns-core/examples.jsonl').filter(
    ({ spec, pattern, expect_ecs: expected }) =>
      expected?.length > 0 && !spec.startsWith('core') && !HEADLESS.test(pattern),
  );
  const read = await readTexts(samples.map(lineOfMessage));
  for (const [index, { spec, pattern, message, expect_ecs: expected }] of samples.entries()) {
    const event = read[index].get(1);
    const values = new Set(valuesOf(event ?? {}).map(plain));
    const isThere = (leaf, value) =>
      leaf === 'level' ? isSameLevel(event?.['log.level'] ?? '', value) : values.has(plain(value));
    for (const each of LOGSTASH.test(spec) ? ['listed families', 'all'] : ['all']) {
      const add = (what, isRight, place) =>
        rows.add('logstash-patterns-core', `${each}: ${what}`, isRight, place);
      for (const [leaf, value] of expected) {
        if (!message.includes(String(value))) continue;
        const place = `${pattern} ${leaf} ${value}: ${message.slice(0, 90)}`;
        if (leaf === 'timestamp') add('lines with a time', event?.timeUs !== undefined, place);
        else if (LEAVES.has(leaf)) add('values', isThere(leaf, value), place);
      }
    }
  }
}

const valuesOf = (value) =>
  value !== null && typeof value === 'object' ? Object.values(value).flatMap(valuesOf) : [value];

/** Every line of every file is an event, a part of one, or skipped and counted. */
async function accounts(rows) {
  for (const path of filesBelow(DATA)) {
    let isRight = true;
    try {
      const { files } = await readFile(path);
      isRight = files.every(
        ({ lines, parsed, joined, skipped }) => parsed + joined + skipped === lines,
      );
    } catch {
      isRight = false;
    }
    rows.add(
      'every file of every set',
      'no crash, and parsed + joined + skipped = lines',
      isRight,
      path,
    );
  }
}

function* filesBelow(folder) {
  for (const name of readdirSync(folder).sort()) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** Zeek's logs in columns and as JSON: the same records with the same values. */
async function zeek(rows) {
  for (const name of ['ssh', 'ftp', 'kerberos', 'notice', 'smb_mapping', 'dpd']) {
    const columns = join(DATA, `zed-zeek/zeek-default/${name}.log`);
    const json = join(DATA, `zed-zeek/zeek-json/${name}.json`);
    if (!existsSync(columns) || !existsSync(json)) continue;
    const [left, right] = await Promise.all([columns, json].map(readFile));
    const wanted = new Map();
    for (const { event } of right.events) count(wanted, said(event), 1);
    for (const { event } of left.events) {
      const key = said(event);
      rows.add(
        'zed-zeek',
        'records in columns that the JSON has, too',
        (wanted.get(key) ?? 0) > 0,
        name,
      );
      count(wanted, key, -1);
    }
  }
}

const count = (counts, key, by) => counts.set(key, (counts.get(key) ?? 0) + by);
/** The event but for what Zeek writes into one of the two alone. */
const said = ({ raw: _, message: __, format: ___, ...event }) =>
  JSON.stringify(Object.entries(event).sort());

/** Records of auditd: one event for each of their numbers, no line lost. */
async function auditd(rows) {
  const files = [
    ...['out_of_order', 'normal', 'lost_messages'].map(
      (name) => `go-libaudit/testdata/${name}.log`,
    ),
    ...(existsSync(join(DATA, 'laurel/src/testdata'))
      ? readdirSync(join(DATA, 'laurel/src/testdata'))
          .filter((name) => name.endsWith('.txt'))
          .map((name) => `laurel/src/testdata/${name}`)
      : []),
  ];
  for (const file of files) {
    const ids = new Set(
      [...(readText(file) ?? '').matchAll(/audit\(([^)]+)\)/g)].map(([, id]) => id),
    );
    if (ids.size === 0) continue;
    const { events } = await readFile(join(DATA, file));
    const [set] = file.split('/');
    rows.add(set, 'files with one event for each number', events.length === ids.size, file);
  }
}

/** EVTX files: the records that another reader gives, and the same events as JSON. */
async function evtx(rows) {
  for (const path of filesBelow(DATA)) {
    if (!path.endsWith('.evtx')) continue;
    const isSame = equalToTool(path);
    if (isSame !== undefined)
      rows.add('EVTX', 'files equal to evtxexport, every name and value', isSame, path);
  }
  for (const [left, right, isSame] of equalTwins(DATA))
    rows.add('EVTX', 'files equal to their JSON twins', isSame, `${left} ${right}`);
}

/** All of them, as rows. */
export async function wholeSets() {
  const rows = createRows();
  for (const score of [lnav, plaso, logstash, evtx, zeek, auditd, accounts]) await score(rows);
  return rows.all();
}
