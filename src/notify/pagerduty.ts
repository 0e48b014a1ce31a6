/** PagerDuty's Events API v2. @see https://developer.pagerduty.com/docs/events-api-v2-overview */
import { z } from 'zod';
import type { ChannelOf } from '../configuration/channels.ts';
import { visible } from '../events/visible.ts';
import { type Message, SendFailure, type Sending } from './channel.ts';
import { get } from './http.ts';
import { jsonChannel } from './json-channel.ts';

const SEVERITY: Readonly<Record<string, string>> = {
  SEV1: 'critical',
  SEV2: 'error',
  SEV3: 'warning',
  SEV4: 'info',
};

/** What an event does to the alert of the incident. */
function actionOf({ event, facts }: Message): 'trigger' | 'acknowledge' | 'resolve' {
  if (
    event === 'alert_resolved' ||
    facts['status'] === 'closed' ||
    facts['phase'] === 'post_incident'
  )
    return 'resolve';
  // Somebody works on it: the alert goes on, and calls nobody any more.
  if (event === 'phase_changed') return 'acknowledge';
  return 'trigger';
}

/** By what PagerDuty knows it: an alert of a watch by its id, a digest alone, all that is told of an incident by its key. */
export function dedupKey({ id, event, facts }: Pick<Message, 'id' | 'event' | 'facts'>): string {
  const { alert } = facts;
  if (alert !== undefined && alert !== '') return `ir-alert-${alert}`;
  return (event === 'alert_digest' ? `ir-digest-${id}` : `ir-${facts['incident']}`).slice(0, 255);
}

/** One alert for each incident and each alert of a watch: whatever is told of it goes there, and a repetition adds nothing. */
export const channel = jsonChannel<ChannelOf<'pagerduty'>>({
  knowsRepeats: true,
  bodyOf: (message: Message, { secrets }: Sending<ChannelOf<'pagerduty'>>) => ({
    routing_key: secrets['routing_key'],
    event_action: actionOf(message),
    dedup_key: dedupKey(message),
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

/** Who took it on, and when. */
export interface TakenOn {
  by: string;
  /** RFC 3339. */
  at: string;
}

/**
 * Asks PagerDuty whether somebody acknowledged what goes by this key; undefined: nobody did.
 * @see https://developer.pagerduty.com/api-reference/9d0b4b12e36f9-list-incidents
 * @param token a REST key that may read
 * @throws SendFailure for an answer that is none, without the token
 */
export async function takenOn(
  { settings, ca, signal, now }: Sending<ChannelOf<'pagerduty'>>,
  token: string,
  key: string,
): Promise<TakenOn | undefined> {
  const url = `${settings.api_url.replace(/\/+$/, '')}/incidents?date_range=all&incident_key=${encodeURIComponent(key)}`;
  const headers = {
    authorization: `Token token=${token}`,
    accept: 'application/vnd.pagerduty+json;version=2',
    'user-agent': 'breachline',
  };
  const text = await get({ url, headers, ca, timeout: settings.timeout, signal }, now).catch(
    (error: unknown) => {
      // An answer may repeat what it was sent.
      if (error instanceof SendFailure)
        throw new SendFailure(error.kind, error.message.replaceAll(token, '***'));
      throw error;
    },
  );
  const answer = readAnswer(text);
  const all = answer.flatMap(({ acknowledgements = [] }) => acknowledgements);
  const [first] = all
    .filter(({ at }) => !Number.isNaN(Date.parse(at)))
    .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  if (first === undefined) return undefined;
  const by = visible(first.acknowledger?.summary ?? 'somebody').slice(0, 100);
  return { by, at: new Date(first.at).toISOString() };
}

const incidents = z.object({
  incidents: z.array(
    z.object({
      acknowledgements: z
        .array(
          z.object({ at: z.string(), acknowledger: z.object({ summary: z.string() }).nullish() }),
        )
        .nullish()
        .transform((all) => all ?? []),
    }),
  ),
});

function readAnswer(text: string): z.infer<typeof incidents>['incidents'] {
  try {
    return incidents.parse(JSON.parse(text)).incidents;
  } catch {
    throw new SendFailure('refused', 'the answer is no list of incidents');
  }
}
