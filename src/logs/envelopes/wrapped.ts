/**
 * What wraps a line of a log is one thing, what is inside another: here they come apart, and together again. The
 * payload says what happened; the envelope where it was collected, and when, if the payload does not know.
 */
import type { EcsField, EcsFields, Event, TimeConfidence } from '../../events/event.ts';

/** ECS fields that an envelope may know. */
export type OwnFields = { [K in EcsField]?: EcsFields[K] | undefined };

/** A line without its envelope. */
export interface Wrapped {
  payload: string;
  /** Lines of one stream may belong together, those of two never. Undefined: the payload stands alone. */
  stream: string | undefined;
  /** What the envelope alone knows. No payload can say otherwise. */
  own: OwnFields;
  /** When the envelope was written, in microseconds. */
  timeUs: number | undefined;
  timeConfidence: TimeConfidence;
  /** Where the envelope holds the whole event beside its text: it is not read again. */
  known?: KnownEvent | undefined;
  /** The payload goes on in the next line of the stream. */
  isPartial?: boolean | undefined;
  /** The event of a payload that no format knows, put together from its pieces; undefined when it says nothing. */
  plain(payload: string): Event | undefined;
}

/** An event as it was read before, but for the record that its source wrote. */
export interface KnownEvent {
  event: Event;
  /** Is the payload that record? */
  isRecord: boolean;
}

/** A collector wraps what another has wrapped; more than this is nobody's log. */
export const MAX_DEPTH = 3;

/** An envelope in another: the outer one was written by whom the inner one cannot forge. */
export function within(outer: Wrapped | undefined, inner: Wrapped): Wrapped {
  if (outer === undefined) return inner;
  const isInnerTime = outer.timeUs === undefined || inner.timeConfidence === 'exact';
  const { timeUs, timeConfidence } = isInnerTime ? inner : outer;
  return { ...inner, own: { ...inner.own, ...outer.own }, timeUs, timeConfidence };
}

/** The event of a payload with what the envelope knows. Changes the event. */
export function withEnvelope(event: Event, wrapped: Wrapped): Event {
  setTime(event, wrapped);
  const { own } = wrapped;
  for (const field in own) {
    const value = own[field as EcsField];
    if (value !== undefined) (event as unknown as Record<string, unknown>)[field] = value;
  }
  return event;
}

const DAY_US = 86_400_000_000;

/**
 * The payload's time counts where it is exact. Where its zone or year was guessed the envelope's counts, unless the
 * line was collected on another day.
 */
function setTime(event: Event, { timeUs, timeConfidence }: Wrapped): void {
  if (timeUs === undefined || event.timeConfidence === 'exact') return;
  if (event.timeUs !== undefined) {
    const isYearOpen =
      event.timeConfidence === 'year-inferred' || event.timeConfidence === 'after-file-date';
    const written = isYearOpen ? inYearNear(event.timeUs, timeUs) : event.timeUs;
    event.timeUs = written;
    if (Math.abs(written - timeUs) > DAY_US) return;
  }
  event.timeUs = timeUs;
  event.timeConfidence = timeConfidence;
}

/** The same day and hour in the year in which it lies nearest to another time. */
function inYearNear(timeUs: number, otherUs: number): number {
  const micros = timeUs % 1000;
  const date = new Date((timeUs - micros) / 1000);
  const year = new Date(otherUs / 1000).getUTCFullYear();
  let best = timeUs;
  for (const near of [year - 1, year, year + 1]) {
    date.setUTCFullYear(near);
    const moved = date.getTime() * 1000 + micros;
    if (Math.abs(moved - otherUs) < Math.abs(best - otherUs)) best = moved;
  }
  return best;
}
