/**
 * The `filter` section.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-filters-specification.md
 */
import { type Document, isScalar, type YAMLMap } from 'yaml';
import { parseDetection } from './parse-detection.ts';
import { textsOf } from './parse-header.ts';
import type { Condition, Placeholders, SigmaFilter } from './rule.ts';
import { entriesOf, offsetOf, type RuleSource, report, warn } from './rule-source.ts';

/** What a filter has besides its header and log source. */
export type FilterParts = Pick<SigmaFilter, 'rules' | 'searches' | 'condition'>;

/** Reads a filter map; undefined when it has no usable condition. Problems are collected in the source. */
export function parseFilter(
  context: { source: RuleSource; document: Document; placeholders: Placeholders },
  map: YAMLMap,
): FilterParts | undefined {
  const { source } = context;
  const entries = entriesOf(source, context.document, map);
  const rules = entries.find(({ key }) => key === 'rules');
  if (rules === undefined) {
    report(
      source,
      offsetOf(map),
      'the filter does not say for which rules it is',
      'Add "rules:" with their ids or names, or "rules: any" for all of its log source.',
    );
  }
  const isAny = isScalar(rules?.value) && String(rules.value.value).toLowerCase() === 'any';
  const named = isAny ? undefined : textsOf(source, rules);
  if (named?.length === 0 && rules !== undefined)
    report(source, offsetOf(rules.keyNode), 'the filter refers to no rules');
  const detection = parseDetection(context, map, ['rules']);
  if (detection === undefined) return undefined;
  const { searches, condition } = detection;
  if (!holdsNot(condition)) {
    const entry = entries.find(({ key }) => key === 'condition');
    warn(
      source,
      offsetOf(entry?.value ?? map),
      'the filter keeps only what its condition fits; it leaves nothing out',
      'To leave out what a selection fits, write "condition: not selection".',
    );
  }
  return { rules: named, searches, condition };
}

const holdsNot = (condition: Condition): boolean =>
  condition.kind === 'not' ||
  ((condition.kind === 'and' || condition.kind === 'or') && condition.of.some(holdsNot));
