/** Mail through a real SMTP server on loopback. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { flush, listNotices, notify } from '../../src/commands/notify.ts';
import { type Setup, setUp } from './setup.ts';

let setup: Setup;
let server: SMTPServer;
let mails: { text: string; isSecure: boolean }[];
let greets: boolean;

beforeEach(async () => {
  mails = [];
  greets = true;
  setup = await setUp('AMBER', { MAIL: 'right horse' });
  const file = (name: string): string => join(setup.folder, name);
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
      ...[
        '-keyout',
        file('key.pem'),
        '-out',
        file('ca.pem'),
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
      ],
      ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
    ],
    { stdio: 'ignore' },
  );
  server = new SMTPServer({
    ...{ key: readFileSync(file('key.pem')), cert: readFileSync(file('ca.pem')), logger: false },
    onConnect: (_session, done) => void (greets && done()),
    onAuth: ({ username, password }, _session, done) =>
      username === 'ir' && password === 'right horse'
        ? done(null, { user: 'ir' })
        : done(new Error('no such user or password')),
    onRcptTo: ({ address }, _session, done) =>
      address.startsWith('nobody')
        ? done(Object.assign(new Error('unknown user'), { responseCode: 550 }))
        : done(),
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        mails.push({ text: Buffer.concat(parts).toString('utf8'), isSecure: session.secure });
        done();
      });
    },
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
});
afterEach(async () => {
  setup.remove();
  await new Promise<void>((done) => server.close(done));
});

const port = (): number => (server.server.address() as AddressInfo).port;
const configure = (changes: object = {}): void =>
  setup.configure({
    mail: {
      ...{ type: 'smtp', host: '127.0.0.1', port: port(), user: 'ir', password: { env: 'MAIL' } },
      ...{ from: 'ir@example.com', to: 'oncall@example.com', ca_file: '../ca.pem', timeout: 1 },
      ...changes,
    },
  });
const notices = async () =>
  (await listNotices(setup.context)).documents as unknown as {
    state: string;
    attempts: { answer: string }[];
  }[];

describe('mail', () => {
  it('goes over STARTTLS, as text and HTML, once', async () => {
    configure();
    expect((await notify(setup.context, 'off the network <b>now</b>', {})).exit).toBeUndefined();
    await flush(setup.context, {});
    expect(mails).toHaveLength(1);
    expect(mails[0]!.isSecure).toBe(true);
    const { text } = mails[0]!;
    for (const part of ['Auto-Submitted: auto-generated', 'text/plain', 'text/html', 'chain head'])
      expect(text.replace(/=\r\n/g, '')).toContain(part);
    expect(text.replace(/=\r\n/g, '')).toContain('&lt;b&gt;now&lt;/b&gt;');
  });

  it.each([
    ['a wrong password', { password: { env: 'USER_NAME' } }, 'refused', 'is not taken'],
    ['a refused recipient', { to: 'nobody@example.com' }, 'refused', 'unknown user'],
    ['a certificate of nobody known', { ca_file: undefined }, 'waiting', 'certificate'],
  ])('%s is said', async (_name, changes, state, said) => {
    setup.context.settings = {
      ...setup.context.settings,
      env: { ...setup.context.settings.env, USER_NAME: 'wrong horse' },
    };
    configure(changes);
    expect((await notify(setup.context, 'hello', {})).exit).toBe(5);
    const [one] = await notices();
    expect([one!.state, mails.length]).toEqual([state, 0]);
    expect(one!.attempts[0]!.answer).toContain(said);
    expect(JSON.stringify(one)).not.toContain('horse');
  });

  it('waits no longer than it may for a server that says nothing', async () => {
    greets = false;
    configure({ timeout: 0.3 });
    await notify(setup.context, 'hello', {});
    expect((await notices())[0]!.state).toBe('waiting');
    greets = true;
    await flush(setup.context, {});
    expect(mails).toHaveLength(1);
  });

  it('above TLP:CLEAR does not go without encryption', async () => {
    configure({ encryption: 'none' });
    await expect(notify(setup.context, 'hello', {})).rejects.toThrow('TLP:AMBER does not go over');
    expect(await notices()).toEqual([]);
  });
});
