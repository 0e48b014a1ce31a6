/** `ir rules check, test, explain, doctor`: whether rules can be used, and do what they should. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { analyse } from '../detect/analyse.ts';
import { chooseRules, loadConfig, type RuleChoice } from '../detect/choose-rules.ts';
import { streamEvents } from '../detect/event-stream.ts';
import { createKinds, ruleFits } from '../detect/fields/log-sources.ts';
import { createResolver } from '../detect/fields/resolver.ts';
import type { Geo } from '../detect/geo/geo.ts';
import { loadDocuments, ruleFolders } from '../detect/load-rules.ts';
import { findRegressions, type Regression, testsOf, textOf } from '../detect/rule-tests.ts';
import type { AnalyseOptions } from '../detect/session.ts';
import type { UnmatchableRule } from '../detect/unmatchable.ts';
import { EXIT, type ExitCode, IrError, usageError } from '../errors.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { compileRuleSet } from '../sigma/compile-rule-set.ts';
import { type ExplainedPart, explainRule } from '../sigma/explain-rule.ts';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';
import type { CommandContext } from './context.ts';
import { requirePaths } from './require-path.ts';
import { findRule, type RulesOptions, ruleOptions } from './rules.ts';
import { readOptions } from './timeline.ts';

const NO_CACHE = { key: '', documents: [], byKey: new Map(), mapped: undefined };

/** What is wrong with rule files. */
export interface RuleCheckResult {
  paths: readonly string[];
  rules: number;
  correlations: number;
  filters: number;
  problems: readonly IrError[];
  warnings: readonly IrError[];
}

/** Reads files and folders of rules, and says every mistake; exit 3 when there is any. */
export async function checkRules(
  context: CommandContext,
  paths: readonly string[],
): Promise<{ result: RuleCheckResult; exit?: ExitCode }> {
  const { env, cwd } = context.settings;
  requirePaths(cwd, paths);
  const config = await loadConfig(context.settings);
  const folders = paths.map((path) => resolve(cwd, path));
  const loaded = await loadDocuments(folders, NO_CACHE, config?.placeholders);
  const { mappings } = await chooseRules({ ...ruleOptions(context, { userRules: false }), env });
  const resolver = createResolver(mappings.bundled, mappings.own);
  // Rules may refer to those that are there already.
  const others = await loadDocuments(ruleFolders(env), undefined, config?.placeholders);
  const ids = new Set(loaded.documents.flatMap(({ id, name }) => [id, name]));
  const known = others.documents.filter(
    ({ id, name }) => !(id !== '' && ids.has(id)) && !(name !== '' && ids.has(name)),
  );
  const { problems } = compileRuleSet([...loaded.documents, ...known], resolver);
  const isOfThese = ({ source }: IrError): boolean =>
    folders.some((folder) => source?.path.startsWith(folder) === true);
  const all = [...loaded.problems, ...problems.filter(isOfThese)];
  const count = (kind: string): number =>
    loaded.documents.filter((document) => document.kind === kind).length;
  return {
    result: {
      paths,
      rules: count('rule'),
      correlations: count('correlation'),
      filters: loaded.filters.length,
      problems: all,
      warnings: loaded.warnings,
    },
    ...(all.length > 0 ? { exit: EXIT.invalidTemplate } : {}),
  };
}

/** A test that did not come out as it should. */
export interface TestFailure {
  rule: string;
  file: string;
  /** What was expected, and what came. */
  reason: string;
}

/** The tests of rules. */
export interface RuleTestResult {
  rules: number;
  tests: number;
  failures: readonly TestFailure[];
  problems: readonly IrError[];
}

/**
 * Runs the tests that rules carry, and recordings in the layout of SigmaHQ's `regression_data`.
 * @param targets names of rules, or paths of recordings; none: all tests that rules carry
 */
