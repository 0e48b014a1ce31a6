/** Event logs of other projects, where present: against libevtx's evtxexport, against the same events as JSON, and Sigma's own rules. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createKinds, ruleFits } from '../../../src/detect/fields/log-sources.ts';
import { type Event, isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import { FORMATS } from '../../../src/logs/formats/list.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';
import { parseXml, type XmlElement } from '../../../src/logs/formats/windows/xml-tree.ts';
import { format as windowsEvent } from '../../../src/logs/formats/windows-event.ts';
import { format as windowsJson } from '../../../src/logs/formats/windows-json.ts';
import { textOfRecord } from '../../../src/logs/read-records.ts';
import { compileRuleSet } from '../../../src/sigma/compile-rule-set.ts';
import { parseSigma } from '../../../src/sigma/parse-sigma.ts';
import { resolveField } from '../../detect/bundled-mappings.ts';

const DATA = '../shared/data';
const SIGMA = `${DATA}/sigma`;
const isPresent = existsSync(`${SIGMA}/truth-regression.jsonl`);
if (!isPresent) process.stdout.write(`windows peers: ${DATA} is absent, skipped\n`);
const hasTool = spawnSync('evtxexport', ['-V']).error === undefined;
if (isPresent && !hasTool) process.stdout.write('windows peers: no evtxexport, not compared\n');

const filesBelow = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.evtx'))
        .sort()
        .map((name) => `${folder}/${name}`)
    : [];
const FILES = [
  ...filesBelow(`${SIGMA}/regression_data`),
  ...filesBelow(`${DATA}/evtx-attack-samples`),
];

interface ReadEvent {
  event: Event;
  text: string;
}

/** All events of a file. Throws where one cannot be read, or something is wrong with the whole. */
function eventsOf(format: LogFormat, path: string): ReadEvent[] {
  const splitter = format.records!.splitter(false);
  const records = [...splitter.push(readFileSync(path).toString('latin1')), ...splitter.end()];
  const problem = splitter.problem?.();
  if (problem !== undefined) throw new Error(`${path}: ${problem}`);
  return records.map((record) => {
    const text = textOfRecord(record);
    const event = format.parse(text, createClock({ zone: 'UTC' }));
    if (record.skip !== undefined || isSkip(event)) throw new Error(`${path}: ${record.skip}`);
    return { event, text };
  });
}

/** Numbers in hexadecimal without zeros in front, times with seven digits: the tool pads both. */
const plain = (text: string): string =>
  text
    .replace(/^0x0+(?=[\da-f])/, '0x')
    .replace(/^(\d{4}-\d\d-\d\dT[\d:]{8}\.\d{7})\d{2}Z$/, '$1Z')
    .replace(/\r\n/g, '\n')
    .trim();

/** Names, attributes and texts of an element and all in it. */
const leavesOf = ({ name, attributes, children, text }: XmlElement): unknown[] => [
  [name, Object.entries(attributes).map(([key, value]) => `${key}=${plain(value)}`), plain(text)],
  ...children.flatMap(leavesOf),
];

describe.skipIf(!isPresent || !hasTool)('equal to evtxexport', () => {
  it.each(FILES)('%s', (path) => {
    const said = execFileSync('evtxexport', ['-f', 'xml', path], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    const expected = said.match(/<Event [\s\S]*?<\/Event>/g) ?? [];
    const found = eventsOf(windowsEvent, path);
    expect(found.length).toBeGreaterThan(0);
    expect(found.map(({ text }) => leavesOf(parseXml(text)!))).toEqual(
      expected.map((text) => leavesOf(parseXml(text)!)),
    );
  });
});

interface Case {
  rule_path: string;
  match_count: number | null;
  evtx: string | null;
  json: string[] | null;
}

const CASES: readonly Case[] = isPresent
  ? readFileSync(`${SIGMA}/truth-regression.jsonl`, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Case)
  : [];
const existing = (paths: readonly (string | null)[]): string[] =>
  paths.flatMap((path) =>
    path !== null && existsSync(`${SIGMA}/${path}`) ? `${SIGMA}/${path}` : [],
  );

describe.skipIf(!isPresent)('the same events as EVTX and as JSON', () => {
  const twins = CASES.flatMap(({ evtx, json }) => {
    const [left] = existing([evtx]);
    const [right] = existing(json ?? []);
    return left !== undefined && right !== undefined ? [[left, right] as const] : [];
  });

  it('are there', () => expect(twins.length).toBeGreaterThanOrEqual(15));

  /** evtx_dump leaves out the braces of a GUID and blanks at the end. */
  const withoutBraces = (value: unknown): unknown =>
    typeof value === 'string' ? value.replace(/^\{([\dA-F-]{36})\}$/i, '$1').trimEnd() : value;
  const saidBy = ({ event }: ReadEvent): unknown => {
    const { winlog = {}, raw: _, message: __, format: ___, ...fields } = event;
    const data = (winlog['event_data'] ?? winlog['user_data'] ?? {}) as Record<string, unknown>;
    const values = Object.entries(data).map(([name, value]) => [name, withoutBraces(value)]);
    const said = Object.entries(fields).map(([name, value]) => [name, withoutBraces(value)]);
    return { said, guid: withoutBraces(winlog['provider_guid']), values };
  };

  it.each(twins)('%s', (evtx, json) => {
    const found = eventsOf(windowsEvent, evtx).map(saidBy);
    expect(found.length).toBeGreaterThan(0);
    expect(found).toEqual(eventsOf(windowsJson, json).map(saidBy));
  });
});

describe.skipIf(!isPresent)("SigmaHQ's regression data", () => {
  const kindOf = createKinds(FORMATS);

  const hits = (rulePath: string, { event, text }: ReadEvent): boolean => {
    const { documents } = parseSigma(readFileSync(`${SIGMA}/${rulePath}`, 'utf8'), rulePath);
    const { source } = kindOf(event);
    return compileRuleSet(documents, resolveField).ruleSet.rules.some(
      ({ rule, test }) => ruleFits(rule.logsource, source) && test(event, text),
    );
  };

  it('every rule fires on the events that are there for it, as EVTX and as JSON', () => {
    let asked = 0;
    const silent: string[] = [];
    for (const { rule_path: path, evtx, json } of CASES) {
      const logs = [
        ...existing([evtx]).map((file) => [windowsEvent, file] as const),
        ...existing(json ?? []).map((file) => [windowsJson, file] as const),
      ];
      for (const [format, file] of logs) {
        asked += 1;
        if (!eventsOf(format, file).some((read) => hits(path, read))) silent.push(file);
      }
    }
    process.stdout.write(`SigmaHQ regression: ${asked - silent.length} of ${asked} logs fire\n`);
    expect(silent).toEqual([]);
    expect(asked).toBeGreaterThan(100);
  });
});
