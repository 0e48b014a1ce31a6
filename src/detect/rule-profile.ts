/** Choices of rules: by what a profile of the configuration asks for, and with all that correlations refer to. */
import type { RuleProfile } from '../configuration/sections.ts';
import { suggestion, usageError } from '../errors.ts';
import { levelRank } from '../events/level.ts';
import type { SigmaCorrelation, SigmaLogSource, SigmaRule } from '../sigma/rule.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

/** The rules that fit a profile, and those that they count. Throws a usage error when there is no such profile. */
export function ofProfile(
  documents: readonly RuleDocument[],
  name: string | undefined,
  profiles: Readonly<Record<string, RuleProfile>>,
): readonly RuleDocument[] {
  if (name === undefined) return documents;
  if (!Object.hasOwn(profiles, name)) {
    throw usageError(
      `there is no profile "${name}"`,
      suggestion(
        name,
        Object.keys(profiles),
        'Profiles stand under "profiles" in ~/.config/ir/config.yml; ir config show lists them.',
      ),
    );
  }
  const fits = profileTest(profiles[name]!, documents);
  return withReferences(documents, documents.filter(fits));
}

/** Does a rule fit? Of a correlation the log sources are those of the rules that it counts. */
export function profileTest(
  { level, status, tag, logsource }: RuleProfile,
  documents: readonly RuleDocument[],
): (document: RuleDocument) => boolean {
  const tagTests = tag?.map(wildcard);
  return (document) =>
    (level === undefined || levelRank(document.level) >= levelRank(level)) &&
    (status?.includes(document.status) ?? true) &&
    (tagTests?.some((test) => document.tags.some((one) => test.test(one))) ?? true) &&
    (logsource?.some((asked) =>
      sourcesOf(document, documents).some((source) => isOfSource(asked, source)),
    ) ??
      true);
}

/** `linux`, `webserver`, `linux/process_creation`: each part is the product, category or service. */
function isOfSource(asked: string, { product, category, service }: SigmaLogSource): boolean {
  const words = [product, category, service];
  return asked
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '' && part !== '*')
    .every((part) => words.includes(part));
}

/** The log sources of a rule, or of the rules that a correlation counts. */
export function sourcesOf(
  document: RuleDocument,
  documents: readonly RuleDocument[],
): SigmaLogSource[] {
  return withReferences(documents, [document]).flatMap((each) =>
    each.kind === 'rule' ? [each.logsource] : [],
  );
}

/** Documents and what they refer to, in their order. */
export function withReferences(
  documents: readonly RuleDocument[],
  wanted: readonly RuleDocument[],
): RuleDocument[] {
  const chosen = new Set<RuleDocument>();
  const choose = (document: RuleDocument): void => {
    if (chosen.has(document)) return;
    chosen.add(document);
    if (document.kind === 'rule') return;
    for (const other of documents) {
      if (document.references_to.some((name) => name === other.id || name === other.name))
        choose(other);
    }
  };
  for (const document of wanted) choose(document);
  return documents.filter((document) => chosen.has(document));
}

/** `*` is any text; the rest is literal; case does not count. */
export const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  );
