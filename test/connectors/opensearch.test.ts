/** A real OpenSearch: what is pushed is there once, and a place says what its files say. */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hunt } from '../../src/commands/hunt.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { pull } from '../../src/commands/pull.ts';
import { push } from '../../src/commands/push.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { type TimelineResult, timeline } from '../../src/commands/timeline.ts';
import { testContext } from '../commands/test-context.ts';
import { play } from '../drills/play.ts';
import { isShared } from '../needs.ts';
import { canStart, type OpenSearchNode, startNode } from '../opensearch/node.ts';

/** What findings say, but for where the lines stand. */
function told({ timeline: { findings } }: TimelineResult): string[] {
  return findings
    .map(({ rule, level, count, firstUs, lastUs, entities }) =>
      JSON.stringify([rule.id, level, count, firstUs, lastUs, entities]),
    )
    .sort();
}

const SIGMA = resolve('../shared/data/sigma');

/** A tenth of what was looked at once; IR_TEST_SIGMA=300 is all of it. */
const SAMPLE = Number(process.env['IR_TEST_SIGMA'] ?? 30);

/** Those that have events in SigmaHQ's own tests, which come along, then others in an order that says nothing of them. */
function sampleOf(count: number): { rules: string[]; logs: string[] } {
  const tested = readFileSync(join(SIGMA, 'truth-regression.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { rule_path: string; json: string[] })
    .slice(0, count);
  const order = (path: string): string => createHash('sha256').update(basename(path)).digest('hex');
  const others = readdirSync(join(SIGMA, 'rules'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.yml'))
    .map((path) => join('rules', path))
    .sort((one, other) => (order(one) < order(other) ? -1 : 1));
  const rules = [...new Set([...tested.map((row) => row.rule_path), ...others])].slice(0, count);
  return { rules, logs: tested.flatMap(({ json }) => json).map((path) => join(SIGMA, path)) };
}

/** The ids of the rules in a folder. */
const namesIn = (rules: string): string[] =>
  readdirSync(rules).flatMap(
    (name) => /^id: (\S+)/m.exec(readFileSync(join(rules, name), 'utf8'))?.[1] ?? [],
  );

describe.skipIf(!canStart())('a real OpenSearch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ir-connectors-'));
  const logs = join(folder, 'logs');
  let node: OpenSearchNode;
  let place: string;
  let ofFiles: string[] = [];
  const context = testContext({
    cwd: folder,
    store: join(folder, '.ir'),
    format: 'json',
    env: { XDG_CONFIG_HOME: folder, HOME: folder },
  });
  const found = async (path: string): Promise<string[]> => {
    const options = { level: 'informational', fold: 'none', workers: '0' } as const;
    return told((await timeline(context, [path], options)).result as TimelineResult);
  };

  beforeAll(async () => {
    await play('database-host', { folder: logs, seed: 7 });
    node = await startNode();
    place = `opensearch+http://${node.host}/ir-logs`;
  });
  afterAll(async () => {
    await node?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('takes every event once, and says of them what the files say', async () => {
    const first = (await push(context, `${place}?replicas=0`, ['logs'], {})).result.document;
    const again = (await push(context, place, ['logs'], {})).result.document;
    const { written } = first as { written: number };
    expect(written).toBeGreaterThan(1000);
    expect(again).toMatchObject({ written: 0, known: written, refused: 0 });
    ofFiles = await found('logs');
    expect(ofFiles.length).toBeGreaterThan(5);
    expect(await found(place)).toEqual(ofFiles);
  });

  it('is hunted in with the answer of the files, and brings a part of the documents', async () => {
    const said: string[] = [];
    const options = { level: 'informational', fold: 'none', workers: '0' } as const;
    const heard = { ...context, say: (text: string) => void said.push(text) };
    const { result } = await hunt(heard, place, options);
    expect(told(result as TimelineResult)).toEqual(ofFiles);
    const brought = Number(/: (\d+) documents brought/.exec(said.join())?.[1]);
    expect(brought).toBeGreaterThan(0);
    await expect(hunt(context, place, { ...options, maxHits: '1' })).rejects.toThrow('more than 1');
  });

  it.skipIf(!isShared('the rules of SigmaHQ', SIGMA))(
    `is hunted in by ${SAMPLE} rules of SigmaHQ with the answer of the files`,
    async () => {
      const chosen = sampleOf(SAMPLE);
      const rules = join(folder, 'sigma');
      mkdirSync(rules);
      for (const path of chosen.rules) copyFileSync(join(SIGMA, path), join(rules, basename(path)));
      const seen = { level: 'informational', fold: 'none', workers: '0' } as const;
      const options = { ...seen, rules: [rules], userRules: false, rule: [...namesIn(rules)] };
      const where = place.replace('ir-logs', 'ir-windows');
      const { document } = (await push(context, `${where}?replicas=0`, chosen.logs, {})).result;
      expect(document).toMatchObject({ refused: 0 });
      const files = (await timeline(context, chosen.logs, options)).result as TimelineResult;
      const hit = new Set(files.timeline.findings.map(({ rule }) => rule.id));
      expect(hit.size).toBeGreaterThan(SAMPLE / 6);
      expect(told((await hunt(context, where, options)).result as TimelineResult)).toEqual(
        told(files),
      );
    },
    180_000,
  );

  it('counts groups there first where there are very many, and brings those that may fire', async () => {
    const lines = Array.from({ length: 1_500 }, (_, one) => {
      const guesser =
        one < 10
          ? `2001:db8:0:9::${one}`
          : `${one % 2 === 0 ? `198.18.${one >> 8}.${one & 255}` : `2001:db8:${one.toString(16)}::1`}`;
      const minute = one < 10 ? 0 : Math.floor(one / 200);
      const stamp = `Nov 24 10:${String(minute).padStart(2, '0')}:${String(one % 60).padStart(2, '0')}`;
      return `${stamp} web01 sshd[${1000 + one}]: Failed password for root from ${guesser} port ${20_000 + one} ssh2\n`;
    });
    writeFileSync(join(folder, 'auth.log'), lines.join(''));
    const where = place.replace('ir-logs', 'ir-many');
    await push(context, `${where}?replicas=0`, ['auth.log'], {});
    const said: string[] = [];
    const options = {
      level: 'informational',
      fold: 'none',
      workers: '0',
      rule: ['ssh_brute_force'],
    } as const;
    const heard = { ...context, say: (text: string) => void said.push(text) };
    const { result } = await hunt(heard, where, { ...options, worthIt: 1000 });
    const files = await timeline(context, ['auth.log'], options);
    expect(told(files.result as TimelineResult).length).toBeGreaterThan(0);
    expect(told(result as TimelineResult)).toEqual(told(files.result as TimelineResult));
    const brought = Number(/: (\d+) documents brought/.exec(said.join())?.[1]);
    expect(brought).toBe(10);
  }, 180_000);

  describe('a search that takes long', () => {
    // Some tenths of a millisecond of work for each document; a search looks up after the first 2,048 of them.
    const source =
      'double x = 0; for (int i = 0; i < 20000; ++i) { x += Math.sin(i) } return x > 1e9';
    const query = JSON.stringify({ script: { script: { source } } });
    const options = { query, rule: ['web_xss'], workers: '0' } as const;
    const slow = (): string => place.replace('ir-logs', 'ir-slow');
    const answerOf = async (path: string, more?: RequestInit): Promise<Record<string, unknown>> =>
      (await (await fetch(`${node.url}${path}`, more)).json()) as Record<string, unknown>;
    const searches = async (): Promise<{ cancelled: boolean; description: string }[]> => {
      const { tasks } = await answerOf(
        '/_tasks?actions=indices:data/read/search&detailed&group_by=none',
      );
      return tasks as { cancelled: boolean; description: string }[];
    };

    beforeAll(async () => {
      const mappings = { dynamic: false, properties: { '@timestamp': { type: 'date' } } };
      const headers = { 'content-type': 'application/json' };
      const settings = { number_of_replicas: 0 };
      await answerOf('/ir-slow', {
        method: 'PUT',
        headers,
        body: JSON.stringify({ settings, mappings }),
      });
      const line = '{"index":{}}\n{"@timestamp":"2026-11-24T10:00:00Z"}\n';
      const bulk = { method: 'POST', headers, body: line.repeat(8000) };
      expect(await answerOf('/ir-slow/_bulk?refresh=true', bulk)).toMatchObject({ errors: false });
    });
    afterEach(async () => {
      // A point in time is given back however the hunt ended.
      expect(await answerOf('/_search/point_in_time/_all')).toMatchObject({ pits: [] });
    });

    it('is ended by the cluster after --max-time, told, and not asked again', async () => {
      const said: string[] = [];
      const heard = { ...context, say: (text: string) => void said.push(text) };
      await expect(hunt(heard, slow(), { ...options, maxTime: '1' })).rejects.toMatchObject({
        exit: 5,
        message: expect.stringContaining('took longer than was allowed'),
        hint: expect.stringContaining('--max-time'),
      });
      expect(said).toEqual([]);
    });

    it('is cancelled there when the hunt is ended', async () => {
      const stop = new AbortController();
      const ended = hunt({ ...context, signal: stop.signal }, slow(), options);
      const rejected = expect(ended).rejects.toThrow('ended');
      const until = async (isSo: (found: Awaited<ReturnType<typeof searches>>) => boolean) => {
        while (!isSo(await searches())) await new Promise((done) => setTimeout(done, 10));
      };
      await until((found) => found.some(({ description }) => description.includes('Math.sin')));
      stop.abort(new Error('ended'));
      await until((found) => found.length > 0 && found.every(({ cancelled }) => cancelled));
      await until((found) => found.length === 0);
      await rejected;
    });
  });

  it('is asked for documents of Winlogbeat by channel and number, with the answer of the files', async () => {
    const where = place.replace('ir-logs', 'winlogbeat');
    const headers = { 'content-type': 'application/json' };
    const keyword = { type: 'keyword' };
    const winlog = { properties: { channel: keyword, event_id: keyword } };
    const properties = { '@timestamp': { type: 'date' }, winlog };
    const url = where.replace('opensearch+', '');
    const body = JSON.stringify({ mappings: { dynamic: false, properties } });
    await fetch(url, { method: 'PUT', headers, body });
    const sysmon = (second: number, code: string, data: object): object => ({
      '@timestamp': `2026-11-24T10:00:${String(second).padStart(2, '0')}.000Z`,
      agent: { type: 'winlogbeat' },
      winlog: {
        ...{ channel: 'Microsoft-Windows-Sysmon/Operational', event_id: code },
        ...{ provider_name: 'Microsoft-Windows-Sysmon', computer_name: 'pc1', event_data: data },
      },
    });
    const whoami = { Image: 'C:\\Windows\\System32\\whoami.exe', CommandLine: 'whoami /all' };
    const documents = [
      sysmon(1, '1', whoami),
      ...Array.from({ length: 20 }, (_, one) => sysmon(one + 2, '5', whoami)),
      // Nobody's: it is looked at here.
      { '@timestamp': '2026-11-24T10:00:40.000Z', message: 'whoami' },
    ];
    const lines = documents.map((one) => `{"index":{}}\n${JSON.stringify(one)}\n`).join('');
    await fetch(`${url}/_bulk?refresh=true`, { method: 'POST', headers, body: lines });
    const rules = join(folder, 'whoami');
    mkdirSync(rules);
    writeFileSync(
      join(rules, 'w.yml'),
      'title: W\nid: 5a3f0c52-0000-4000-8000-000000000001\nstatus: test\nlevel: high\nlogsource: { product: windows, category: process_creation }\ndetection:\n  a: { Image|endswith: \\whoami.exe }\n  condition: a\n',
    );
    const only = { rules: [rules], userRules: false, rule: namesIn(rules) };
    const options = { ...only, level: 'informational', fold: 'none', workers: '0' } as const;
    const said: string[] = [];
    const heard = { ...context, say: (text: string) => void said.push(text) };
    const hunted = told((await hunt(heard, where, options)).result as TimelineResult);
    expect(hunted.length).toBe(1);
    expect(hunted).toEqual(
      told((await timeline(context, [where], options)).result as TimelineResult),
    );
    expect(said.join()).toContain(': 2 documents brought');
    // A rule for other logs leaves all of them where they are.
    said.length = 0;
    await hunt(heard, where, { rule: ['web_xss'], workers: '0' });
    expect(said.join()).toContain(': 1 document brought');
  });

  it('names documents that the mapping does not take, and takes the others', async () => {
    const where = place.replace('ir-logs', 'ir-conflict');
    const headers = { 'content-type': 'application/json' };
    const properties = { '@timestamp': { type: 'date' }, process: { type: 'keyword' } };
    const body = JSON.stringify({ mappings: { dynamic: false, properties } });
    await fetch(where.replace('opensearch+', ''), { method: 'PUT', headers, body });
    writeFileSync(
      join(folder, 'mixed.log'),
      [
        'Nov 24 10:00:01 web01 sshd[7]: Failed password for root from 198.51.100.7 port 40000 ssh2',
        '203.0.113.9 - - [24/Nov/2026:10:00:02 +0000] "GET /one HTTP/1.1" 200 5 "-" "curl/8.5.0"',
        '203.0.113.9 - - [24/Nov/2026:10:00:03 +0000] "GET /two HTTP/1.1" 200 5 "-" "curl/8.5.0"',
        '',
      ].join('\n'),
    );
    const { result, exit } = await push(context, where, ['mixed.log'], {});
    expect([exit, result.document]).toMatchObject([
      5,
      {
        sent: 3,
        written: 2,
        refused: 1,
        examples: [{ reason: expect.stringContaining('[process]') }],
      },
    ]);
    expect(result.lines.join()).toContain('1 document refused');
  });

  it('is pulled into evidence that names question, hash and time', async () => {
    await openIncident(context, { title: 'Database dumped', severity: 'SEV2' });
    const { document } = await pull(context, place, { query: 'event.outcome:failure' });
    const { evidence } = await showIncident(context);
    expect(document).toMatchObject({ evidence: 'E-001', is_resumed: false });
    expect(evidence[0]).toMatchObject({ method: 'export', origin: place });
    expect(evidence[0]!.sha256).toBe((document as { sha256: string }).sha256);
    expect(JSON.stringify(evidence[0]!.remarks)).toContain('event.outcome:failure');
  });

  it('goes on where a run was ended, with nothing twice', async () => {
    await pull(context, place, { output: 'whole.jsonl' });
    const whole = readFileSync(join(folder, 'whole.jsonl'), 'utf8').trimEnd().split('\n');
    const stop = new AbortController();
    const ended = {
      ...context,
      signal: stop.signal,
      progress: () => stop.abort(new Error('ended')),
    };
    await expect(pull(ended, place, { output: 'parts.jsonl' })).rejects.toThrow('ended');
    expect(existsSync(join(folder, 'parts.jsonl.cursor'))).toBe(true);
    // What was written behind the last place to go on from is not believed.
    writeFileSync(join(folder, 'parts.jsonl.part'), '{"half":', { flag: 'a' });
    const { document } = await pull(context, place, { output: 'parts.jsonl' });
    expect(document).toMatchObject({ is_resumed: true, records: whole.length });
    const parts = readFileSync(join(folder, 'parts.jsonl'), 'utf8').trimEnd().split('\n');
    expect(new Set(parts)).toEqual(new Set(whole));
    expect(parts.length).toBe(whole.length);
  });

  it.each([
    ['an index that is not there', 'no-such', /no-such.*404|no such index/],
    ['no index', '', /names no index/],
  ])('says of %s that it is so', async (_, index, message) => {
    const wrong = `opensearch+http://${node.host}/${index}`;
    await expect(pull(context, wrong, { output: 'none.jsonl' })).rejects.toThrow(message);
  });
});
