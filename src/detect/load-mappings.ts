/** The mappings of a run: those that come with the program, kept parsed by the build, and the user's. */
import { existsSync } from 'node:fs';
import { type Environment, ownFolder } from '../config.ts';
import { fileFault, type IrError } from '../errors.ts';
import type { FieldResolver } from '../sigma/compiled-rule.ts';
import type { Mapping } from './fields/mapping.ts';
import { createResolver } from './fields/resolver.ts';
import { folderKey, type MappingCache, type RuleFile, readRuleCache } from './rule-cache.ts';
import { readYamlFiles, templateFolder } from './yaml-files.ts';

/** Mappings that can be used, and why others cannot. */
export interface LoadedMappings {
  bundled: readonly Mapping[];
  /** The user's (`$XDG_CONFIG_HOME/ir/mappings`): they come before the bundled ones. */
  own: readonly Mapping[];
  /** Of the content of all files: rules that were compiled with others must be compiled anew. */
  key: string;
  /** What could not be used, each with its place. */
  problems: readonly IrError[];
}

/** Reads the mappings. @param cache what the build kept; undefined to parse everything */
export async function loadMappings(
  env: Environment,
  cache: MappingCache | undefined,
): Promise<LoadedMappings> {
  const problems: IrError[] = [];
  const files = readYamlFiles(templateFolder('mappings'), new Set(), problems, 'mappings');
  const folder = ownFolder(env, 'mappings');
  const ownFiles = existsSync(folder) ? readYamlFiles(folder, new Set(), problems, 'mappings') : [];
  const key = folderKey(files);
  const bundled = cache?.key === key ? cache.mappings : await parse(files, true, problems);
  const own = ownFiles.length === 0 ? [] : await parse(ownFiles, false, problems);
  return {
    bundled,
    own,
    key: ownFiles.length === 0 ? key : folderKey([...files, ...ownFiles]),
    problems,
  };
}

/** What the names of fields mean in a run, for those who run no rules. */
export async function loadResolver(env: Environment): Promise<FieldResolver> {
  const { bundled, own } = await loadMappings(env, readRuleCache().mapped);
  return createResolver(bundled, own);
}

async function parse(
  files: readonly RuleFile[],
  isOurs: boolean,
  problems: IrError[],
): Promise<Mapping[]> {
  const { parseMapping } = await import('./fields/parse-mapping.ts');
  return files.flatMap(({ path, text }) => {
    try {
      const parsed = parseMapping(text, path, isOurs);
      problems.push(...parsed.problems);
      return parsed.mapping ?? [];
    } catch (error) {
      problems.push(fileFault(error, 'mapping', { path, line: 1 }));
      return [];
    }
  });
}
