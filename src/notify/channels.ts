/** The channels by type; each is loaded when it is used. */
import type { ChannelSettings } from '../configuration/channels.ts';
import type { Channel } from './channel.ts';

const CHANNELS: Readonly<Record<ChannelSettings['type'], () => Promise<{ channel: unknown }>>> = {
  webhook: () => import('./webhook.ts'),
  slack: () => import('./slack.ts'),
  mattermost: () => import('./mattermost.ts'),
  teams: () => import('./teams.ts'),
  pagerduty: () => import('./pagerduty.ts'),
  sns: () => import('./sns.ts'),
  smtp: () => import('./smtp.ts'),
  syslog: () => import('./syslog.ts'),
};

/** The channel of a type. */
export const channelOf = async (type: ChannelSettings['type']): Promise<Channel> =>
  (await CHANNELS[type]()).channel as Channel;
