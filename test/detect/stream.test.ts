/** The parts of a timeline arranged as a stream that is slow, cut anywhere, rotated and restarted find the same. */
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { createFilter } from '../../src/detect/event-filter.ts';
import type { Finding } from '../../src/detect/finding.ts';
import { createPlan } from '../../src/detect/plan.ts';
import { type FindingSink, listSink } from '../../src/detect/sink.ts';
import { createStream, type SavedStream } from '../../src/detect/stream/stream.ts';
import { followFile } from '../../src/logs/follow-file.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createSpool } from '../../src/logs/spool.ts';
import { ensureBuilt, runIr } from '../program.ts';

let folder: string;
const ZONE = 'UTC';

beforeAll(async () => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-stream-'));
  const drill = await runIr(['drill', 'logs', 'webshop', '--output', 'whole'], { cwd: folder });
  expect([drill.exit, drill.stderr]).toEqual([0, '']);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const filter = {
  sinceUs: Number.NEGATIVE_INFINITY,
  untilUs: Number.POSITIVE_INFINITY,
  entities: [],
  grep: undefined,
};
const options = {
  cwd: '/',
  zone: ZONE,
  env: {},
  filter,
  level: 'informational' as const,
  ruleNames: [],
  ruleFolders: [],
  referenceMs: undefined,
  workers: 0,
  isHashed: false,
  stdin: { async *[Symbol.asyncIterator]() {} } as AsyncIterable<Uint8Array>,
};

/** Files of a folder, by path below it. */
const filesIn = (root: string): string[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(root, name)).isFile() && !name.endsWith('truth.jsonl'))
    .sort();

/** What a finding says, without what depends on where its file lies. */
const told = ({ id: _id, evidence, event: _event, ...finding }: Finding, root: string) => ({
  ...finding,
  evidence: evidence.map(({ file, ...place }) => ({
    ...place,
    file: file.slice(root.length + 1).replace(/\.1$/, ''),
  })),
});

const inOrder = (findings: readonly object[]): string[] =>
  findings.map((finding) => JSON.stringify(finding)).sort();

