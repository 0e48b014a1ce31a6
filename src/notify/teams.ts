/** Teams, through a webhook of Workflows: an adaptive card. @see https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook */
import type { ChannelOf } from '../configuration/channels.ts';
import type { Message } from './channel.ts';
import { jsonChannel } from './json-channel.ts';

/** A card of 28 KB is the most that is taken: so many characters of text, each up to four bytes. */
const LONGEST = 5_000;

/** Markdown of a TextBlock: links and emphasis of what somebody else wrote stay text. */
const escaped = (text: string): string =>
  text.replace(/[\\*_[\]<>#~`]/g, '\\$&').replaceAll('\n', '\n\n');

/** The channel. */
export const channel = jsonChannel<ChannelOf<'teams'>>({
  knowsRepeats: false,
  bodyOf: ({ subject, text }: Message) => ({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            {
              type: 'TextBlock',
              size: 'Large',
              weight: 'Bolder',
              wrap: true,
              text: escaped(subject),
            },
            { type: 'TextBlock', wrap: true, text: escaped(text.slice(0, LONGEST)) },
          ],
        },
      },
    ],
  }),
});
