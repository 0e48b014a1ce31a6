/** Real programs write, rotate and send while the built `ir watch` looks, is killed and goes on: nothing is lost, nothing comes twice. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isThere } from '../needs.ts';
import { answers, ended, freePort, until } from '../prepare/servers.ts';
import { ensureBuilt, runIr } from '../program.ts';
import {
  linesOf,
  ran,
  rotation,
  startNginx,
  startRsyslog,
  startSshd,
  watching,
  where,
} from './real-programs.ts';

let folder: string;
beforeAll(() => {
  ensureBuilt();
  folder = mkdtempSync(join(tmpdir(), 'ir-real-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MARK = `title: Mark of the test
id: 8a1f7f0e-6d0f-4b0e-9a53-0c4f0f2f1a13
logsource: { category: webserver }
detection: { mark: { url.path|contains: /mark- }, condition: mark }
level: high
ir: { entities: [url.path] }
`;
/** A finding of a timeline. */
interface Document {
  rule: { name: string };
  ir: { count: number };
  source?: { ip?: string };
}
const toldOf = (
  title: string,
  count: number,
  ips: string | readonly string[] | undefined,
): string =>
  // A mark is about its path alone.
  JSON.stringify([title, count, title.startsWith('Mark') ? [] : [ips ?? []].flat()]);
const NEEDED = ['nginx', 'sshd', 'ssh', 'rsyslogd', 'logger', 'logrotate'];

describe.runIf(
  isThere(
    NEEDED.join(', '),
    NEEDED.every((one) => where(one) !== undefined),
  ),
)('nginx, sshd, rsyslog and logrotate', () => {
  it('are watched through rotations and a kill', async () => {
    const cwd = join(folder, 'with a blank');
    const logs = join(cwd, 'logs');
    mkdirSync(logs, { recursive: true });
    mkdirSync(join(cwd, 'rules'));
    writeFileSync(join(cwd, 'rules', 'mark.yml'), MARK);
    for (const name of ['access.log', 'auth.log'])
      writeFileSync(join(logs, name), '', { mode: 0o600 });
    const [web, ssh, send] = [await freePort(), await freePort(), await freePort()];
    const nginx = startNginx(join(cwd, 'nginx'), join(logs, 'access.log'), web);
    const { daemon, socket } = await startRsyslog(join(cwd, 'rs'), join(logs, 'auth.log'), send);
    const sshd = await startSshd(join(cwd, 'sshd'), socket, ssh, userInfo().username);
    const renamed = rotation(
      ...([cwd, join(logs, 'access.log'), 'rename'] as const),
      `kill -USR1 $(cat "${join(cwd, 'nginx', 'pid')}")`,
    );
    const truncated = rotation(cwd, join(logs, 'auth.log'), 'copytruncate');
    const program = watching(cwd, [
      ...['logs', `syslog+tcp://127.0.0.1:${send}`],
      ...['--rules', 'rules', '--level', 'low'],
    ]);
    let watch = await program.begin();
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    let asked = 0;
    const ask = (path: string, from: string, method = 'GET'): Promise<void> =>
      new Promise((done, fail) => {
        asked += 1;
        const headers = { 'x-forwarded-for': from };
        const about = { port: web, host: '127.0.0.1', path, agent, headers, method };
        request(about, (answer) => void answer.resume().on('end', done))
          .on('error', fail)
          .end();
      });
    const load = (part: number): Promise<unknown> =>
      Promise.all([
        ...Array.from({ length: 400 }, (_, at) =>
          ask(at % 40 === 0 ? `/mark-${part}-${at}` : `/p/${part}/${at}`, `198.51.100.${at % 90}`),
        ),
        ...Array.from({ length: 30 }, (_, at) => ask(`/b${part}${at}.php`, '203.0.113.7')),
        ...Array.from({ length: 20 }, () => ask('/login', '203.0.113.8', 'POST')),
      ]);
    try {
      await until(() => answers(web));
      await until(() => linesOf(logs, 'auth.log').some((line) => line.includes('listening')));
      for (const part of [1, 2, 3, 4]) {
        const sent = load(part);
        if (part % 2 === 0) renamed();
        if (part === 3) {
          watch.kill('SIGKILL');
          await once(watch, 'exit');
        }
        sshd.login(undefined);
        sshd.login('other');
        sshd.login('good');
        await sent;
        await until(
          () =>
            linesOf(logs, 'auth.log').filter((line) => line.includes('Accepted')).length >= part,
        );
        // What copytruncate drops between copy and truncation is gone for everybody: nothing is written meanwhile.
        await until(() => program.events() > 0);
        if (part === 3) {
          truncated();
          watch = await program.begin();
        }
      }
      writeFileSync(
        join(cwd, 'messages'),
        Array.from({ length: 200 }, (_, at) => `message ${at}\n`).join(''),
      );
      ran('logger', ['-u', socket, '-p', 'local0.info', '-t', 'app', '-f', join(cwd, 'messages')]);
      renamed();
      await sshd.end();
      const expected = (): number =>
        linesOf(logs, 'access.log').length + linesOf(logs, 'auth.log').length + 200;
      await until(() => program.events() >= expected());
      watch.kill('SIGINT');
      await once(watch, 'exit');
      // A look at all that lies there finds nothing that was not seen.
      const again = program.start(['--once']);
      await once(again, 'exit');
      expect([again.exitCode, program.events()]).toEqual([0, expected()]);
      expect(linesOf(logs, 'access.log').filter((line) => !line.includes('GET / '))).toHaveLength(
        asked,
      );
      const steps = program.steps();
      expect(steps.map(({ seq }) => seq)).toEqual(steps.map((_, at) => at + 1));
      const marks = steps.filter(({ finding }) => finding.rule.title === 'Mark of the test');
      const opened = marks.filter(({ state }) => state === 'open');
      expect(opened).toHaveLength(40);
      expect(new Set(opened.map(({ finding }) => `${finding.entities['url.path']}`)).size).toBe(40);
      // Live is what a timeline finds in the same files afterwards.
      const afterwards = await runIr(
        [
          ...['timeline', 'logs', '--fold', 'none', '--rules', 'rules', '--level', 'low'],
          ...['--format', 'jsonl'],
        ],
        { cwd },
      );
      const late = afterwards.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Document);
      const live = steps.filter(({ state }) => state === 'closed').map(({ finding }) => finding);
      const told = live.map(({ rule, count, entities }) =>
        toldOf(rule.title, count, entities['source.ip']),
      );
      expect(told.sort()).toEqual(
        late.map(({ rule, ir, source }) => toldOf(rule.name, ir.count, source?.ip)).sort(),
      );
      for (const who of ['203.0.113.7', '203.0.113.8', '127.0.0.1'])
        expect(told.some((text) => text.includes(`"${who}"`))).toBe(true);
    } finally {
      agent.destroy();
      watch.kill('SIGKILL');
      for (const child of [nginx, daemon]) await ended(child);
      await sshd.end().catch(() => undefined);
    }
  }, 120_000);
});
