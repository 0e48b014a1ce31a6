/** Mattermost's incoming webhooks. @see https://developers.mattermost.com/integrate/webhooks/incoming/ */
import type { ChannelOf } from '../configuration/channels.ts';
import type { Message } from './channel.ts';
import { jsonChannel } from './json-channel.ts';

/** Characters of a post. */
const LONGEST = 16_000;

/** Markdown of what somebody else wrote stays text; `@all` calls nobody. */
const escaped = (text: string): string =>
  text.replace(/[\\`*_[\]<>#|~!]/g, '\\$&').replaceAll('@', '@\u200b');

/** The channel. */
export const channel = jsonChannel<ChannelOf<'mattermost'>>({
  knowsRepeats: false,
  bodyOf: ({ subject, text }: Message) => ({
    text: `**${escaped(subject)}**\n\n${escaped(text)}`.slice(0, LONGEST),
  }),
});
