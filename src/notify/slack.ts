/** Slack's incoming webhooks. @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/ */
import type { ChannelOf } from '../configuration/channels.ts';
import type { Message } from './channel.ts';
import { jsonChannel } from './json-channel.ts';

/** Characters of a section. */
const LONGEST = 2900;

/** Neither a link nor a mention of everybody comes out of what somebody else wrote. @see https://docs.slack.dev/messaging/formatting-message-text/ */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** The channel. What answers a repetition is not said: it would be shown twice. */
export const channel = jsonChannel<ChannelOf<'slack'>>({
  knowsRepeats: false,
  bodyOf: ({ subject, text }: Message) => ({
    text: escaped(subject),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: subject.slice(0, 150), emoji: false } },
      { type: 'section', text: { type: 'plain_text', text: text.slice(0, LONGEST), emoji: false } },
    ],
    unfurl_links: false,
  }),
});
