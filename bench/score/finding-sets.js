// The sets whose truth is what must be found, and what must not.
import { findIn } from './program.js';
import { jsonRows, namesIn, readText } from './truth.js';

const LOW = new Set(['low', 'medium', 'high', 'critical']);
const accused = (findings) =>
  new Set(
    findings
      .filter(({ level }) => LOW.has(level))
      .flatMap(({ entities }) => entities['source.ip'] ?? []),
  );
const MEDIUM = new Set(['medium', 'high', 'critical']);
const isAnyFound = (findings, levels = LOW) => findings.some(({ level }) => levels.has(level));

function createTable(set) {
  const rows = new Map();
  return {
    add(what, isAttack, isHit) {
      const row = rows.get(what) ?? { set, what, found: 0, attacks: 0, accused: 0, others: 0 };
      rows.set(what, row);
      if (isAttack) {
        row.attacks += 1;
        if (isHit) row.found += 1;
      } else {
        row.others += 1;
        if (isHit) row.accused += 1;
      }
    },
    rows: () => [...rows.values()].sort((a, b) => (a.what < b.what ? -1 : 1)),
  };
}

/** Addresses that CrowdSec's scenarios name, and the other addresses of the same logs. */
async function crowdsecScenarios() {
  const table = createTable('crowdsec-hub');
  const read = new Set(['nginx', 'apache2', 'syslog']);
  for (const row of jsonRows('crowdsec-hub/truth-scenarios.jsonl')) {
    const text = readText(`crowdsec-hub/.tests/${row.test}/${row.log_file}`);
    if (text === undefined) continue;
    const expected = new Set(
      (row.overflows ?? [])
        .flatMap(({ sources }) => sources ?? [])
        .filter(isAddress)
        .map(bare),
    );
    const named = accused(await findIn(text));
    const product = read.has(row.log_type) ? row.log_type : 'other products';
    // Where CrowdSec ran no scenario it judged nobody: who is named there is told, in a row of its own.
    const isJudged = (row.scenarios ?? []).some((name) => name !== '');
    const what = `addresses, ${isJudged ? product : 'logs that no scenario judged'}`;
    for (const address of expected) table.add(what, true, named.has(address));
    for (const address of new Set(text.match(ADDRESSES) ?? [])) {
      if (!expected.has(address)) table.add(what, false, named.has(address));
    }
  }
  return table.rows();
}

const ADDRESSES = /(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])/g;
/** An IPv4 address as such. */
const bare = (text) => text.replace(/^::ffff:(?=\d+\.)/i, '');
const isAddress = (text) => /^[\da-f.:]*[.:][\da-f.:]*$/i.test(text);

/** Requests of the OWASP core rule set's tests, each as an access line of its own client. */
async function coreruleset() {
  const table = createTable('coreruleset');
  const stages = jsonRows('coreruleset/truth.jsonl').filter(
    ({ crs_class: name, uri, data, expect }) =>
      /-9(?:13|3[0-4]|4[124])-/.test(name) &&
      (data === null || /[?%]/.test(uri ?? '')) &&
      (expect === 'attack' || expect === 'no_match'),
  );
  const addressOf = (index) => `10.9.${index >> 8}.${index & 255}`;
  const lines = stages.map(({ method, uri, headers }, index) => {
    const target = (uri ?? '/').replace(/[^!-~]|["<>\\^`{|}]/g, encodeURIComponent);
    const agent = (headers?.['User-Agent'] ?? '-').replace(/["\n]/g, "'");
    const referrer = (headers?.Referer ?? '-').replace(/["\n]/g, "'");
    return `${addressOf(index)} - - [14/Mar/2026:10:00:00 +0000] "${method ?? 'GET'} ${target} HTTP/1.1" 404 162 "${referrer}" "${agent}"`;
  });
  const named = accused(await findIn(`${lines.join('\n')}\n`));
  stages.forEach(({ crs_class: name, expect, uri, headers }, index) => {
    // What stands in a cookie or a part of a body is not in the line.
    if (isBare(uri ?? '/', headers ?? {})) return;
    const what = name.replace(/REQUEST-|APPLICATION-ATTACK-/g, '');
    table.add(`requests, ${what}`, expect === 'attack', named.has(addressOf(index)));
  });
  return table.rows();
}

/** A request whose line shows nothing but words of a path: the set's own agent, no query, no referrer. */
const isBare = (uri, headers) =>
  /^\/[\w/]*$/.test(uri) &&
  headers.Referer === undefined &&
  /^(?:OWASP CRS test agent|)$/.test(headers['User-Agent'] ?? '');

/**
 * Cloud audit events on which Panther's rules of high severity fire, and on which they do not: at level medium, which is what
 * is wanted, and at low. Rows without a log type are answers of queries, no events.
 */
async function panther() {
  const table = createTable('panther-analysis');
  for (const { log, severity, expected, log_types: types } of jsonRows(
    'panther-analysis/truth.jsonl',
  )) {
    if (severity !== 'High' && severity !== 'Critical') continue;
    const findings = await findIn(`${JSON.stringify(log)}\n`);
    const isEvent = types != null && types.length > 0;
    const source = types?.includes('AWS.CloudTrail') ? 'CloudTrail' : 'other audit logs';
    const what = isEvent ? source : 'answers of queries';
    table.add(`events, ${what}, level low`, expected, isAnyFound(findings));
    table.add(`events, ${what}, level medium`, expected, isAnyFound(findings, MEDIUM));
  }
  return table.rows();
}

/** Techniques detonated by Stratus Red Team, without the user agent that gives it away. */
async function stratus() {
  const table = createTable('stratus-red-team');
  const folder = 'stratus-red-team/docs/detonation-logs';
  for (const name of namesIn(folder)) {
    const events = JSON.parse(readText(`${folder}/${name}`));
    const lines = events.map((event) => JSON.stringify({ ...event, userAgent: 'aws-cli/2.15.30' }));
    const found = (await findIn(`${lines.join('\n')}\n`)).filter(({ level }) => LOW.has(level));
    table.add('techniques', true, found.length > 0);
    table.add(
      'techniques, with their tactic',
      true,
      found.some(({ rule }) => rule.tactics.includes(name.split('.')[1])),
    );
  }
  return table.rows();
}

/** The sets in the order of the table. */
export const FINDING_SETS = { crowdsecScenarios, coreruleset, panther, stratus };
