/** The fields that expressions can name, what they hold, and how they are read from an event. */
import { ECS_FIELD_NAMES, FIELD_TYPES } from '../../events/ecs-field-names.ts';
import type { EcsField, Event } from '../../events/event.ts';
import { rawReader } from '../fields/raw-path.ts';
import { PLACE_FIELDS, placeOf } from '../geo/here.ts';

/** What a field holds, which decides how values are read. */
export type FieldKind = 'text' | 'number' | 'bytes' | 'duration' | 'address' | 'time';

/** Reads the value of a field; undefined where the event has none. */
export type ReadField = (event: Event, raw: string) => unknown;

/** The line as it stands in the file. */
export const RAW_FIELD = 'event.original';
const TIME_FIELD = '@timestamp';

const OWN: Readonly<Record<string, ReadField>> = {
  [TIME_FIELD]: ({ timeUs }) => timeUs,
  [RAW_FIELD]: (_, raw) => raw,
  'ir.format': ({ format }) => format,
  'ir.time_confidence': ({ timeConfidence }) => timeConfidence,
  'ir.host_basis': ({ hostBasis }) => hostBasis,
  'ir.repeats': ({ repeats }) => repeats,
};

/** All names that are known beforehand; `winlog.*` and `record.*` are those of the source. */
export const FIELD_NAMES: readonly string[] = [
  ...Object.keys(OWN),
  ...PLACE_FIELDS.keys(),
  ...ECS_FIELD_NAMES,
];

/** What the source itself calls so: `record.requestParameters.bucketName`. */
export const RECORD = 'record.';
const WINLOG = 'winlog.';

/** Can an expression name it? */
export const isField = (name: string): boolean =>
  Object.hasOwn(OWN, name) ||
  PLACE_FIELDS.has(name) ||
  Object.hasOwn(FIELD_TYPES, name) ||
  [RECORD, WINLOG].some((prefix) => name.startsWith(prefix) && name.length > prefix.length);

/** What the field holds. */
export function kindOf(name: string): FieldKind {
  if (name === TIME_FIELD) return 'time';
  if (name === 'event.duration') return 'duration';
  if (name.endsWith('.bytes') && FIELD_TYPES[name as EcsField] === 'number') return 'bytes';
  if (name === 'ir.repeats' || FIELD_TYPES[name as EcsField] === 'number') return 'number';
  return /\.ip$/.test(name) && Object.hasOwn(FIELD_TYPES, name) ? 'address' : 'text';
}

/** How the field is read. */
export function fieldReader(name: string): ReadField {
  const own = Object.hasOwn(OWN, name) ? OWN[name] : undefined;
  if (own !== undefined) return own;
  const place = PLACE_FIELDS.get(name);
  if (place !== undefined) return (event) => placeOf(event[place.address], place.part);
  if (Object.hasOwn(FIELD_TYPES, name)) return (event) => event[name as EcsField];
  if (name.startsWith(RECORD)) return rawReader(name.slice(RECORD.length));
  const inside = rawReader(name.slice(WINLOG.length));
  return ({ winlog }) =>
    winlog === undefined ? undefined : inside({ raw: winlog } as unknown as Event);
}
