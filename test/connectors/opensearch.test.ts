/** A real OpenSearch: what is pushed is there once, and a place says what its files say. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hunt } from '../../src/commands/hunt.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { pull } from '../../src/commands/pull.ts';
import { push } from '../../src/commands/push.ts';
import { showIncident } from '../../src/commands/show-incident.ts';
import { type TimelineResult, timeline } from '../../src/commands/timeline.ts';
import { testContext } from '../commands/test-context.ts';
import { play } from '../drills/play.ts';
import { canStart, type OpenSearchNode, startNode } from '../opensearch/node.ts';

/** What findings say, but for where the lines stand. */
function told({ timeline: { findings } }: TimelineResult): string[] {
  return findings
    .map(({ rule, level, count, firstUs, lastUs, entities }) =>
      JSON.stringify([rule.id, level, count, firstUs, lastUs, entities]),
    )
    .sort();
}

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
