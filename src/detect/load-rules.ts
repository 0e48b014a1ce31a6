/** Rule files: from folders to parsed documents and a compiled rule set. Bundled and user rules go the same way. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fileFault, type IrError, messageOf, templateError } from '../errors.ts';
import { compileRule } from '../sigma/compile-rule.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import type { FieldResolver, RuleSet } from '../sigma/compiled-rule.ts';
import type { Search, SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import { resolveField } from './fields/field-mapping.ts';
import {
  type CachedFile,
  fileKey,
  folderKey,
  type RuleCache,
  type RuleFile,
  readRuleCache,
  writeRuleCache,
} from './rule-cache.ts';

export interface LoadedDocuments {
  /** In the order of the folders, then of the file names, then as written. */
  documents: readonly (SigmaRule | SigmaCorrelation)[];
  /** What could not be used, each with its place. */
  problems: readonly IrError[];
  /** Oddities of documents that are used all the same. */
  warnings: readonly IrError[];
}

export interface LoadedRules extends LoadedDocuments {
  ruleSet: RuleSet;
}

/** The same depth below the package for `src/detect` and `dist/detect`. */
const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BUNDLED_RULES = join(PACKAGE_ROOT, 'templates', 'rules');

/** A rule file is a page of text, a list of indicators some megabytes; more than this is something else. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

/** The bundled folder, then the user's (`$XDG_CONFIG_HOME/ir/rules`) when there is one, then further ones. */
export function ruleFolders(env: Environment, further: readonly string[] = []): string[] {
  const configHome = env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config');
  const own = join(configHome, 'ir', 'rules');
  return [BUNDLED_RULES, ...(existsSync(own) ? [own] : []), ...further];
}

/** Reads and parses every `.yml` and `.yaml` file below the folders (or the files named themselves). */
export async function loadDocuments(
  folders: readonly string[],
  cache: RuleCache = readRuleCache(),
): Promise<LoadedDocuments> {
  const documents: (SigmaRule | SigmaCorrelation)[] = [];
  const problems: IrError[] = [];
  const warnings: IrError[] = [];
  const seen = new Set<string>();
  for (const folder of folders) {
    const files = readRuleFiles(folder, seen, problems);
    if (folder === BUNDLED_RULES && folderKey(files) === cache.key) {
      for (const document of cache.documents) documents.push(document);
      continue;
    }
    for (const file of files) {
      const cached = cache.byKey.get(fileKey(file));
      if (cached !== undefined) {
        documents.push(...cached);
        continue;
      }
      const { parseSigma } = await import('../sigma/parse-sigma.ts');
      try {
        const parsed = parseSigma(file.text, file.path);
        for (const document of parsed.documents) documents.push(document);
        for (const problem of parsed.problems) problems.push(problem);
        for (const warning of parsed.warnings) warnings.push(warning);
      } catch (error) {
        problems.push(fileFault(error, 'rule', { path: file.path, line: 1 }));
      }
    }
  }
  return { documents, problems, warnings };
}

/** Parses the bundled rules anew and keeps them for later runs. Part of the build. */
export async function cacheBundledRules(): Promise<void> {
  const { parseSigma } = await import('../sigma/parse-sigma.ts');
  const files = readRuleFiles(BUNDLED_RULES, new Set(), []);
  const kept: CachedFile[] = [];
  for (const file of files) {
    const { documents, problems, warnings } = parseSigma(file.text, file.path);
    // What there is to say about a file is said by every run.
    if (problems.length + warnings.length > 0) continue;
    kept.push({
      key: fileKey(file),
      documents: documents.map(withoutTests).map(checked),
    });
  }
  writeRuleCache(kept, kept.length === files.length ? folderKey(files) : undefined);
}

/** The parser has compiled every match; later runs need not do so to find mistakes. */
function checked<T extends SigmaRule | SigmaCorrelation>(document: T): T {
  if (document.kind !== 'rule') return document;
  const { literals, fields, readsLine } = compileRule(document, resolveField);
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

/** A problem on one line: place, message and hint. */
export function problemLine({ message, hint, source }: IrError): string {
  const place =
    source === undefined ? '' : `${source.path}:${source.line ?? 1}:${source.column ?? 1}: `;
  return `${place}${message}${hint === undefined ? '' : `. ${hint}`}`;
}

/**
 * The files of a folder in a stable order, without those already seen. Links are followed, but each folder is read once, by its
 * identity: links may lead in a circle.
 */
function readRuleFiles(folder: string, seen: Set<string>, problems: IrError[]): RuleFile[] {
  const found: { path: string; bytes: number }[] = [];
  const read = new Set<string>();
  const visit = (path: string, isNamed: boolean): void => {
    try {
      // A broken link to a rule counts as a file, so that reading it reports it.
      const status = statSync(path, { throwIfNoEntry: isNamed });
      if (status?.isDirectory() === true) {
        const identity = `${status.dev}:${status.ino}`;
        if (read.has(identity)) return;
        read.add(identity);
        for (const name of readdirSync(path)) visit(`${path}${sep}${name}`, false);
      } else if ((isNamed || /\.ya?ml$/i.test(path)) && (status === undefined || status.isFile())) {
        // Overlapping folders must not make every rule a duplicate of itself.
        if (!seen.has(path)) found.push({ path, bytes: status?.size ?? 0 });
        seen.add(path);
      }
    } catch (error) {
      problems.push(unreadable(path, error));
    }
  };
  visit(resolve(folder), true);
  // By code units: the order must not depend on the locale.
  found.sort((left, right) => (left.path < right.path ? -1 : 1));
  return found.flatMap(({ path, bytes }) => readRuleFile(path, bytes, problems) ?? []);
}

function readRuleFile(path: string, bytes: number, problems: IrError[]): RuleFile | undefined {
  const shown = shownPath(path);
  if (bytes > MAX_FILE_BYTES) {
    problems.push(
      templateError(`the file is too large for a rule (${bytes} bytes)`, { path: shown }),
    );
    return undefined;
  }
  try {
    return { path: shown, text: readFileSync(path, 'utf8') };
  } catch (error) {
    problems.push(unreadable(path, error));
    return undefined;
  }
}

function unreadable(path: string, error: unknown): IrError {
  const code = (error as NodeJS.ErrnoException).code;
  const reason = code === 'ENOENT' ? 'it does not exist' : (code ?? messageOf(error));
  return templateError(`the rules cannot be read: ${reason}`, { path: shownPath(path) });
}

const isBundled = (path: string): boolean => path.startsWith(BUNDLED_RULES + sep);

/** Bundled rules by their place in the package, so that output is the same wherever it is installed. */
function shownPath(path: string): string {
  // Not path.relative, which is far too slow for 170 files at every start.
  if (!isBundled(path)) return path;
  return `templates/rules/${path
    .slice(BUNDLED_RULES.length + 1)
    .split(sep)
    .join('/')}`;
}

/** A document without its test lines, which no run needs: cheap to keep and to hand over. */
export function withoutTests<T extends SigmaRule | SigmaCorrelation>(document: T): T {
  const ours = document.custom['ir'];
  if (typeof ours !== 'object' || ours === null || !('tests' in ours)) return document;
  const { tests: _, ...rest } = ours as Record<string, unknown>;
  return { ...document, custom: { ...document.custom, ir: rest } };
}
