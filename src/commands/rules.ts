/** `ir rules list, show, coverage, fields`: what rules there are, and what they may use. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { resolve as resolvePath, sep } from 'node:path';
import { ownFolder } from '../config.ts';
import type { RuleProfile } from '../configuration/sections.ts';
import { chooseRules, type RuleChoice, type RuleOptions } from '../detect/choose-rules.ts';
import { fieldsOf, type RuleFields } from '../detect/rule-fields.ts';
import { profileTest, sourcesOf } from '../detect/rule-profile.ts';
import { templateFolder } from '../detect/yaml-files.ts';
import { type IrError, suggestion, usageError } from '../errors.ts';
import type { Level } from '../events/level.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { loadOwnFormats, useOwnFormats } from '../logs/own-formats.ts';
import { attackOf } from '../sigma/attack-tags.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { CommandContext } from './context.ts';

/** The options that choose rules. */
export interface RulesOptions {
  rules?: readonly string[];
  userRules?: boolean;
  profile?: string;
  level?: Level;
  status?: readonly string[];
  tag?: readonly string[];
  logsource?: readonly string[];
}

/** A rule in a line. */
export interface RuleSummary {
  id: string;
  name: string;
  title: string;
  kind: 'rule' | 'correlation';
  level: Level;
  status: string;
  /** `linux/sshd`; of a correlation those of the rules that it counts. */
  logsources: readonly string[];
  techniques: readonly string[];
  tactics: readonly string[];
  origin: 'bundled' | 'user' | 'folder';
  /** It only feeds correlations. */
  isSilent: boolean;
  file: string;
}

/** The rules of a run. */
export interface RuleListResult {
  rules: readonly RuleSummary[];
  problems: readonly IrError[];
}

/** The engine's options from those of a command. */
export function ruleOptions(context: CommandContext, options: RulesOptions): RuleOptions {
  const { env, cwd, store } = context.settings;
  return {
    env,
    cwd,
    store,
    ruleFolders: (options.rules ?? []).map((path) => resolvePath(cwd, path)),
    ruleNames: [],
    isWithoutOwnRules: options.userRules === false,
    profile: options.profile,
  };
}

/** All rules that fit what is asked. */
export async function listRules(
  context: CommandContext,
  options: RulesOptions,
): Promise<RuleListResult> {
  const choice = await chooseRules(ruleOptions(context, options));
  const { level, status, tag, logsource } = options;
  const asked: RuleProfile = {
    level,
    status: status?.slice(),
    tag: tag?.slice(),
    logsource: logsource?.slice(),
  };
  const fits = profileTest(asked, choice.documents);
  const summary = summaryOf(context, choice);
  return { rules: choice.documents.filter(fits).map(summary), problems: choice.problems };
}

function summaryOf(
  { settings: { env } }: CommandContext,
  { documents, ruleSet }: RuleChoice,
): (document: SigmaRule | SigmaCorrelation) => RuleSummary {
  const silent = new Set<unknown>([
    ...[...ruleSet.silent].map((index) => ruleSet.rules[index]?.rule),
    ...[...ruleSet.silentCorrelations].map((index) => ruleSet.correlations[index]?.rule),
  ]);
  const own = ownFolder(env, 'rules') + sep;
  return (document) => {
    const { id, name, title, kind, level, status, tags, place } = document;
    const isBundled = place.path.startsWith('templates/');
    return {
      id,
      name,
      title,
      kind,
      level,
      status,
      logsources: [...new Set(sourcesOf(document, documents).map(sourceText))],
      ...attackOf(tags),
      origin: isBundled ? 'bundled' : place.path.startsWith(own) ? 'user' : 'folder',
      isSilent: silent.has(document),
      file: shortened(place.path),
    };
  };
}

const sourceText = ({ product, category, service }: SigmaRule['logsource']): string =>
  [product, category, service].filter((part) => part !== undefined).join('/');

const shortened = (path: string): string =>
  path.startsWith(homedir() + sep) ? `~${path.slice(homedir().length)}` : path;

