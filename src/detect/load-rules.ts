/** Rule files: from folders to parsed documents and a compiled rule set. Bundled and user rules go the same way. */
import { existsSync } from 'node:fs';
import { type Environment, ownFolder } from '../config.ts';
import { fileFault, type IrError } from '../errors.ts';
import { applyFilters } from '../sigma/apply-filters.ts';
import { compileRule } from '../sigma/compile-rule.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import type { FieldResolver, RuleSet } from '../sigma/compiled-rule.ts';
import type {
  Placeholders,
  Search,
  SigmaCorrelation,
  SigmaFilter,
  SigmaRule,
} from '../sigma/rule.ts';
import { createResolver } from './fields/resolver.ts';
import { loadMappings } from './load-mappings.ts';
import {
  type CachedFile,
  fileKey,
  folderKey,
  type RuleCache,
  readRuleCache,
  writeRuleCache,
} from './rule-cache.ts';
import { readYamlFiles, templateFolder } from './yaml-files.ts';

/** Rules as parsed, before they are compiled. */
export interface LoadedDocuments {
  /** In the order of the folders, then of the file names, then as written; filters are in the rules that they narrow. */
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  filters: readonly SigmaFilter[];
  /** What could not be used, each with its place. */
  problems: readonly IrError[];
  /** Oddities of documents that are used all the same. */
  warnings: readonly IrError[];
}

/** The same, compiled. */
export interface LoadedRules extends LoadedDocuments {
  ruleSet: RuleSet;
}

const BUNDLED_RULES = templateFolder('rules');

/** The bundled folder, then the user's (`$XDG_CONFIG_HOME/ir/rules`) when there is one, then further ones. */
export function ruleFolders(
  env: Environment,
  further: readonly string[] = [],
  isWithoutOwn = false,
): string[] {
  const own = ownFolder(env, 'rules');
  return [BUNDLED_RULES, ...(!isWithoutOwn && existsSync(own) ? [own] : []), ...further];
}

/**
 * Bundled files that were parsed, by `fileKey`: a source checkout has no kept form of them, and who reads logs more than
 * once parses them once.
 */
const parsedBefore = new Map<string, LoadedDocuments['documents']>();

/**
 * Reads and parses every `.yml` and `.yaml` file below the folders (or the files named themselves).
 * @param placeholders what `%name%` stands for
 */
export async function loadDocuments(
  folders: readonly string[],
  cache: RuleCache = readRuleCache(),
  placeholders: Placeholders = {},
): Promise<LoadedDocuments> {
  const documents: (SigmaRule | SigmaCorrelation)[] = [];
  const filters: SigmaFilter[] = [];
  const problems: IrError[] = [];
  const warnings: IrError[] = [];
  const seen = new Set<string>();
  for (const folder of folders) {
    const files = readYamlFiles(folder, seen, problems);
    if (folder === BUNDLED_RULES && folderKey(files) === cache.key) {
      for (const document of cache.documents) documents.push(document);
      continue;
    }
    for (const file of files) {
      const key = fileKey(file);
      const cached = cache.byKey.get(key) ?? parsedBefore.get(key);
      if (cached !== undefined) {
        documents.push(...cached);
        continue;
      }
      const { parseSigma } = await import('../sigma/parse-sigma.ts');
      try {
        const parsed = parseSigma(file.text, file.path, placeholders);
        for (const document of parsed.documents) documents.push(document);
        filters.push(...parsed.filters);
        // What there is to say about a file is said by every run.
        const isSaid = parsed.problems.length + parsed.warnings.length > 0;
        if (folder === BUNDLED_RULES && !isSaid) parsedBefore.set(key, parsed.documents);
        for (const problem of parsed.problems) problems.push(problem);
        for (const warning of parsed.warnings) warnings.push(warning);
      } catch (error) {
        problems.push(fileFault(error, 'rule', { path: file.path, line: 1 }));
      }
    }
  }
  const filtered = applyFilters(documents, filters);
  problems.push(...filtered.problems);
  return { documents: filtered.documents, filters, problems, warnings };
}

/** Parses the bundled rules anew and keeps them for later runs. Part of the build. */
export async function cacheBundledRules(): Promise<void> {
  const { parseSigma } = await import('../sigma/parse-sigma.ts');
  const files = readYamlFiles(BUNDLED_RULES, new Set(), []);
  const mappings = await loadMappings({ XDG_CONFIG_HOME: '/nonexistent' }, undefined);
  const resolve = createResolver(mappings.bundled);
  const kept: CachedFile[] = [];
  for (const file of files) {
    const { documents, problems, warnings } = parseSigma(file.text, file.path);
    if (problems.length + warnings.length > 0) continue;
    kept.push({
      key: fileKey(file),
      documents: documents.map(withoutTests).map((each) => checked(each, resolve)),
    });
  }
  const { bundled, key } = mappings;
  writeRuleCache(kept, kept.length === files.length ? folderKey(files) : undefined, {
    mappings: bundled,
    key,
  });
}

/** The parser has compiled every match; later runs need not do so to find mistakes. */
function checked<T extends SigmaRule | SigmaCorrelation>(document: T, resolve: FieldResolver): T {
  if (document.kind !== 'rule') return document;
  const { literals, fields, readsLine } = compileRule(document, resolve);
  document.compiled = { literals, fields, readsLine };
  for (const search of document.searches.values()) markChecked(search);
  return document;
}

function markChecked(search: Search): void {
  if (search.kind === 'all' || search.kind === 'any') search.of.forEach(markChecked);
  else search.match.isChecked = true;
}

/** Loads and compiles the rules of the folders. What is broken is reported, the rest runs. */
export async function loadRules(
  folders: readonly string[],
  options: { resolve: FieldResolver },
): Promise<LoadedRules> {
  const loaded = await loadDocuments(folders);
  const { ruleSet, problems } = compileRuleSet(loaded.documents, options.resolve);
  return { ...loaded, ruleSet, problems: [...loaded.problems, ...problems] };
}

/** A document without its test lines, which no run needs: cheap to keep and to hand over. */
export function withoutTests<T extends SigmaRule | SigmaCorrelation>(document: T): T {
  const ours = document.custom['ir'];
  if (typeof ours !== 'object' || ours === null || !('tests' in ours)) return document;
  const { tests: _, ...rest } = ours as Record<string, unknown>;
  return { ...document, custom: { ...document.custom, ir: rest } };
}
