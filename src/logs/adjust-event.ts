/** What the user says of a file holds for each of its events. */
import type { Event } from '../events/event.ts';
import type { Adjustment } from './said-of-files.ts';

/** The event with its clock set right, and with a host. */
export function adjusted(event: Event, { skewUs, host, hostBasis }: Adjustment): Event {
  const timeUs = event.timeUs === undefined ? undefined : event.timeUs + skewUs;
  if (
    host === undefined ||
    event['host.hostname'] !== undefined ||
    event['host.name'] !== undefined
  )
    return { ...event, timeUs };
  return { ...event, timeUs, 'host.hostname': host, hostBasis };
}
