/** A topic or a telephone over AWS SNS. @see https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
import type { ChannelOf } from '../configuration/channels.ts';
import { awsKeys, awsRegion } from './aws/keys.ts';
import { type Channel, type Message, SendFailure, type Sending } from './channel.ts';
import { post } from './http.ts';
import { type AwsKeys, signV4 } from './sign-v4.ts';

type Settings = ChannelOf<'sns'>;

/** Characters of a short message, in parts. */
const LONGEST_SMS = 1600;
/** Below the 256 KiB of a topic. */
const LONGEST = 60_000;

const isFifo = ({ topic }: Settings): boolean => topic?.endsWith('.fifo') === true;

function parametersOf(message: Message, settings: Settings): Record<string, string> {
  const common = { Action: 'Publish', Version: '2010-03-31' };
  const { topic, phone } = settings;
  if (phone !== undefined) {
    // The head must stand in it, whatever is cut.
    const head = ` ${message.facts['head'] ?? ''}`;
    const text = message.subject.slice(0, LONGEST_SMS - head.length);
    return { ...common, PhoneNumber: phone, Message: `${text}${head}` };
  }
  if (topic === undefined) throw new SendFailure('refused', 'neither topic nor phone is named');
  return {
    ...common,
    TopicArn: topic,
    // At most 99 characters of ASCII.
    Subject: message.subject.replace(/[^\x20-\x7e]/g, '?').slice(0, 99),
    Message: message.text.slice(0, LONGEST),
    ...(isFifo(settings)
      ? { MessageGroupId: message.facts['incident'] ?? 'ir', MessageDeduplicationId: message.id }
      : {}),
  };
}

const regionOf = ({ settings, env }: Sending<Settings>): string =>
  settings.region ??
  settings.topic?.split(':')[3] ??
  awsRegion(env, settings.profile) ??
  'us-east-1';

const urlOf = (sending: Sending<Settings>): string =>
  sending.settings.url ?? `https://sns.${regionOf(sending)}.amazonaws.com/`;

async function keysOf(sending: Sending<Settings>): Promise<AwsKeys> {
  const { settings, secrets } = sending;
  const { access_key: accessKey, secret_key: secretKey, session_token: sessionToken } = secrets;
  if (accessKey !== undefined && secretKey !== undefined)
    return { accessKey, secretKey, sessionToken };
  return awsKeys(sending, settings.profile);
}

/** The channel. */
export const channel: Channel<Settings> = {
  knowsRepeats: isFifo,
  // A short message is read by every telephone company on its way.
  isEncrypted: (sending) =>
    sending.settings.phone === undefined && urlOf(sending).toLowerCase().startsWith('https:'),
  preview: (message, sending) => ({
    where: `POST ${urlOf(sending)}`,
    headers: {},
    body: new URLSearchParams(parametersOf(message, sending.settings)).toString(),
  }),
  async send(message, sending) {
    const { settings, ca, signal, now } = sending;
    const url = urlOf(sending);
    const body = new URLSearchParams(parametersOf(message, settings)).toString();
    const headers = signV4(
      {
        ...{ method: 'POST', url, body, region: regionOf(sending), service: 'sns', now },
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      },
      await keysOf(sending),
    );
    const answer = await post({ url, headers, body, ca, timeout: settings.timeout, signal }, now);
    const id = /<MessageId>([\w-]{1,64})<\/MessageId>/.exec(answer)?.[1];
    return id === undefined ? answer : `200 ${id}`;
  },
};
