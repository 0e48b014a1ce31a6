/** `ir rules add, tune`: what goes into the user's own folder of rules. */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { ownFolder } from '../config.ts';
import { chooseRules, loadConfig } from '../detect/choose-rules.ts';
import { parseMapping } from '../detect/fields/parse-mapping.ts';
import { withReferences } from '../detect/rule-profile.ts';
import { readYamlFiles } from '../detect/yaml-files.ts';
import { EXIT, type ExitCode, IrError, usageError } from '../errors.ts';
import { parseSigma } from '../sigma/parse-sigma.ts';
import type { SigmaRule } from '../sigma/rule.ts';
import type { CommandContext } from './context.ts';
import { requirePaths } from './require-path.ts';
import { findRule, ruleOptions } from './rules.ts';

/** What was copied, and what was not. */
export interface RuleAddResult {
  from: string;
  to: string;
  files: number;
  rules: number;
  filters: number;
  mappings: number;
  /** Files that hold neither rules nor mappings, and rules that their authors gave up. */
  passed: number;
  problems: readonly IrError[];
}

/** Rules that their authors say are not to be used. */
const GIVEN_UP = ['deprecated', 'unsupported'];
/** Folders of SigmaHQ's repository that hold such rules, or none. */
const PASSED_FOLDERS = /(?:^|\/)(?:deprecated|unsupported|regression_data|tests|\.[^/]+)\//;

/** Copies the rules and mappings below a path into the user's folders; what holds a mistake is left out and said. */
export async function addRules(
  context: CommandContext,
  path: string,
): Promise<{ result: RuleAddResult; exit?: ExitCode }> {
  const { env, cwd } = context.settings;
  const from = resolve(cwd, path);
  requirePaths(cwd, [path]);
  const config = await loadConfig(context.settings);
  const isFolder = statSync(from).isDirectory();
  const base = dirname(from);
  const to = ownFolder(env, 'rules');
  if (from === to || from.startsWith(`${to}/`))
    throw usageError(`${path} is your own folder of rules`, 'Rules in it are used already.');
  const problems: IrError[] = [];
  const result = { files: 0, rules: 0, filters: 0, mappings: 0, passed: 0 };
  for (const file of readYamlFiles(from, new Set(), problems)) {
    const name = relative(base, file.path);
    if (isFolder && PASSED_FOLDERS.test(name)) {
      result.passed += 1;
      continue;
    }
    if (isMappingText(file.text)) {
      const { mapping, problems: found } = parseMapping(file.text, file.path, false);
      problems.push(...found);
      if (mapping === undefined) continue;
      copy(file.text, join(ownFolder(env, 'mappings'), basename(file.path)));
      result.mappings += 1;
      continue;
    }
    if (!isRuleText(file.text)) {
      result.passed += 1;
      continue;
    }
    const parsed = parseSigma(file.text, file.path, config?.placeholders);
    const used = parsed.documents.filter(({ status }) => !GIVEN_UP.includes(status));
    problems.push(...parsed.problems);
    // A rule that lacks the values of a placeholder is refused by each run until it has them.
    const waits = parsed.problems.length > 0 && parsed.problems.every(isPlaceholder);
    if (used.length + parsed.filters.length === 0 && !waits) {
      if (parsed.problems.length === 0) result.passed += 1;
      continue;
    }
    copy(file.text, join(to, name));
    result.files += 1;
    result.rules += used.length;
    result.filters += parsed.filters.length;
  }
  const isNothing = result.files + result.mappings === 0;
  if (isNothing && problems.length === 0) {
    throw new IrError('it holds no Sigma rule', {
      exit: EXIT.unreadableInput,
      source: { path },
      hint: 'Rules are .yml files with "logsource" and "detection".',
    });
  }
  return {
    result: { from: path, to, ...result, problems },
    ...(isNothing ? { exit: EXIT.invalidTemplate } : {}),
  };
}

