/** The rules of a run: bundled, the user's and further folders, narrowed by --rule. */
import { existsSync } from 'node:fs';
import { configPaths } from '../config.ts';
import type { Config } from '../configuration/read-configuration.ts';
import { type IrError, suggestion, usageError } from '../errors.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import type { RuleSet } from '../sigma/compiled-rule.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { createResolver } from './fields/resolver.ts';
import { type LoadedMappings, loadMappings } from './load-mappings.ts';
import { loadDocuments, ruleFolders, withoutTests } from './load-rules.ts';
import { createPlan } from './plan.ts';
import { readRuleCache } from './rule-cache.ts';
import { ofProfile, wildcard, withReferences } from './rule-profile.ts';
import type { AnalyseOptions, LoadedPlan } from './session.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

/** The rules of a run, compiled, with what they were made from. */
export interface RuleChoice {
  documents: readonly RuleDocument[];
  /** With these the rules are compiled. */
  mappings: Pick<LoadedMappings, 'bundled' | 'own'>;
  ruleSet: RuleSet;
  /** What of the rules and mappings could not be used. */
  problems: readonly IrError[];
}

/** A run that asks no rule. */
export const NO_RULES: LoadedPlan = {
  documents: [],
  mappings: { bundled: [], own: [] },
  plan: createPlan(compileRuleSet([], createResolver([])).ruleSet),
};

/** What decides which rules run. */
export type RuleOptions = Pick<
  AnalyseOptions,
  | 'env'
  | 'cwd'
  | 'store'
  | 'ruleFolders'
  | 'ruleNames'
  | 'isWithoutOwnRules'
  | 'isWithoutRules'
  | 'profile'
  | 'indicators'
>;

/** Loads and compiles. Throws a usage error when a --rule names none. */
export async function chooseRules(options: RuleOptions): Promise<RuleChoice> {
  const { isWithoutRules = false, indicators } = options;
  if (isWithoutRules && indicators === undefined) {
    const { documents, mappings, plan } = NO_RULES;
    return { documents, mappings, ruleSet: plan.ruleSet, problems: [] };
  }
  const cache = readRuleCache();
  const config = await loadConfig(options);
  const mappings = await loadMappings(options.env, cache.mapped);
  const folders = ruleFolders(options.env, options.ruleFolders, options.isWithoutOwnRules);
  const loaded = await loadDocuments(folders, cache, config?.placeholders);
  // What was worked out at the build holds as long as names mean the same.
  const prepare = mappings.key === cache.mapped?.key ? withoutTests : uncompiled;
  const all = loaded.documents.map(prepare);
  const fitting = ofProfile(all, options.profile, config?.profiles ?? {});
  const chosen = isWithoutRules ? [] : narrow(fitting, options.ruleNames);
  const documents = [...chosen, ...(indicators?.documents ?? [])];
  const resolve = createResolver(mappings.bundled, mappings.own);
  const { ruleSet, problems } = compileRuleSet(documents, resolve);
  return {
    documents,
    mappings: { bundled: mappings.bundled, own: mappings.own },
    ruleSet,
    problems: [...(config?.problems ?? []), ...mappings.problems, ...loaded.problems, ...problems],
  };
}

/** The configuration; undefined where there is none, as in most runs: nothing is loaded to read it then. */
export async function loadConfig({
  env,
  cwd,
  store,
}: Pick<AnalyseOptions, 'env' | 'cwd' | 'store'>): Promise<Config | undefined> {
  const paths = configPaths(env, cwd, store).filter((path) => existsSync(path));
  if (paths.length === 0) return undefined;
  const { readConfig } = await import('../configuration/read-configuration.ts');
  return readConfig(paths);
}

function uncompiled(document: RuleDocument): RuleDocument {
  const bare = withoutTests(document);
  if (bare.kind !== 'rule') return bare;
  const { compiled: _, ...rest } = bare;
  return rest;
}

/** The named documents and what they refer to. */
function narrow(documents: readonly RuleDocument[], names: readonly string[]): RuleDocument[] {
  if (names.length === 0) return [...documents];
  const named: RuleDocument[] = [];
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
    named.push(...matching);
  }
  return withReferences(documents, named);
}

/** Rules that --rule names themselves, by index: not only a correlation that counts them, or their file with one. */
export function namedRules({ rules, silent }: RuleSet, names: readonly string[]): Set<number> {
  const tests = names.map(wildcard);
  const isNamed = (texts: readonly string[]): boolean =>
    tests.some((test) => texts.some((text) => test.test(text)));
  const named = rules.flatMap(({ rule }, index) =>
    isNamed(silent.has(index) ? ownTextsOf(rule) : textsOf(rule)) ? [index] : [],
  );
  return new Set(named);
}

const ownTextsOf = ({ id, name, title }: RuleDocument): string[] =>
  [id, name, title].filter((text) => text !== '');

const textsOf = (document: RuleDocument): string[] => {
  const { path } = document.place;
  const file = path.slice(path.lastIndexOf('/') + 1);
  return [...ownTextsOf(document), file, file.replace(/\.ya?ml$/, '')];
};
