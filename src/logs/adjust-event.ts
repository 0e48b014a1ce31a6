/** What the user says of a file holds for each of its events. */
import type { Event } from '../events/event.ts';
import { type Clock, confidenceWithin } from './clock.ts';
import type { Adjustment } from './said-of-files.ts';

/** The event as the user said of its file, its time held against the file's date. */
export function asTold(event: Event, clock: Clock, adjustment: Adjustment | undefined): Event {
  const told = adjustment === undefined ? event : adjusted(event, adjustment);
  const timeConfidence = confidenceWithin(clock, told);
  return timeConfidence === told.timeConfidence ? told : { ...told, timeConfidence };
}

/** The event with its clock set right, and with a host. */
function adjusted(event: Event, { skewUs, host, hostBasis }: Adjustment): Event {
  const timeUs = event.timeUs === undefined ? undefined : event.timeUs + skewUs;
  if (
    host === undefined ||
    event['host.hostname'] !== undefined ||
    event['host.name'] !== undefined
  )
    return { ...event, timeUs };
  return { ...event, timeUs, 'host.hostname': host, hostBasis };
}
