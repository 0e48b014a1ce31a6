/** The rules of a run: bundled, the user's and further folders, narrowed by --rule. */
import { suggestion, usageError } from '../errors.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import type { RuleSet } from '../sigma/compiled-rule.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { resolveField } from './fields/field-mapping.ts';
import { loadDocuments, problemLine, ruleFolders, withoutTests } from './load-rules.ts';
import type { AnalyseOptions } from './session.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

export interface RuleChoice {
  documents: readonly RuleDocument[];
  ruleSet: RuleSet;
  /** Rules that could not be loaded, as printable lines. */
  problems: readonly string[];
}

/** Loads and compiles. Throws a usage error when a --rule names none. */
export async function chooseRules(
  options: Pick<AnalyseOptions, 'env' | 'ruleFolders' | 'ruleNames'>,
): Promise<RuleChoice> {
  const loaded = await loadDocuments(ruleFolders(options.env, options.ruleFolders));
  const documents = narrow(loaded.documents.map(withoutTests), options.ruleNames);
  const { ruleSet, problems } = compileRuleSet(documents, resolveField);
  return {
    documents,
    ruleSet,
    problems: [...loaded.problems, ...problems].map(problemLine),
  };
}

/** The named documents and what they refer to. */
function narrow(documents: readonly RuleDocument[], names: readonly string[]): RuleDocument[] {
  if (names.length === 0) return [...documents];
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
  for (const name of names) {
    const test = wildcard(name);
    const matching = documents.filter((document) =>
      textsOf(document).some((text) => test.test(text)),
    );
    if (matching.length === 0) {
      throw usageError(
        `no rule is called "${name}"`,
        suggestion(
          name,
          documents.flatMap(textsOf),
          'Give an id, name, title or file; * stands for anything.',
        ),
      );
    }
    for (const document of matching) choose(document);
  }
  return documents.filter((document) => chosen.has(document));
}

const textsOf = ({ id, name, title, place }: RuleDocument): string[] => {
  const file = place.path.slice(place.path.lastIndexOf('/') + 1);
  return [id, name, title, file, file.replace(/\.ya?ml$/, '')].filter((text) => text !== '');
};

/** `*` is any text; the rest is literal; case does not count. */
const wildcard = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  );
