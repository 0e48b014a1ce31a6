/** Ways over which people are told that need no HTTP: syslog by datagram and TLS, mail over TLS; and where secrets and keys lie. */
import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { escalate } from '../../src/commands/escalate.ts';
import { listNotices, notify } from '../../src/commands/notify.ts';
import { assignRole } from '../../src/commands/people.ts';
import { createReceiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
beforeEach(async () => {
  setup = await setUp('CLEAR', { PATH: process.env['PATH'] ?? '' });
});
afterEach(() => setup.remove());

const file = (name: string): string => join(setup.folder, name);
const notices = async () =>
  (await listNotices(setup.context)).documents as unknown as {
    state: string;
    attempts: { answer: string }[];
  }[];

/** A certificate of localhost that signs itself. */
function certificate(): { key: Buffer; cert: Buffer } {
  const out = ['-keyout', file('key.pem'), '-out', file('ca.pem'), '-days', '2'];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', ...out],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  return { key: readFileSync(file('key.pem')), cert: readFileSync(file('ca.pem')) };
}

it('a short message is no encrypted way, whatever leads to it', async () => {
  const amber = await setUp('AMBER', {});
  try {
    amber.configure({ it: { type: 'sns', phone: '+491700000000', region: 'eu-central-1' } });
    await expect(notify(amber.context, 'hello', {})).rejects.toThrow('TLP:AMBER does not go over');
  } finally {
    amber.remove();
  }
});

describe('syslog', () => {
  it('goes as one datagram, cut at what every receiver takes', async () => {
    const socket = createSocket('udp4');
    await new Promise<void>((done) => void socket.bind(0, '127.0.0.1', done));
    const came = new Promise<Buffer>((done) => void socket.once('message', done));
    const { port } = socket.address() as AddressInfo;
    setup.configure({ it: { type: 'syslog', host: '127.0.0.1', port, protocol: 'udp' } });
    await notify(setup.context, 'x'.repeat(5000), {});
    const datagram = await came;
    expect(datagram.length).toBe(2048);
    expect(datagram.toString()).toMatch(
      /^<131>1 2026-03-01T12:00:00Z .* \[ir@32473 incident="INC-/,
    );
    socket.close();
  });

  it('goes over TLS as a frame, and not to a server with a certificate of nobody known', async () => {
    const got: Buffer[] = [];
    const server = createTlsServer(certificate(), (socket) =>
      socket.on('data', (part) => got.push(part)),
    );
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const syslog = { type: 'syslog', host: 'localhost', port, timeout: 5 };
    setup.configure({ it: { ...syslog, ca_file: '../ca.pem' } });
    expect((await notify(setup.context, 'hello', {})).exit).toBeUndefined();
    const [, length, rest = ''] = /^(\d+) (.*)$/s.exec(Buffer.concat(got).toString()) ?? [];
    expect(Buffer.byteLength(rest)).toBe(Number(length));
    setup.configure({ it: syslog });
    expect((await notify(setup.context, 'hello', {})).exit).toBe(5);
    expect((await notices()).at(0)?.state ?? '').not.toBe('');
    expect(JSON.stringify(await notices())).toContain('certificate');
    await new Promise((done) => server.close(done));
  });
});

it('mail goes over TLS from the first byte, and says who did not get it', async () => {
  const mails: boolean[] = [];
  const server = new SMTPServer({
    ...{ ...certificate(), secure: true, authOptional: true, logger: false },
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody')
        ? done(Object.assign(new Error('unknown user'), { responseCode: 550 }))
        : done(),
    onData(stream, session, done) {
      stream.resume();
      stream.on('end', () => {
        mails.push(session.secure);
        done();
      });
    },
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.server.address() as AddressInfo;
  setup.configure({
    mail: {
      ...{ type: 'smtp', host: '127.0.0.1', port, encryption: 'tls', ca_file: '../ca.pem' },
      ...{ from: 'ir@example.com', to: ['oncall@example.com', 'nobody@example.com'], timeout: 5 },
    },
  });
  await notify(setup.context, 'hello', {});
  expect(mails).toEqual([true]);
  const [one] = await notices();
  expect([one!.state, one!.attempts[0]!.answer]).toEqual([
    'sent',
    expect.stringContaining('taken for 1 of 2, refused: nobody@example.com'),
  ]);
  await new Promise<void>((done) => server.close(done));
});

describe('the secret of a channel', () => {
  it.each([
    ['of a file', { file: '../key' }, 'from-the-file'],
    ['of a command', { command: ['sh', '-c', 'echo from-a-command'] }, 'from-a-command'],
  ])('%s is used and stands in no journal', async (_name, source, value) => {
    const server = await createReceiver();
    writeFileSync(file('key'), 'from-the-file\n');
    setup.configure({ it: { type: 'pagerduty', url: server.url, routing_key: source } });
    chmodSync(file('ir/config.yml'), 0o600);
    await notify(setup.context, 'hello', {});
    expect(JSON.parse(server.got[0]!.body)).toMatchObject({ routing_key: value });
    expect(JSON.stringify(await notices())).not.toContain(value);
    await server.close();
  });

  it.each([
    [
      'a command that fails',
      { command: ['sh', '-c', 'echo s3cret; exit 3'] },
      /channel it: routing_key is missing: sh ended with 3/,
    ],
    [
      'a file that is not there',
      { file: '../nothing' },
      /channel it: routing_key is missing: .*ENOENT/,
    ],
  ])('%s is said, without what it printed', async (_name, source, said) => {
    setup.configure({ it: { type: 'pagerduty', url: 'https://127.0.0.1:1', routing_key: source } });
    const error = await notify(setup.context, 'hello', {}).catch((one: Error) => one);
    expect(String(error)).toMatch(said);
    expect(String(error)).not.toContain('s3cret');
  });

  it('a command counts only in a file that nobody else can write', async () => {
    setup.configure({ it: { type: 'slack', url: { command: ['sh', '-c', 'echo x > ../ran'] } } });
    chmodSync(file('ir/config.yml'), 0o666);
    await notify(setup.context, 'hello', {}).catch(() => undefined);
    expect(() => readFileSync(file('ran'))).toThrow('ENOENT');
  });
});

describe('several channels', () => {
  const told = async (options = {}): Promise<{ exit?: number; lines: string; kept: unknown }> => {
    const { result, exit } = await notify(setup.context, 'hello', options);
    const { refused } = result.document as { refused?: unknown };
    return {
      ...(exit === undefined ? {} : { exit }),
      lines: result.lines.flat().join('\n'),
      kept: refused,
    };
  };

  it('one that lacks its secret keeps nobody else from hearing it', async () => {
    const server = await createReceiver();
    setup.configure({
      lacks: { type: 'pagerduty', url: server.url, routing_key: { env: 'NOT_SET' } },
      works: { type: 'webhook', url: server.url },
    });
    const { exit, lines, kept } = await told();
    expect(exit).toBe(5);
    expect(lines).toMatch(
      /over works: sent, 200 ok\nNot told: channel lacks: routing_key is missing/,
    );
    expect(kept).toMatchObject([{ channel: 'lacks' }]);
    expect(server.got.length).toBe(1);
    expect(await notices()).toMatchObject([{ state: 'sent' }]);
    await expect(told({ channel: ['works', 'lacks'] })).rejects.toThrow('NOT_SET');
    expect(server.got.length).toBe(1);
    await server.close();
  });

  it('none that may go is an error, and a mistake in one is said instead of "none is configured"', async () => {
    const lacks = { type: 'slack', url: { env: 'NOT_SET' } };
    setup.configure({ a: lacks, b: lacks });
    await expect(told()).rejects.toThrow('channel a: url is missing');
    expect(await notices()).toEqual([]);
    setup.configure({ a: { type: 'slack', url: 'https://127.0.0.1:1' }, b: { typ: 'slack' } });
    await expect(told()).rejects.toThrow('1 mistake in the configuration left no channel');
    expect(setup.said.join('\n')).toContain('missing key "type" in channels.b');
    setup.configure({});
    await expect(told()).rejects.toThrow('no channel is configured');
  });
});

it('pagerduty is resolved when the incident is closed', async () => {
  const server = await createReceiver();
  const routing_key = { env: 'KEY' };
  setup.context.settings = {
    ...setup.context.settings,
    env: { ...setup.context.settings.env, KEY: 'R' },
  };
  setup.configure({
    it: { type: 'pagerduty', url: server.url, routing_key, on: ['phase_changed'] },
  });
  await closeIncident(setup.context, {
    determination: 'false_positive',
    reason: 'a test of ours',
    yes: true,
  });
  expect(server.got.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
    { event_action: 'resolve', dedup_key: 'ir-INC-2026-0001' },
  ]);
  await server.close();
});

describe('the rules of the plan', () => {
  const PLAN =
    'contacts: [{ id: jo, name: Jo Roe, out_of_band: "1" }]\nteam: [{ role: communications, who: jo }]\ncommunication: [{ who: communications, to: outside, may_say: what is confirmed, after: legal }]\n';
  const options = {};
  it('say who tells whom, and after whom; --yes goes past them', async () => {
    const server = await createReceiver();
    writeFileSync(join(setup.folder, '.ir', 'plan.yml'), PLAN);
    setup.configure({
      public: { type: 'webhook', url: server.url, audience: 'outside' },
      team: { type: 'webhook', url: server.url },
    });
    const { context } = setup;
    await notify(context, 'inside', { channel: ['team'] });
    const tell = (more = options) => notify(context, 'hello', { channel: ['public'], ...more });
    await expect(tell()).rejects.toThrow(/you are alex, and not communications/);
    await assignRole(context, 'communications', 'alex', {});
    await expect(tell()).rejects.toThrow(/legal was not brought in/);
    expect(server.got).toHaveLength(1);
    await tell({ yes: true });
    await escalate(context, 'legal', { reason: 'data' });
    await tell();
    expect(server.got).toHaveLength(3);
    await server.close();
  });
});
