/** What channels have in common that take a JSON document at an address which is itself the secret. */
import type { ChannelSettings } from '../configuration/channels.ts';
import type { Channel, Message, Sending } from './channel.ts';
import { hideUrl } from './hide-secrets.ts';
import { post } from './http.ts';

/** Settings with an address. */
export type WithUrl = Extract<ChannelSettings, { url: unknown }>;

/** The address, which may itself be a secret. */
export const urlOf = ({
  settings,
  secrets,
}: Pick<Sending<WithUrl>, 'settings' | 'secrets'>): string =>
  typeof settings.url === 'string' ? settings.url : (secrets['url'] ?? '');

/** True where the address is https. */
export const isHttps = (sending: Pick<Sending<WithUrl>, 'settings' | 'secrets'>): boolean =>
  urlOf(sending).toLowerCase().startsWith('https:');

const HEADERS = { 'content-type': 'application/json', 'user-agent': 'breachline' };

/** Makes the channel from what it puts into the document. */
export function jsonChannel<S extends WithUrl>({
  knowsRepeats,
  bodyOf,
}: {
  knowsRepeats: boolean;
  bodyOf(message: Message, sending: Sending<S>): object;
}): Channel<S> {
  return {
    knowsRepeats: () => knowsRepeats,
    isEncrypted: isHttps,
    preview: (message, sending) => ({
      where: `POST ${hideUrl(urlOf(sending))}`,
      headers: HEADERS,
      body: JSON.stringify(bodyOf(message, sending)),
    }),
    send(message, sending) {
      const { settings, ca, signal, now } = sending;
      const body = JSON.stringify(bodyOf(message, sending));
      const { timeout } = settings;
      return post({ url: urlOf(sending), headers: HEADERS, body, ca, timeout, signal }, now);
    },
  };
}
