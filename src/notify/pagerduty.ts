/** PagerDuty's Events API v2. @see https://developer.pagerduty.com/docs/events-api-v2-overview */
import type { ChannelOf } from '../configuration/channels.ts';
import type { Message, Sending } from './channel.ts';
import { jsonChannel } from './json-channel.ts';

const SEVERITY: Readonly<Record<string, string>> = {
  SEV1: 'critical',
  SEV2: 'error',
  SEV3: 'warning',
  SEV4: 'info',
};

/** What an event does to the alert of the incident. */
function actionOf({ event, facts }: Message): 'trigger' | 'acknowledge' | 'resolve' {
  if (facts['status'] === 'closed' || facts['phase'] === 'post_incident') return 'resolve';
  // Somebody works on it: the alert goes on, and calls nobody any more.
  if (event === 'phase_changed') return 'acknowledge';
  return 'trigger';
}

/** One alert for each incident: whatever is told of it goes there, and a repetition adds nothing. */
export const channel = jsonChannel<ChannelOf<'pagerduty'>>({
  knowsRepeats: true,
  bodyOf: (message: Message, { secrets }: Sending<ChannelOf<'pagerduty'>>) => ({
    routing_key: secrets['routing_key'],
    event_action: actionOf(message),
    dedup_key: `ir-${message.facts['incident']}`.slice(0, 255),
    client: 'Breachline',
    payload: {
      summary: message.subject.slice(0, 1024),
      source: message.facts['incident'],
      severity: SEVERITY[message.facts['severity'] ?? ''] ?? 'warning',
      timestamp: message.at,
      class: message.event,
      custom_details: { ...message.facts, text: message.text, notice: message.id },
    },
  }),
});
