/** A watch that is killed anywhere, over logs that are cut anywhere, tells each finding once and misses none. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyse } from '../../src/detect/analyse.ts';
import { chooseRules } from '../../src/detect/choose-rules.ts';
import { createPlan } from '../../src/detect/plan.ts';
import { ASKED, begin, clockAt, closedOf, keepingSink, rules, toldOf } from './live.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ir-watch-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Guessing that ends in a login, then other accounts, then a scan: a day in two logs. */
const AUTH = Array.from({ length: 120 }, (_, index) => {
  const second = `${Math.floor(index / 6)}`.padStart(2, '0');
  const stamp = `2026-11-20T10:${second}:${`${(index % 6) * 9}`.padStart(2, '0')}.000000+00:00`;
  const who = index % 40 < 30 ? 'root' : `user${index % 7}`;
  const from = `203.0.113.${1 + Math.floor(index / 40)}`;
  return index % 40 === 39
    ? `${stamp} web01 sshd[${900 + index}]: Accepted password for deploy from ${from} port ${40000 + index} ssh2\n`
    : `${stamp} web01 sshd[${900 + index}]: Failed password for ${who} from ${from} port ${40000 + index} ssh2\n`;
});
const ACCESS = Array.from({ length: 400 }, (_, index) => {
  const at = new Date(Date.UTC(2026, 10, 20, 10, 0, index * 3)).toISOString();
  const stamp = `20/Nov/2026:${at.slice(11, 19)} +0000`;
  const path =
    index % 50 === 7
      ? '/index.php?id=1%27%20UNION%20SELECT%20password%20FROM%20users--'
      : `/page/${index}`;
  return `198.51.100.${index % 9} - - [${stamp}] "GET ${path} HTTP/1.1" 200 ${500 + index} "-" "Mozilla/5.0"\n`;
});

describe('a watch', () => {
  it.each([
    { name: 'once', parts: 1, crashes: [] },
    { name: 'in seven parts, killed after the second and fifth', parts: 7, crashes: [2, 5] },
    {
      name: 'in forty parts, killed after every third',
      parts: 40,
      crashes: [3, 6, 9, 12, 15, 18, 21, 24, 27, 30, 33, 36, 39],
    },
  ])(
    'tells what a timeline tells: $name',
    async ({ name, parts, crashes }) => {
      const logs = join(folder, name);
      const state = join(folder, `${name} state`);
      mkdirSync(logs, { recursive: true });
      const files = [
        { path: join(logs, 'access.log'), text: ACCESS.join('') },
        { path: join(logs, 'auth.log'), text: AUTH.join('') },
      ];
      const clock = clockAt('2026-11-20T12:00:00Z');
      const sink = keepingSink();
      const options = { now: clock.now, sinks: [sink], delayUs: 3_600_000_000 };
      let run = await begin(state, [logs], options);
      for (let part = 1; part <= parts; part += 1) {
        for (const { path, text } of files) {
          const from = Math.floor((text.length * (part - 1)) / parts);
          appendFileSync(path, text.slice(from, Math.floor((text.length * part) / parts)));
        }
        clock.ms += 700;
        await run.refresh();
        await run.watch.step();
        if (!crashes.includes(part)) continue;
        run.crash();
        run = await begin(state, [logs], options);
      }
      await run.watch.step();
      await run.watch.end();
      run.close();
      const expected = (await analyse([logs], ASKED, await rules())).findings.map(toldOf).sort();
      expect(expected.length).toBeGreaterThan(3);
      expect(closedOf(sink.taken)).toEqual(expected);
      expect(sink.taken.map(({ seq }) => seq)).toEqual(sink.taken.map((_, index) => index + 1));
      const opened = sink.taken
        .filter(({ state }) => state === 'open')
        .map(({ finding }) => finding.id);
      expect(new Set(opened).size).toBe(opened.length);
    },
    60_000,
  );

  it('keeps what rules have seen when others come beside them', async () => {
    const log = join(folder, 'more rules.log');
    const state = join(folder, 'more rules state');
    const clock = clockAt('2026-11-20T12:00:00Z');
    const sink = keepingSink();
    const few = await chooseRules({ ...ASKED, ruleNames: ['Sustained SSH*'] });
    const options = { now: clock.now, sinks: [sink], delayUs: 3_600_000_000 };
    // The first attack is cut in two: neither half alone is enough.
    appendFileSync(log, AUTH.slice(0, 12).join(''));
    const first = await begin(state, [log], { ...options, plan: createPlan(few.ruleSet) });
    await first.watch.step();
    first.close();
    expect(sink.taken).toEqual([]);
    appendFileSync(log, AUTH.slice(12, 40).join(''));
    const second = await begin(state, [log], options);
    await second.watch.step();
    await second.watch.end();
    second.close();
    const found = (await analyse([log], ASKED, few)).findings.map(toldOf);
    expect(found.length).toBeGreaterThan(0);
    expect(closedOf(sink.taken)).toEqual(expect.arrayContaining(found));
  }, 60_000);

  it('hands a sink that failed the same steps again, and all behind its position after a restart', async () => {
    const log = join(folder, 'again.log');
    const state = join(folder, 'again state');
    const clock = clockAt('2026-11-20T10:30:00Z');
    appendFileSync(log, AUTH.join(''));
    let isBroken = true;
    const sink = keepingSink();
    const failing = {
      ...sink,
      take: (...given: Parameters<typeof sink.take>) =>
        isBroken ? Promise.reject(new Error('no room')) : sink.take(...given),
    };
    const first = await begin(state, [log], { now: clock.now, sinks: [failing] });
    await first.watch.step();
    await first.watch.step();
    expect(sink.taken).toEqual([]);
    expect(first.said.filter((text) => text.includes('no room'))).toHaveLength(1);
    first.close();
    isBroken = false;
    const second = await begin(state, [log], { now: clock.now, sinks: [failing] });
    await second.watch.step();
    second.close();
    expect(sink.taken.length).toBeGreaterThan(0);
    expect(sink.taken.map(({ seq }) => seq)).toEqual(sink.taken.map((_, index) => index + 1));
  }, 60_000);
});
