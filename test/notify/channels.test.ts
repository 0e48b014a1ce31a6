/** What each channel sends, the signature of AWS, and what is redacted and masked. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listNotices, notify } from '../../src/commands/notify.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { mask } from '../../src/masking/mask.ts';
import { signV4 } from '../../src/notify/sign-v4.ts';
import { syslogLine } from '../../src/notify/syslog.ts';
import { createReceiver, cut, type Receiver } from './receiver.ts';
import { type Setup, setUp } from './setup.ts';

let server: Receiver;
let setup: Setup;
beforeEach(async () => {
  server = await createReceiver();
  setup = await setUp('CLEAR', { KEY: 'R0UTING' });
});
afterEach(async () => {
  setup.remove();
  await server.close();
});
const body = (index = 0): unknown => JSON.parse(server.got[index]!.body);

describe('channels', () => {
  it.each([
    ['slack', { text: expect.stringContaining('&lt;!channel&gt;') }],
    ['mattermost', { text: expect.not.stringContaining('@all') }],
    ['teams', { type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] }],
  ])('%s gets its document, in which nobody is called', async (type, document) => {
    setup.configure({ it: { type, url: server.url } });
    await notify(setup.context, '<!channel> @all [x](http://a.example)', {});
    expect(body()).toMatchObject(document);
    expect(server.got[0]!.body).toMatch(/chain head [0-9a-f]{64}/);
  });

  it('what was cut off at a channel that knows no ids is kept for a person', async () => {
    setup.configure({ it: { type: 'slack', url: server.url } });
    server.answers.unshift(cut);
    expect((await notify(setup.context, 'hello', {})).exit).toBe(5);
    expect((await listNotices(setup.context)).documents).toMatchObject([{ state: 'interrupted' }]);
  });

  it('pagerduty has one alert for the incident, and acknowledges it', async () => {
    const routing_key = { env: 'KEY' };
    setup.configure({
      it: { type: 'pagerduty', url: server.url, routing_key, on: ['phase_changed'] },
    });
    await notify(setup.context, 'hello', {});
    await updateIncident(setup.context, { phase: 'containment' });
    const common = { routing_key: 'R0UTING', dedup_key: 'ir-INC-2026-0001' };
    expect([body(0), body(1)]).toMatchObject([
      { ...common, event_action: 'trigger', payload: { severity: 'error' } },
      { ...common, event_action: 'acknowledge' },
    ]);
  });

  it('syslog over TCP is a frame of RFC 5424', async () => {
    const got: Buffer[] = [];
    const tcp = createServer((socket) => socket.on('data', (part) => got.push(part)));
    await new Promise<void>((done) => void tcp.listen(0, '127.0.0.1', done));
    const { port } = tcp.address() as AddressInfo;
    setup.configure({ it: { type: 'syslog', host: '127.0.0.1', port, protocol: 'tcp' } });
    await notify(setup.context, 'hello', {});
    const text = Buffer.concat(got).toString('utf8');
    const [, length, rest = ''] = /^(\d+) (.*)$/s.exec(text) ?? [];
    expect(Buffer.byteLength(rest)).toBe(Number(length));
    expect(rest).toMatch(/^<131>1 2026-03-01T12:00:00Z \S+ ir - message \[ir@32473 incident="INC-/);
    await new Promise((done) => tcp.close(done));
  });

  it('syslog values cannot end their element', () => {
    const facts = { incident: 'a"]b\\' };
    const message = { id: '1', event: 'e', subject: 's', text: 't\nu', facts, at: '-' };
    expect(syslogLine(message, 16, 'h')).toContain('incident="a\\"\\]b\\\\"');
  });
});

/** @see https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html and the published test suite, get-vanilla */
it('signs as the published example of AWS', () => {
  const keys = { accessKey: 'AKIDEXAMPLE', secretKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' };
  const request = { method: 'GET', url: 'https://example.amazonaws.com/', headers: {}, body: '' };
  const where = { region: 'us-east-1', service: 'service', now: new Date('2015-08-30T12:36:00Z') };
  expect(signV4({ ...request, ...where }, keys)['authorization']).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  );
});

describe('what may be told', () => {
  it.each([
    ['team', 'CLEAR', 'Web shell on web01', 'from 203.0.113.7'],
    ['management', 'CLEAR', 'Web shell on web01', 'from [address]'],
    ['outside', 'CLEAR', '(withheld)', 'from [address]'],
  ])('%s', async (audience, tlp, title, said) => {
    setup.configure({ it: { type: 'webhook', url: server.url, audience, tlp } });
    await notify(setup.context, 'from 203.0.113.7', {});
    expect(body()).toMatchObject({ facts: { title, say: said } });
  });

  it.each([
    ['write to jo.doe@example.com now', 'write to [mail] now'],
    ['from 2001:db8::7 and 192.0.2.1, at 12:30:00', 'from [address] and [address], at 12:30:00'],
    ['card 4111 1111 1111 1111, order 4111111111111112', 'card [card], order 4111111111111112'],
    ['key AKIAIOSFODNN7EXAMPLE', 'key [token]'],
  ])('masks %s', (text, masked) => expect(mask(text)).toBe(masked));
});
