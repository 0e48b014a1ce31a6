/** `ir rules withdraw`: takes a file of one's own rules, exceptions or mappings out of use, and keeps it. */
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { basename, relative } from 'node:path';
import { ownFolder } from '../config.ts';
import { chooseRules, loadConfig } from '../detect/choose-rules.ts';
import { readYamlFiles } from '../detect/yaml-files.ts';
import { type IrError, refusedError, suggestion, usageError } from '../errors.ts';
import { parseSigma } from '../sigma/parse-sigma.ts';
import type { CommandContext } from './context.ts';
import { findRule, ruleOptions } from './rules.ts';

/** What is out of use now. */
export interface RuleWithdrawResult {
  file: string;
  /** Where it is kept: its name ends so that no run reads it. */
  kept: string;
  reason: string;
  /** Titles of the rules in the file. */
  rules: readonly string[];
  /** Titles of the exceptions in it. */
  filters: readonly string[];
  /** Names of own correlations elsewhere that count one of these rules, and have nothing to count now. */
  counting: readonly string[];
  /** False with --dry-run. */
  isWritten: boolean;
}

interface OwnFile {
  path: string;
  text: string;
  rules: readonly { id: string; name: string; title: string; counts: readonly string[] }[];
  filters: readonly string[];
}

/**
 * Takes the file out of use that holds a rule of the user's own, named by id, name, title or file.
 * @throws IrError (exit 2) without a reason, where nothing or several files are meant; (exit 6) for what comes with the program
 */
export async function withdrawRule(
  context: CommandContext,
  name: string,
  options: { reason?: string | undefined; dryRun?: boolean | undefined },
): Promise<RuleWithdrawResult> {
  const reason = options.reason?.replace(/\s+/g, ' ').trim() ?? '';
  if (reason === '') throw usageError('withdrawing needs --reason', 'Say why it no longer counts.');
  const files = await ownFiles(context);
  const file = await fileOf(context, files, name);
  const gone = new Set(file.rules.flatMap(({ id, name: own }) => [id, own]));
  const counting = files
    .filter((one) => one !== file)
    .flatMap(({ rules }) => rules.filter(({ counts }) => counts.some((one) => gone.has(one))));
  const kept = freeName(`${file.path}.withdrawn`);
  const isWritten = options.dryRun !== true;
  if (isWritten) {
    const head = `# Withdrawn ${context.now().toISOString()}: ${reason}\n`;
    // First its own name: a run that starts meanwhile reads it whole or not at all.
    renameSync(file.path, kept);
    writeFileSync(kept, head + file.text, { mode: 0o600 });
  }
  return {
    ...{ file: file.path, kept, reason, filters: file.filters, isWritten },
    rules: file.rules.map(({ title }) => title),
    counting: counting.map(({ title }) => title),
  };
}

async function ownFiles(context: CommandContext): Promise<OwnFile[]> {
  const { env } = context.settings;
  const config = await loadConfig(context.settings);
  const problems: IrError[] = [];
  const folders = [ownFolder(env, 'rules'), ownFolder(env, 'mappings')].filter((folder) =>
    existsSync(folder),
  );
  return folders
    .flatMap((folder) => readYamlFiles(folder, new Set(), problems))
    .map(({ path, text }) => {
      const { documents, filters } = parseSigma(text, path, config?.placeholders);
      const rules = documents.map((one) => ({
        ...{ id: one.id, name: one.name, title: one.title },
        counts: one.kind === 'correlation' ? one.references_to : [],
      }));
      return { path, text, rules, filters: filters.map(({ title }) => title) };
    });
}

async function fileOf(
  context: CommandContext,
  files: readonly OwnFile[],
  name: string,
): Promise<OwnFile> {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  const wanted = plain(name);
  const folder = ownFolder(context.settings.env, 'rules');
  const namesOf = ({ path, rules, filters }: OwnFile): string[] => [
    ...rules.flatMap(({ id, name: own, title }) => [id, own, title]),
    ...filters,
    ...[path, relative(folder, path), basename(path), basename(path).replace(/\.ya?ml$/i, '')],
  ];
  const found = files.filter((file) => namesOf(file).some((one) => plain(one) === wanted));
  if (found.length === 1) return found[0]!;
  if (found.length > 1) {
    const all = found.map(({ path }) => relative(folder, path)).join(', ');
    throw usageError(`"${name}" is in several files`, `Name one of them: ${all}.`);
  }
  const { documents } = await chooseRules({
    ...ruleOptions(context, {}),
    isWithoutOwnRules: true,
  });
  const known = bundled(documents, name);
  if (known !== undefined)
    throw refusedError(
      `"${known}" comes with the program`,
      'Narrow it with ir rules tune, or leave it out with a profile of config.yml.',
    );
  throw usageError(
    `none of your own rules is called "${name}"`,
    suggestion(name, files.flatMap(namesOf).filter(Boolean), 'ir rules list shows them.'),
  );
}

function bundled(documents: Parameters<typeof findRule>[0]['documents'], name: string) {
  try {
    return findRule({ documents }, name).title;
  } catch {
    return undefined;
  }
}

function freeName(wanted: string): string {
  for (let count = 1; ; count += 1) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    if (!existsSync(name)) return name;
  }
}
