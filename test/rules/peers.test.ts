/** How the bundled rules do on public attack traffic that nobody here wrote. Prints tables, asserts floors. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Timeline } from '../../src/detect/finding.ts';
import { atLeast, createReplayer, type Replayer } from './replay.ts';

const DATA = '../shared/data';
const isHere = existsSync(DATA);
if (!isHere) process.stderr.write(`skipped rules against public data: ${DATA} is absent\n`);

let replayer: Replayer;
beforeAll(async () => {
  replayer = await createReplayer();
}, 60_000);
afterAll(() => replayer.close());

const rowsOf = <T>(path: string): T[] =>
  readFileSync(`${DATA}/${path}`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

/** Addresses that findings of at least level low name. */
const accused = ({ findings }: Timeline): ReadonlySet<string> =>
  new Set(atLeast(findings, 'low').flatMap(({ entities }) => entities['source.ip'] ?? []));

interface Score {
  attacks: number;
  found: number;
  others: number;
  accused: number;
}

function count(table: Map<string, Score>, key: string, isAttack: boolean, isHit: boolean): void {
  const score = table.get(key) ?? { attacks: 0, found: 0, others: 0, accused: 0 };
  table.set(key, score);
  if (isAttack) score.attacks += 1;
  else score.others += 1;
  if (isHit && isAttack) score.found += 1;
  if (isHit && !isAttack) score.accused += 1;
}

function print(title: string, table: ReadonlyMap<string, Score>): void {
  const rows = [...table].map(
    ([key, { attacks, found, others, accused: wrong }]) =>
      `${key.padEnd(24)} ${`${found}/${attacks}`.padStart(9)} ${(attacks === 0 ? '-' : ((100 * found) / attacks).toFixed(0)).padStart(4)} % ${`${wrong}/${others}`.padStart(9)}`,
  );
  process.stdout.write(
    `\n${title}\n${''.padEnd(24)}     found           accused\n${rows.join('\n')}\n`,
  );
}

const recall = ({ attacks, found }: Score): number => found / attacks;

