/** Which events take part: --since, --until, --entity, --grep, --where, --around session. */
import { readIp } from '../events/address.ts';
import type { Event } from '../events/event.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import { createBelongs, type FollowedSession, type SessionSign } from './follow.ts';
import { readNetwork } from './read-network.ts';
import { compileLineTest } from './search/line-test.ts';
import type { SearchQuery } from './search/query.ts';
import { type CompiledWhere, compileWhere } from './where/compile.ts';
import type { Where } from './where/where.ts';

/** What events must have to take part; all of it must hold. */
export interface FilterOptions {
  /** Microseconds since the epoch; infinite when not limited. */
  sinceUs: number;
  untilUs: number;
  /** An address, network (CIDR), user, host, process, file or session that an event must name, or belong to a session of. */
  entities: readonly string[];
  /** Signs of sessions, all of whose events are wanted besides. Absent: none. */
  signs?: readonly SessionSign[];
  /** The sessions of `entities` and `signs`, once the files were looked at. */
  sessions?: readonly FollowedSession[];
  /** What the event's text must hold. Absent: anything. */
  grep?: SearchQuery | undefined;
  /** What the event's fields must be. Absent: anything. */
  where?: Where | undefined;
  /** Every line takes the careful way, which the fast ones are held to. */
  isCareful?: boolean;
}

/** The options, checked and compiled. */
export interface EventFilter {
  /** @param whole the line as it stands in the file, where `raw` is what it wraps */
  accepts(event: Event, raw: string, format: LogFormat, whole?: string): boolean;
  /** True where the fast ways can decide without the event. */
  isForLanes: boolean;
  /** What they ask of the line, decoded; undefined: nothing. */
  text: TextTest | undefined;
  /** What the fast ways ask of the fields that they know. */
  where: CompiledWhere | undefined;
  sinceUs: number;
  untilUs: number;
}

/** Fields in which an entity is looked for. */
export const ENTITY_FIELDS = [
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

/** Fields in which an address of a network is looked for. */
const ADDRESS_FIELDS = [
  'source.ip',
  'source.address',
  'destination.ip',
  'destination.address',
  'host.ip',
] as const;

/** Does a text hold what was asked for? */
type TextTest = (text: string) => boolean;

/** An event of several lines holds what one of them holds, or all together. */
function textTest(query: SearchQuery): TextTest {
  const { holds } = compileLineTest(query);
  const holdsAny: TextTest = (text) =>
    holds(text) || (text.includes('\n') && text.split('\n').some(holds));
  return query.isInverted ? (text) => !holdsAny(text) : holdsAny;
}

/** Builds the filter. All that it asks is linear in time. */
export function createFilter(options: FilterOptions): EventFilter {
  const { sinceUs, untilUs, grep } = options;
  const test = grep === undefined ? undefined : textTest(grep);
  // Of a line and what it wraps one is enough, or with `isInverted` must both be without.
  const isEither = grep?.isInverted !== true;
  const holdsIn = (raw: string, whole: string | undefined): boolean => {
    if (test === undefined) return true;
    const holds = test(raw);
    return whole === undefined || holds === isEither ? holds : test(whole);
  };
  // An address has one spelling in events, whichever way it is asked for.
  const networks = options.entities.map(readNetwork).filter((test) => test !== undefined);
  const entities = options.entities
    .filter((entity) => readNetwork(entity) === undefined)
    .map((entity) => readIp(entity.trim()) ?? entity.toLowerCase());
  const where = options.where === undefined ? undefined : compileWhere(options.where);
  const belongs = createBelongs(options.sessions ?? []);
  const isBeside = options.signs !== undefined;
  return {
    sinceUs,
    untilUs,
    where,
    text: test,
    isForLanes:
      !followsSessions(options) && options.isCareful !== true && where?.readsPlaces !== true,
    accepts(event, raw, format, whole) {
      const { timeUs } = event;
      if (isBeside && belongs(event)) return true;
      if (timeUs === undefined) {
        // Without a time an event is neither before nor after; it is kept unless a range is asked for.
        if (sinceUs !== Number.NEGATIVE_INFINITY || untilUs !== Number.POSITIVE_INFINITY)
          return false;
      } else if (timeUs < sinceUs || timeUs > untilUs) return false;
      if (!holdsIn(raw, whole)) return false;
      if (where !== undefined && !where.test(event, whole ?? raw)) return false;
      return (
        options.entities.length === 0 ||
        belongs(event) ||
        entities.some((entity) => names(event, raw, entity, format)) ||
        networks.some((network) => isIn(event, network))
      );
    },
  };
}

/** Is it asked whose sessions events belong to? */
export const followsSessions = ({ entities, signs }: FilterOptions): boolean =>
  entities.length > 0 || signs !== undefined;

const isIn = (event: Event, network: TextTest): boolean =>
  ADDRESS_FIELDS.some((field) => {
    const value = event[field];
    return typeof value === 'string' && network(value);
  }) || event['related.ip']?.some(network) === true;

function names(event: Event, raw: string, entity: string, format: LogFormat): boolean {
  for (const field of ENTITY_FIELDS) {
    const value = event[field];
    if (value !== undefined && String(value).toLowerCase() === entity) return true;
  }
  if (event['related.ip']?.includes(entity) === true) return true;
  if (format.isNamedAnywhere !== true) return false;
  const text = raw.toLowerCase();
  // As a value of JSON or of XML.
  return text.includes(`"${entity}"`) || text.includes(`>${entity}<`);
}