describe('createStream', () => {
  it('finds what the timeline finds', async () => {
    const whole = join(folder, 'whole');
    const names = filesIn(whole).filter((name) => name.endsWith('.log'));
    expect(names.length).toBeGreaterThan(2);
    const choice = await chooseRules(options);
    const plan = createPlan(choice.ruleSet);
    const live = join(folder, 'live');
    const left = new Map(names.map((name) => [name, readFileSync(join(whole, name))]));
    for (const name of names) mkdirSync(join(live, name, '..'), { recursive: true });
    const rotated = names.find((name) => /access/.test(name)) ?? names[0]!;
    const spool = createSpool();
    const sources = (saved: SavedStream | undefined) =>
      names.map((name, index) =>
        followFile({
          path: join(live, name),
          absolute: join(live, name),
          formats: FORMATS,
          zone: ZONE,
          referenceMs: undefined,
          spool,
          saved: saved?.sources[index],
        }),
      );
    const states = new Map<string, string[]>();
    const list = listSink();
    const sink: FindingSink = {
      take(finding, state) {
        states.set(finding.id, [...(states.get(finding.id) ?? []), state]);
        list.take(finding, state);
      },
    };
    const open = (saved: SavedStream | undefined) => {
      const followed = sources(saved);
      const common = { plan, formats: FORMATS, zone: ZONE, sink, saved };
      const stream = createStream({
        ...common,
        filter: createFilter(filter),
        sources: followed,
      });
      return { stream, close: () => followed.map((source) => source.close()) };
    };
    let { stream, close } = open(undefined);
    let kept = '';
    const steps = 24;
    for (let step = 1; step <= steps; step += 1) {
      for (const name of names) {
        const bytes = left.get(name)!;
        // Cut in the middle of lines, and differently far in each file.
        const part = Math.ceil((bytes.length / (steps - step + 1)) * (step === steps ? 1 : 0.9));
        appendFileSync(join(live, name), bytes.subarray(0, part));
        left.set(name, Buffer.from(bytes.subarray(part)));
      }
      if (step === 10) renameSync(join(live, rotated), join(live, `${rotated}.1`));
      await stream.advance();
      const reached = stream.reachedUs();
      if (reached !== undefined) stream.settle(reached - 3_600_000_000);
      if (step % 7 === 0) {
        kept = JSON.stringify(stream.save());
        close();
        ({ stream, close } = open(JSON.parse(kept) as SavedStream));
      }
    }
    await stream.end();
    close();
    spool.remove();
    expect(stream.late()).toBe(0);
    const paths = filesIn(live).map((name) => join(live, name));
    expect(paths.length).toBe(names.length + 1);
    const expected = (await analyse(paths, options, choice)).findings;
    expect(expected.length).toBeGreaterThan(100);
    expect(inOrder(list.findings.map((finding) => told(finding, live)))).toEqual(
      inOrder(expected.map((finding) => told(finding, live))),
    );
    for (const seen of states.values()) expect(seen.indexOf('closed')).toBe(seen.length - 1);
    expect([...states.values()].filter((seen) => seen[0] === 'open').length).toBeGreaterThan(10);
  }, 120_000);

  it('finds the few among many groups, while texts that nobody needs are forgotten', async () => {
    const path = join(folder, 'many', 'auth.log');
    mkdirSync(join(folder, 'many'), { recursive: true });
    // One guesses fast, one slowly with a login in the end, among thousands that come once.
    const lines = Array.from({ length: 6000 }, (_, index) => {
      const ms = Date.UTC(2026, 10, 29, 6) + index * 2000;
      const isFast = index > 3000 && index < 3400 && index % 20 === 3;
      const isSlow = index % 280 === 5;
      const from = isFast
        ? '203.0.113.7'
        : isSlow
          ? '198.51.100.9'
          : `100.${64 + (index >> 12)}.${(index >> 4) & 255}.${(index & 15) * 16}`;
      const user = isFast || isSlow ? 'root' : `u${index % 977}`;
      const said = index === 5885 ? `Accepted password for ${user}` : `Failed password for ${user}`;
      return `${new Date(ms).toISOString()} web01 sshd[${1000 + index}]: ${said} from ${from} port ${1024 + index} ssh2\n`;
    });
    const choice = await chooseRules(options);
    const plan = createPlan(choice.ruleSet);
    const list = listSink();
    const spool = createSpool();
    let saved: SavedStream | undefined;
    for (let part = 0; part < 12; part += 1) {
      appendFileSync(path, lines.slice(part * 500, (part + 1) * 500).join(''));
      const source = followFile({
        ...{ path, absolute: path, formats: FORMATS, zone: ZONE },
        ...{ referenceMs: undefined, spool, saved: saved?.sources[0] },
      });
      const stream = createStream({
        ...{ plan, formats: FORMATS, zone: ZONE, sink: list, saved, sources: [source] },
        ...{ filter: createFilter(filter), mostTexts: 100 },
      });
      while ((await stream.advance(8192)) > 0) stream.settle((stream.reachedUs() ?? 0) - 1);
      if (part === 11) await stream.end();
      if (part % 4 === 3) saved = JSON.parse(JSON.stringify(stream.save())) as SavedStream;
      else saved = stream.save();
      source.close();
    }
    spool.remove();
    const expected = (await analyse([path], options, choice)).findings;
    expect(expected.length).toBeGreaterThan(5);
    const view = (findings: readonly Finding[]) =>
      inOrder(findings.map((finding) => told(finding, folder)));
    expect(view(list.findings)).toEqual(view(expected));
  }, 60_000);

  it('accuses nobody by an answer that comes to every path, after a restart as well', async () => {
    const path = join(folder, 'spa', 'access.log');
    mkdirSync(join(folder, 'spa'), { recursive: true });
    const plan = createPlan((await chooseRules(options)).ruleSet);
    const write = (from: number, ...requests: string[]): void =>
      appendFileSync(
        path,
        requests
          .map(
            (request, index) =>
              `${from === 30 ? '198.51.100.4' : '203.0.113.9'} - - [29/Nov/2026:10:00:${from + index} +0000] "GET ${request} "-" "x"\n`,
          )
          .join(''),
      );
    write(10, '/ HTTP/1.1" 200 1234', '/.env HTTP/1.1" 200 1234', '/x.sql HTTP/1.1" 200 1234');
    const list = listSink();
    const spool = createSpool();
    let saved: SavedStream | undefined;
    const run = async (isLast: boolean): Promise<void> => {
      const source = followFile({
        ...{ path: 'access.log', absolute: path, formats: FORMATS, zone: ZONE },
        ...{ referenceMs: undefined, spool, saved: saved?.sources[0] },
      });
      const stream = createStream({
        ...{ plan, formats: FORMATS, zone: ZONE, sink: list, saved, sources: [source] },
        filter: createFilter(filter),
      });
      await stream.advance();
      if (isLast) await stream.end();
      saved = JSON.parse(JSON.stringify(stream.save())) as SavedStream;
      source.close();
    };
    await run(false);
    write(20, '/.git/config HTTP/1.1" 200 1234');
    await run(false);
    write(30, '/old/.env HTTP/1.1" 200 811');
    await run(true);
    spool.remove();
    const paths = (isDoubted: boolean): string[] => [
      ...new Set(
        list.findings
          .filter(({ doubt, level }) =>
            isDoubted ? doubt?.startsWith('answered as any path') : level === 'high',
          )
          .flatMap(({ entities }) => entities['url.path'] ?? []),
      ),
    ];
    expect(paths(true)).toEqual(expect.arrayContaining(['/.env', '/.git/config']));
    expect(paths(false)).toEqual(['/old/.env']);
  });
});