/** A rule with its text. */
export interface RuleShowResult extends RuleSummary {
  description: string;
  falsepositives: readonly string[];
  references: readonly string[];
  fields: readonly string[];
  /** The document as it is written. */
  text: string;
}

/** One rule by id, name, title or file. Throws a usage error when there is none. */
export async function showRule(
  context: CommandContext,
  name: string,
  options: RulesOptions,
): Promise<RuleShowResult> {
  const choice = await chooseRules(ruleOptions(context, options));
  const document = findRule(choice, name);
  const compiled = choice.ruleSet.rules.find(({ rule }) => rule === document);
  const { description, falsepositives, references, place } = document;
  const path = place.path.startsWith('templates/')
    ? resolvePath(templateFolder('rules'), place.path.slice('templates/rules/'.length))
    : place.path;
  return {
    ...summaryOf(context, choice)(document),
    description,
    falsepositives,
    references,
    fields: compiled?.fields ?? [],
    text: documentText(readFileSync(path, 'utf8'), place.line ?? 1),
  };
}

/** The document of a file that begins at a line. */
function documentText(text: string, line: number): string {
  const rest = text.split('\n').slice(line - 1);
  const end = rest.findIndex((one) => /^---/.test(one));
  return rest
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trimEnd();
}

/** The rule that is called so. Throws a usage error when there is none, or several. */
export function findRule(
  { documents }: Pick<RuleChoice, 'documents'>,
  name: string,
): SigmaRule | SigmaCorrelation {
  const plain = (text: string): string => text.toLowerCase().replaceAll('_', '-');
  const wanted = plain(name);
  const namesOf = ({ id, name: own, title, place: { path } }: SigmaRule | SigmaCorrelation) => {
    const file = path.slice(path.lastIndexOf('/') + 1);
    return [
      [id, own, title],
      [file, file.replace(/\.ya?ml$/, '')],
    ];
  };
  for (const level of [0, 1]) {
    const found = documents.filter((document) =>
      namesOf(document)[level]?.some((one) => plain(one) === wanted),
    );
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      throw usageError(
        `"${name}" is several rules`,
        `Name one of them: ${found.map((one) => one.name || one.id || one.title).join(', ')}.`,
      );
    }
  }
  throw usageError(
    `no rule is called "${name}"`,
    suggestion(
      name,
      documents.flatMap((document) => namesOf(document).flat()).filter((one) => one !== ''),
      'ir rules list names them all.',
    ),
  );
}

/** How many rules there are for each technique. */
export interface CoverageResult {
  techniques: readonly { id: string; tactics: readonly string[]; rules: readonly string[] }[];
  /** Rules that report and name no technique. */
  untagged: readonly string[];
  rules: number;
}

/** The techniques that reporting rules name. */
export async function coverage(
  context: CommandContext,
  options: RulesOptions,
): Promise<CoverageResult> {
  const { rules } = await listRules(context, options);
  const reporting = rules.filter(({ isSilent }) => !isSilent);
  const found = new Map<string, { tactics: Set<string>; rules: string[] }>();
  for (const { techniques, tactics, title } of reporting) {
    for (const id of techniques) {
      const entry = found.get(id) ?? { tactics: new Set<string>(), rules: [] };
      for (const tactic of tactics) entry.tactics.add(tactic);
      entry.rules.push(title);
      found.set(id, entry);
    }
  }
  const techniques = [...found]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, entry]) => ({ id, tactics: [...entry.tactics].sort(), rules: entry.rules }));
  const untagged = reporting.filter((rule) => rule.techniques.length === 0);
  return { techniques, untagged: untagged.map(({ title }) => title), rules: reporting.length };
}

/** What rules of a log source may use. */
export async function ruleFields(context: CommandContext, logsource: string): Promise<RuleFields> {
  const own = loadOwnFormats(context.settings.env);
  useOwnFormats(own.documents);
  const { mappings } = await chooseRules(ruleOptions(context, {}));
  return fieldsOf(logsource, FORMATS, mappings);
}