const isPlaceholder = ({ message }: IrError): boolean => message.startsWith('the placeholder ');
const isRuleText = (text: string): boolean => /^(?:detection|correlation|filter):/m.test(text);
const isMappingText = (text: string): boolean => /^fields:\s*$/m.test(text) && !isRuleText(text);

function copy(text: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  writeFileSync(to, text, { mode: 0o600 });
}

/** The exception that was written. */
export interface RuleTuneResult {
  rule: string;
  /** The rules over single events that it narrows. */
  narrowed: readonly string[];
  /** Correlations that count these, too: for them the events are left out as well. */
  alsoCounted: readonly string[];
  ignored: readonly { field: string; value: string }[];
  file: string;
  text: string;
  /** False with --dry-run. */
  isWritten: boolean;
}

/** Writes an exception for a rule as a Sigma filter into the user's folder: events with all these values are left out. */
export async function tuneRule(
  context: CommandContext,
  name: string,
  { ignore = [], dryRun = false }: { ignore?: readonly string[]; dryRun?: boolean },
): Promise<RuleTuneResult> {
  if (ignore.length === 0) {
    throw usageError('nothing to ignore is named', 'Write --ignore source.ip=192.0.2.7.');
  }
  const ignored = ignore.map(readPair);
  const { env } = context.settings;
  const { documents } = await chooseRules(ruleOptions(context, {}));
  const rule = findRule({ documents }, name);
  const narrowed = withReferences(documents, [rule]).filter((one) => one.kind === 'rule');
  const nameless = narrowed.find((one) => one.id === '' && one.name === '');
  if (nameless !== undefined) {
    throw usageError(
      `the rule "${nameless.title}" has neither an id nor a name`,
      'Give it one: filters refer to rules by them.',
    );
  }
  const alsoCounted = documents.filter(
    (one) =>
      one !== rule &&
      one.kind === 'correlation' &&
      withReferences(documents, [one]).some((counted) => narrowed.includes(counted as SigmaRule)),
  );
  const text = sourcesWithin(narrowed)
    .map((rules) => filterText(rule.title, rules, ignored))
    .join('---\n');
  const slug = (rule.name || rule.title)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60);
  const file = join(ownFolder(env, 'rules'), 'tuned', `${slug}.yml`);
  if (!dryRun) {
    const before = existsSync(file) ? `${readFileSync(file, 'utf8').trimEnd()}\n---\n` : '';
    copy(before + text, file);
  }
  return {
    rule: rule.title,
    narrowed: narrowed.map(({ title }) => title),
    alsoCounted: alsoCounted.map(({ title }) => title),
    ignored,
    file,
    text,
    isWritten: !dryRun,
  };
}

function readPair(text: string): { field: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw usageError(`--ignore: "${text}" is no field=value`, 'Write source.ip=192.0.2.7.');
  }
  return { field: text.slice(0, at), value: text.slice(at + 1) };
}

/** Rules of one log source together: a filter has one. */
function sourcesWithin(rules: readonly SigmaRule[]): SigmaRule[][] {
  const bySource = new Map<string, SigmaRule[]>();
  for (const rule of rules) {
    const { product, category, service } = rule.logsource;
    const key = JSON.stringify([product, category, service]);
    bySource.set(key, [...(bySource.get(key) ?? []), rule]);
  }
  return [...bySource.values()];
}

const NETWORK = /^[\d.]+\/\d{1,2}$|^[\da-f:.]*:[\da-f:.]*\/\d{1,3}$/i;

function filterText(
  title: string,
  rules: readonly SigmaRule[],
  ignored: readonly { field: string; value: string }[],
): string {
  const selection: Record<string, string | string[]> = {};
  for (const { field, value } of ignored) {
    const key = NETWORK.test(value) ? `${field}|cidr` : field;
    const known = selection[key];
    selection[key] = known === undefined ? value : [known, value].flat();
  }
  return stringify({
    title: `Exception: ${title}`.slice(0, 256),
    id: randomUUID(),
    logsource: rules[0]!.logsource,
    filter: {
      rules: rules.map(({ id, name }) => id || name),
      selection,
      condition: 'not selection',
    },
  });
}