export async function testRules(
  context: CommandContext,
  targets: readonly string[],
  options: RulesOptions,
): Promise<{ result: RuleTestResult; exit?: ExitCode }> {
  const asked = ruleOptions(context, options);
  const choice = await chooseRules(asked);
  const config = await loadConfig(asked);
  const folders = ruleFolders(asked.env, asked.ruleFolders, asked.isWithoutOwnRules);
  const { documents } = await loadDocuments(folders, NO_CACHE, config?.placeholders);
  const isPath = (target: string): boolean => existsSync(resolve(asked.cwd, target));
  const names = targets.filter((target) => !isPath(target));
  const named = names.map((name) => findRule({ documents }, name));
  const chosen = targets.length === 0 ? documents : named;
  const folder = mkdtempSync(join(tmpdir(), 'ir-rules-'));
  const failures: TestFailure[] = [];
  const problems: IrError[] = [];
  let rules = 0;
  let tests = 0;
  try {
    const run = runnerOf(context, choice, folder);
    for (const document of chosen) {
      const found = testsOf(document);
      if (found === undefined) continue;
      rules += 1;
      context.progress(`testing: ${document.title}`);
      tests += found.match.length + found.noMatch.length;
      failures.push(...(await failuresOf(document, found, run)));
    }
    for (const target of targets.filter(isPath)) {
      const found = findRegressions(resolve(asked.cwd, target));
      problems.push(...found.problems);
      for (const regression of found.regressions) {
        tests += 1;
        context.progress(`testing: ${regression.path}`);
        const failure = await regressionFailure(documents, regression, run.files);
        if (failure !== undefined) failures.push(failure);
      }
      rules += new Set(found.regressions.map(({ ruleId }) => ruleId)).size;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const isBad = failures.length + problems.length > 0;
  if (tests === 0 && problems.length === 0) {
    throw usageError(
      targets.length === 0 ? 'no rule carries tests' : `no tests for ${targets.join(', ')}`,
      'A rule carries them as ir.tests (docs/rules.md); recordings lie beside an info.yml.',
    );
  }
  return {
    result: { rules, tests, failures, problems },
    ...(isBad ? { exit: EXIT.invalidTemplate } : {}),
  };
}

const labelOf = ({ title, place }: SigmaRule | SigmaCorrelation) => ({
  rule: title,
  file: place.path,
});

interface Runner {
  /** How often a rule hits a text, read as a file, with all rules loaded. */
  text(document: SigmaRule | SigmaCorrelation, text: string, geo?: Geo): Promise<number>;
  /** How often a rule alone hits files. */
  files(document: SigmaRule | SigmaCorrelation, paths: readonly string[]): Promise<number>;
}

function runnerOf(context: CommandContext, choice: RuleChoice, folder: string): Runner {
  const options: AnalyseOptions = {
    ...readOptions(context, { level: 'informational', fold: 'none', workers: '0' }),
    zone: 'UTC',
    said: { zone: 'UTC' },
    isHashed: false,
    referenceMs: Date.UTC(2026, 2, 20),
  };
  let serial = 0;
  const count = async (paths: readonly string[], title: string, rules: RuleChoice, geo?: Geo) => {
    const { findings } = await analyse(paths, { ...options, geo }, rules);
    return findings.reduce((sum, one) => sum + (one.rule.title === title ? one.count : 0), 0);
  };
  return {
    async text({ title }, text, geo) {
      serial += 1;
      const path = join(folder, `${serial}.log`);
      writeFileSync(path, text);
      return await count([path], title, choice, geo);
    },
    async files(document, paths) {
      const { mappings } = choice;
      const compiled = compileRuleSet([document], createResolver(mappings.bundled, mappings.own));
      return await count(paths, document.title, { documents: [document], mappings, ...compiled });
    },
  };
}

/** The tests that a rule carries and does not pass. */
async function failuresOf(
  document: SigmaRule | SigmaCorrelation,
  { match, noMatch, geo }: NonNullable<ReturnType<typeof testsOf>>,
  run: Runner,
): Promise<TestFailure[]> {
  const failures: TestFailure[] = [];
  for (const [items, isWanted] of [
    [match, true],
    [noMatch, false],
  ] as const) {
    for (const item of items) {
      const hits = await run.text(document, textOf(item), geo);
      if (hits > 0 === isWanted) continue;
      const excerpt = textOf(item).split('\n')[0]!.slice(0, 200);
      const reason = isWanted ? 'does not hit' : 'hits, and must not';
      failures.push({ ...labelOf(document), reason: `${reason}: ${excerpt}` });
    }
  }
  return failures;
}

async function regressionFailure(
  documents: readonly (SigmaRule | SigmaCorrelation)[],
  { ruleId, files, count, path }: Regression,
  run: Runner['files'],
): Promise<TestFailure | undefined> {
  const document = documents.find(({ id }) => id === ruleId);
  if (document === undefined) {
    return {
      rule: ruleId,
      file: path,
      reason: 'the rule is not loaded: name its folder with --rules',
    };
  }
  const hits = await run(document, files);
  const isRight = count === undefined ? hits > 0 : hits === count;
  const reason = `hits ${hits} times, not ${count ?? 'at least once'}`;
  return isRight ? undefined : { rule: document.title, file: path, reason };
}

/** Why a rule hits the events of a file, or does not. */
export interface ExplainResult {
  rule: string;
  logsource: string;
  events: readonly ExplainedEvent[];
  /** Further events, which were not looked at. */
  isMore: boolean;
}

/** One event, and what each part of the rule says of it. */
export interface ExplainedEvent {
  file: string;
  line: number;
  format: string;
  /** Do rules of this log source see the event at all? */
  isOfLogSource: boolean;
  isHit: boolean;
  explanation: ExplainedPart;
  raw: string;
}

/** Events that are explained at most. */
const MOST_EVENTS = 100;

/** Reads the events of a file, and says of each what the parts of the rule come to. */
export async function explain(
  context: CommandContext,
  name: string,
  path: string,
  options: RulesOptions & { limit?: string },
): Promise<ExplainResult> {
  const limit = Math.min(Number(options.limit ?? 1) || 1, MOST_EVENTS);
  const { documents, mappings } = await chooseRules(ruleOptions(context, options));
  const rule = findRule({ documents }, name);
  if (rule.kind === 'correlation') {
    throw usageError(
      `"${rule.title}" counts events of other rules`,
      `Explain one of these: ${rule.references_to.join(', ')}.`,
    );
  }
  const resolver = createResolver(mappings.bundled, mappings.own);
  const stream = await streamEvents([path], readOptions(context, { workers: '0' }));
  if (stream.unread.length > 0 && stream.whyNothing !== undefined) {
    throw new IrError(`nothing to explain: ${stream.whyNothing}`, {
      exit: EXIT.unreadableInput,
      source: { path },
    });
  }
  const kindOf = createKinds(FORMATS);
  const events: ExplainedEvent[] = [];
  let isMore = false;
  for await (const { event, raw, file, line } of stream.events) {
    if (events.length >= limit) {
      isMore = true;
      break;
    }
    const explanation = explainRule(rule, resolver, event, raw);
    const isOfLogSource = ruleFits(rule.logsource, kindOf(event).source);
    const isHit = isOfLogSource && explanation.isHit;
    const { format } = event;
    events.push({ file, line, format, isOfLogSource, isHit, explanation, raw });
  }
  if (events.length === 0) {
    throw new IrError(`there is no event in it: ${stream.whyNothing ?? 'it is empty'}`, {
      exit: EXIT.unreadableInput,
      source: { path },
    });
  }
  const { product, category, service } = rule.logsource;
  const logsource = [product, category, service].filter((part) => part !== undefined).join('/');
  return { rule: rule.title, logsource, events, isMore };
}

/** Rules that are not loaded, or cannot hit in the logs given. */
export interface DoctorResult {
  /** Rules that run and may hit. */
  able: number;
  broken: readonly IrError[];
  unmatchable: readonly UnmatchableRule[];
  formats: readonly string[];
  events: number;
}

/** Reads the logs, and says of every rule that had no chance why. */
export async function doctor(
  context: CommandContext,
  paths: readonly string[],
  options: RulesOptions,
): Promise<DoctorResult> {
  const { rules, userRules, profile } = options;
  const asked = readOptions(context, {
    ...(rules !== undefined && { rules }),
    ...(userRules !== undefined && { userRules }),
    ...(profile !== undefined && { profile }),
    level: 'critical',
  });
  const found = await analyse(paths, { ...asked, isHashed: false });
  const formats = new Set(found.files.map(({ format }) => format).filter((name) => name !== ''));
  if (found.totals.events === 0) {
    throw new IrError(`no event was read: ${found.whyNothing ?? 'the files are empty'}`, {
      exit: EXIT.unreadableInput,
      hint: 'Name logs that the rules are meant for.',
    });
  }
  return {
    able: found.rulesRun - found.unmatchable.length,
    broken: found.brokenRules,
    unmatchable: found.unmatchable,
    formats: [...formats].sort(),
    events: found.totals.events,
  };
}
