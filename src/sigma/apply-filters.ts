/** Filters as a rewrite: a rule with its filters is one rule, whose condition asks for all of theirs as well. */
import { type IrError, templateError } from '../errors.ts';
import type {
  Condition,
  Search,
  SigmaCorrelation,
  SigmaFilter,
  SigmaLogSource,
  SigmaRule,
} from './rule.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

/** Rules with the filters that are for them, and filters that name what is not there. */
export function applyFilters(
  documents: readonly RuleDocument[],
  filters: readonly SigmaFilter[],
): { documents: readonly RuleDocument[]; problems: readonly IrError[] } {
  if (filters.length === 0) return { documents, problems: [] };
  const filtered = documents.map((document) =>
    document.kind === 'rule'
      ? filters.filter((filter) => isFor(filter, document)).reduce(narrowed, document)
      : document,
  );
  return { documents: filtered, problems: filters.flatMap((each) => unusedNames(each, documents)) };
}

/** Is the filter for the rule: is it named, and does the filter's log source cover the rule's? */
function isFor({ rules, logsource }: SigmaFilter, rule: SigmaRule): boolean {
  const isNamed = rules === undefined || rules.some((name) => isNameOf(name, rule));
  return isNamed && covers(logsource, rule.logsource);
}

const isNameOf = (name: string, { id, name: own }: RuleDocument): boolean =>
  (name.toLowerCase() === id && id !== '') || (name === own && own !== '');

const covers = (outer: SigmaLogSource, inner: SigmaLogSource): boolean =>
  (['category', 'product', 'service'] as const).every(
    (part) => outer[part] === undefined || outer[part] === inner[part],
  );

/** Names of searches of a rule and of its filters must not meet: no name has a blank in it, and every filter adds some. */
function narrowed(rule: SigmaRule, filter: SigmaFilter): SigmaRule {
  const prefix = `filter ${rule.searches.size} `;
  const searches = new Map<string, Search>(rule.searches);
  for (const [name, search] of filter.searches) searches.set(prefix + name, search);
  // What was worked out for the rule alone no longer holds.
  const { compiled: _, ...rest } = rule;
  const condition: Condition = {
    kind: 'and',
    of: [rule.condition, renamed(filter.condition, prefix)],
  };
  return { ...rest, searches, condition };
}

function renamed(condition: Condition, prefix: string): Condition {
  switch (condition.kind) {
    case 'search':
      return { kind: 'search', name: prefix + condition.name };
    case 'of':
      return { ...condition, names: condition.names.map((name) => prefix + name) };
    case 'not':
      return { kind: 'not', of: renamed(condition.of, prefix) };
    default:
      return { kind: condition.kind, of: condition.of.map((part) => renamed(part, prefix)) };
  }
}

function unusedNames(filter: SigmaFilter, documents: readonly RuleDocument[]): IrError[] {
  return (filter.rules ?? []).flatMap((name) => {
    const named = documents.filter((document) => isNameOf(name, document));
    const reason = reasonOf(filter, named);
    return reason === undefined
      ? []
      : [
          templateError(
            `the filter "${filter.title}" has no effect on "${name}": ${reason}`,
            filter.place,
          ),
        ];
  });
}

function reasonOf(filter: SigmaFilter, named: readonly RuleDocument[]): string | undefined {
  if (named.length === 0) return 'no such rule was loaded';
  const rules = named.filter((document) => document.kind === 'rule');
  if (rules.length === 0) return 'it is a correlation; filter the rules that it counts';
  const isCovered = rules.some((rule) => covers(filter.logsource, rule.logsource));
  return isCovered ? undefined : 'the rule is for another log source';
}