describe.skipIf(!isHere)('web attacks of the OWASP core rule set', () => {
  interface Stage {
    crs_class: string;
    expect: string;
    method: string | null;
    uri: string | null;
    headers: Record<string, string> | null;
  }

  it('finds most of what an access log can show', async () => {
    const stages = rowsOf<Stage>('coreruleset/truth.jsonl').filter(
      ({ crs_class, uri, expect: kind }) =>
        /-9(?:13|3[0-4]|4[12])-/.test(crs_class) &&
        /[?%]/.test(`${uri}${crs_class.includes('913') ? '?' : ''}`) &&
        (kind === 'attack' || kind === 'no_match'),
    );
    const addressOf = (index: number) => `10.9.${index >> 8}.${index & 255}`;
    const lines = stages.map(({ method, uri, headers }, index) => {
      const target = (uri ?? '/').replace(/[^!-~]|["<>\\^`{|}]/g, encodeURIComponent);
      const agent = (headers?.['User-Agent'] ?? '-').replace(/["\n]/g, "'");
      return `${addressOf(index)} - - [14/Mar/2026:10:00:00 +0000] "${method ?? 'GET'} ${target} HTTP/1.1" 404 162 "-" "${agent}"`;
    });
    const names = accused(await replayer.text(`${lines.join('\n')}\n`));
    const table = new Map<string, Score>();
    stages.forEach(({ crs_class, expect: kind }, index) => {
      const name = crs_class.replace(/REQUEST-|APPLICATION-ATTACK-/g, '');
      count(table, name, kind === 'attack', names.has(addressOf(index)));
    });
    print('core rule set, by class', table);
    for (const [name, floor] of [
      ['930-LFI', 0.85],
      ['931-RFI', 0.9],
      ['932-RCE', 0.45],
      ['933-PHP', 0.65],
      ['934-GENERIC', 0.75],
      ['941-XSS', 0.7],
      ['942-SQLI', 0.6],
    ] as const) {
      expect(recall(table.get(name) as Score), name).toBeGreaterThanOrEqual(floor);
    }
  }, 120_000);
});

describe.skipIf(!isHere)('three web scanners', () => {
  it.each(
    isHere ? readdirSync(`${DATA}/ocatak-apache`).filter((file) => file.endsWith('.txt')) : [],
  )(
    'names the address behind %s',
    async (file) => {
      const path = `${process.cwd()}/${DATA}/ocatak-apache/${file}`;
      const { findings } = await replayer.files([path]);
      const main = readFileSync(path, 'utf8').match(/\d+\.\d+\.\d+\.\d+/)?.[0] as string;
      const rules = atLeast(findings, 'medium').filter(({ entities }) =>
        entities['source.ip']?.includes(main),
      );
      expect(new Set(rules.map(({ rule }) => rule.title)).size).toBeGreaterThanOrEqual(3);
    },
    120_000,
  );
});

describe.skipIf(!isHere)('the scenarios of CrowdSec', () => {
  interface Scenario {
    test: string;
    log_file: string;
    log_type: string;
    overflows: { sources: string[] | null }[];
  }
  /** Formats that the engine reads; the others hold the logs of some 100 further products. */
  const READ = new Set(['nginx', 'apache2', 'syslog']);

  it('names the attacking addresses and few others', async () => {
    const table = new Map<string, Score>();
    for (const { test, log_file, log_type, overflows } of rowsOf<Scenario>(
      'crowdsec-hub/truth-scenarios.jsonl',
    )) {
      const path = `${process.cwd()}/${DATA}/crowdsec-hub/.tests/${test}/${log_file}`;
      if (!existsSync(path)) continue;
      const expected = new Set(
        overflows
          .flatMap(({ sources }) => sources ?? [])
          .filter((source) => /^[\da-f.:]*[.:][\da-f.:]*$/i.test(source)),
      );
      const named = accused(await replayer.files([path]));
      const key = READ.has(log_type) ? log_type : 'other products';
      for (const address of expected) count(table, key, true, named.has(address));
      for (const address of named) if (!expected.has(address)) count(table, key, false, true);
    }
    print('CrowdSec scenarios, addresses by log type', table);
    expect(recall(table.get('nginx') as Score)).toBeGreaterThanOrEqual(0.85);
    expect(recall(table.get('syslog') as Score)).toBeGreaterThanOrEqual(0.4);
    expect(recall(table.get('apache2') as Score)).toBeGreaterThanOrEqual(0.9);
    const all = [...table.values()];
    const found = all.reduce((sum, score) => sum + score.found, 0);
    const wrong = all.reduce((sum, score) => sum + score.accused, 0);
    expect(found / (found + wrong)).toBeGreaterThanOrEqual(0.8);
  }, 240_000);
});

describe.skipIf(!isHere)('the web rules of OSSEC', () => {
  it('sees more than half of the attacks in single lines; comment spam and crawlers are none to us', async () => {
    interface Case {
      log: string;
      groups: string[];
      alert: string;
    }
    const table = new Map<string, Score>();
    for (const { log, groups, alert } of rowsOf<Case>('ossec-tests/truth.jsonl')) {
      if (!groups.includes('web')) continue;
      const { findings, files } = await replayer.text(`${log}\n`);
      if (files[0]?.format !== 'access') continue;
      const isAttack = groups.includes('attack');
      if (isAttack || Number(alert) < 4) {
        count(table, 'access lines', isAttack, atLeast(findings, 'low').length > 0);
      }
    }
    print('OSSEC', table);
    expect(recall(table.get('access lines') as Score)).toBeGreaterThanOrEqual(0.55);
  }, 60_000);
});

describe.skipIf(!isHere)('CloudTrail', () => {
  it('finds every technique of Stratus Red Team, without its user agent', async () => {
    const folder = `${DATA}/stratus-red-team/docs/detonation-logs`;
    const table = new Map<string, Score>();
    for (const file of readdirSync(folder).sort()) {
      const events = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as object[];
      const lines = events.map((event) =>
        JSON.stringify({ ...event, userAgent: 'aws-cli/2.15.30' }),
      );
      const { findings } = await replayer.text(`${lines.join('\n')}\n`);
      const found = atLeast(findings, 'low');
      const tactic = file.split('.')[1] ?? '';
      count(table, 'technique', true, found.length > 0);
      count(
        table,
        'with its tactic',
        true,
        found.some(({ rule }) => rule.tactics.includes(tactic)),
      );
    }
    print('Stratus Red Team', table);
    expect(recall(table.get('technique') as Score)).toBeGreaterThanOrEqual(0.9);
    expect(recall(table.get('with its tactic') as Score)).toBeGreaterThanOrEqual(0.7);
  }, 120_000);

  it('agrees with the examples of Panther', async () => {
    interface Example {
      severity: string;
      log_types: string[] | null;
      expected: boolean;
      log: object;
    }
    const table = new Map<string, Score>();
    const examples = rowsOf<Example>('panther-analysis/truth.jsonl').filter(
      ({ log_types, log }) =>
        log_types?.length === 1 && log_types[0] === 'AWS.CloudTrail' && 'eventName' in log,
    );
    for (const { severity, expected, log } of examples) {
      const { findings } = await replayer.text(`${JSON.stringify(log)}\n`);
      count(table, severity, expected, atLeast(findings, 'medium').length > 0);
    }
    print('Panther, single events: findings of medium and above', table);
    const all = [...table.values()];
    const others = all.reduce((sum, score) => sum + score.others, 0);
    const wrong = all.reduce((sum, score) => sum + score.accused, 0);
    expect(wrong / others).toBeLessThan(0.2);
    expect(recall(table.get('High') as Score)).toBeGreaterThanOrEqual(0.4);
  }, 240_000);
});

describe.skipIf(!isHere)('event names of TrailDiscover', () => {
  it('maps events to the same techniques', () => {
    interface KnownEvent {
      eventName: string;
      mitreAttackTechniques?: string[];
    }
    const known = new Map(
      (
        JSON.parse(readFileSync(`${DATA}/traildiscover/docs/events.json`, 'utf8')) as KnownEvent[]
      ).map(
        ({ eventName, mitreAttackTechniques = [] }) =>
          [eventName, mitreAttackTechniques.map((text) => /T\d{4}/.exec(text)?.[0] ?? '')] as const,
      ),
    );
    const table = new Map<string, Score>();
    for (const { rule } of replayer.choice.ruleSet.rules) {
      if (rule.logsource.service !== 'cloudtrail') continue;
      const ours = rule.tags.map((tag) => /^attack\.(t\d{4})/.exec(tag)?.[1]?.toUpperCase());
      const names = [...rule.searches.values()].flatMap(eventNames);
      for (const name of names) {
        const theirs = known.get(name);
        if (theirs !== undefined)
          count(
            table,
            'events',
            true,
            theirs.some((id) => ours.includes(id)),
          );
      }
    }
    print('TrailDiscover, events with a technique in common', table);
    expect(table.get('events')?.attacks ?? 0).toBeGreaterThan(50);
    expect(recall(table.get('events') as Score)).toBeGreaterThanOrEqual(0.5);
  });
});

/** The values of `eventName` conditions. */
function eventNames(search: unknown): string[] {
  const { kind, of, field, match } = search as {
    kind: string;
    of?: unknown[];
    field?: string;
    match?: { modifiers: string[]; values: unknown[] };
  };
  if (kind === 'field') return field === 'eventName' ? (match?.values ?? []).map(String) : [];
  return (of ?? []).flatMap(eventNames);
}
