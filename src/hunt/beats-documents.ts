/**
 * Documents of Winlogbeat, which others wrote: where the index has their fields, the channel and the number of an event say which
 * rules it is for, so that a rule asks for its own alone.
 * @see https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
 */
import type { FieldCapability } from '../connectors/search-cluster.ts';
import { ruleFits } from '../detect/fields/log-sources.ts';
import type { EcsField } from '../events/event.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { SigmaLogSource } from '../sigma/rule.ts';
import { all, any, type Dsl, FOREIGN, type Part } from './rule-query.ts';

/** Reads them here. */
const FORMAT = 'windows-json';
/** What decides of an event which rules it is for, as its documents have it. */
const FIELDS: Readonly<Partial<Record<EcsField, string>>> = {
  'winlog.channel': 'winlog.channel',
  'event.code': 'winlog.event_id',
};

/** Are their fields there, each as one word in every index that has it? */
export const hasBeats = (fields: ReadonlyMap<string, FieldCapability>): boolean =>
  Object.values(FIELDS).every((name) => {
    const known = fields.get(name);
    return known?.isSearchable === true && known.types.every((type) => type === 'keyword');
  });

const THEIRS: Dsl = {
  bool: { filter: Object.values(FIELDS).map((field) => ({ exists: { field } })) },
};

/** Documents of others that a rule of this log source may hit. */
export function foreignOf(logsource: SigmaLogSource): Dsl {
  const sources = FORMATS.find(({ name }) => name === FORMAT)?.sources ?? [];
  const kinds = sources.filter((source) => ruleFits(logsource, source));
  const own = any(
    kinds.map(({ when = {} }) =>
      all(
        Object.entries(when).map(([field, words]): Part => {
          const name = FIELDS[field as EcsField];
          const isPlain = name !== undefined && !words.some((word) => word.includes('*'));
          return isPlain ? { terms: { [name]: words } } : 'everything';
        }),
      ),
    ),
  );
  if (own === 'everything') return FOREIGN;
  const other: Dsl = { bool: { must_not: [THEIRS] } };
  return all([FOREIGN, own === 'nothing' ? other : any([own, other])]) as Dsl;
}
