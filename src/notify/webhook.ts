/** A generic webhook: JSON or a template's text, signed with HMAC-SHA-256 over time and body. */
import { createHmac } from 'node:crypto';
import type { ChannelOf } from '../configuration/channels.ts';
import { renderText } from '../reports/render-template.ts';
import { type Channel, type Message, SendFailure, type Sending } from './channel.ts';
import { hideUrl } from './hide-secrets.ts';
import { post } from './http.ts';
import { isHttps, urlOf } from './json-channel.ts';

type Settings = ChannelOf<'webhook'>;

function bodyOf(message: Message, { settings, template }: Sending<Settings>): string {
  if (template === undefined) return JSON.stringify(message);
  const body = renderText(template, settings.template!, message);
  if (!settings.content_type.startsWith('application/json')) return body;
  try {
    JSON.parse(body);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new SendFailure('refused', `${settings.template} does not give JSON: ${why}`);
  }
  return body;
}

function headersOf(message: Message, body: string, sending: Sending<Settings>) {
  const { settings, secrets, now } = sending;
  const key = secrets['secret'];
  const time = String(Math.floor(now.getTime() / 1000));
  const own = Object.keys(settings.headers).map((name) => {
    const value = settings.headers[name];
    return [name.toLowerCase(), typeof value === 'string' ? value : secrets[`headers.${name}`]!];
  });
  return {
    ...(Object.fromEntries(own) as Record<string, string>),
    'content-type': settings.content_type,
    'user-agent': 'breachline',
    'idempotency-key': message.id,
    'x-ir-timestamp': time,
    ...(key === undefined ? {} : { 'x-ir-signature': signature(key, time, body) }),
  };
}

/** What the receiver compares: `sha256=` and the hex HMAC of `TIMESTAMP.BODY`. */
export const signature = (key: string, time: string, body: string): string =>
  `sha256=${createHmac('sha256', key).update(`${time}.${body}`).digest('hex')}`;

/** The channel. */
export const channel: Channel<Settings> = {
  knowsRepeats: () => true,
  isEncrypted: isHttps,
  preview(message, sending) {
    const body = bodyOf(message, sending);
    const headers = headersOf(message, body, sending);
    return { where: `POST ${hideUrl(urlOf(sending))}`, headers, body };
  },
  send(message, sending) {
    const { settings, ca, signal, now } = sending;
    const body = bodyOf(message, sending);
    const headers = headersOf(message, body, sending);
    const { timeout } = settings;
    return post({ url: urlOf(sending), headers, body, ca, timeout, signal }, now);
  },
};
