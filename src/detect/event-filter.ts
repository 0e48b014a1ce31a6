/** Which events take part: --since, --until, --entity, --grep. */
import { readIp } from '../events/address.ts';
import type { Event } from '../events/event.ts';

export interface FilterOptions {
  /** Microseconds since the epoch; infinite when not limited. */
  sinceUs: number;
  untilUs: number;
  /** An address, user, host, process, file or session that an event must name. */
  entities: readonly string[];
  /** A regular expression (RE2 syntax) that the event's text must match. */
  grep: string | undefined;
}

export interface EventFilter {
  accepts(event: Event, raw: string): boolean;
  /** True when only times are limited, which can be decided without the event. */
  isTimeOnly: boolean;
  sinceUs: number;
  untilUs: number;
}

/** Fields in which an entity is looked for. */
const ENTITY_FIELDS = [
  'source.ip',
  'source.address',
  'source.user.name',
  'destination.ip',
  'destination.address',
  'user.name',
  'user.id',
  'user.effective.name',
  'user.target.name',
  'host.name',
  'host.hostname',
  'process.name',
  'process.executable',
  'file.path',
  'url.path',
  'url.domain',
  'session.id',
  'cloud.account.id',
  'service.name',
] as const;

/** A compiled `--grep` expression. */
export type TextTest = (text: string) => boolean;

/** Builds the filter. `test` is the compiled `grep`, linear in time. */
export function createFilter(options: FilterOptions, test: TextTest | undefined): EventFilter {
  const { sinceUs, untilUs } = options;
  // An address has one spelling in events, whichever way it is asked for.
  const entities = options.entities.map((entity) => readIp(entity.trim()) ?? entity.toLowerCase());
  return {
    sinceUs,
    untilUs,
    isTimeOnly: entities.length === 0 && test === undefined,
    accepts(event, raw) {
      const { timeUs } = event;
      if (timeUs === undefined) {
        // Without a time an event is neither before nor after; it is kept unless a range is asked for.
        if (sinceUs !== Number.NEGATIVE_INFINITY || untilUs !== Number.POSITIVE_INFINITY)
          return false;
      } else if (timeUs < sinceUs || timeUs > untilUs) return false;
      if (test !== undefined && !test(raw)) return false;
      return entities.length === 0 || entities.some((entity) => names(event, raw, entity));
    },
  };
}

function names(event: Event, raw: string, entity: string): boolean {
  for (const field of ENTITY_FIELDS) {
    const value = event[field];
    if (value !== undefined && String(value).toLowerCase() === entity) return true;
  }
  return event['related.ip']?.includes(entity) === true || namedInRaw(event, raw, entity);
}

/** Cloud records name principals in many places: there an exact word anywhere in the record counts. */
const namedInRaw = (event: Event, raw: string, entity: string): boolean =>
  event.format === 'cloudtrail' && raw.toLowerCase().includes(`"${entity}"`);
