/** All rules and correlations of a run: references resolved, duplicates and cycles reported, the rest compiled. */
import { fileFault, type IrError, templateError } from '../errors.ts';
import { compileRule } from './compile-rule.ts';
import type {
  CompiledCorrelation,
  CompiledRule,
  CorrelationInput,
  CorrelationMember,
  FieldResolver,
  RuleSet,
} from './compiled-rule.ts';
import type { SigmaCorrelation, SigmaRule } from './rule.ts';

/** A rule set, and what could not be used. */
export interface CompiledRuleSet {
  ruleSet: RuleSet;
  /** Documents that were left out, each with its place and reason. */
  problems: readonly IrError[];
}

interface Draft {
  rules: CompiledRule[];
  correlations: CompiledCorrelation[];
  /** What a correlation may call a document: its id or its name. */
  members: Map<string, CorrelationMember>;
  problems: IrError[];
  resolve: FieldResolver;
}

/** Compiles documents in their order. A document that cannot be used is reported, the others run. */
export function compileRuleSet(
  documents: readonly (SigmaRule | SigmaCorrelation)[],
  resolve: FieldResolver,
): CompiledRuleSet {
  const draft: Draft = { rules: [], correlations: [], members: new Map(), problems: [], resolve };
  const distinct = withoutDuplicates(documents, draft.problems);
  for (const document of distinct) if (document.kind === 'rule') addRule(draft, document);
  addCorrelations(
    draft,
    distinct.filter((document) => document.kind === 'correlation'),
    new Set(distinct.flatMap((document) => [document.id, document.name])),
  );
  const ruleSet: RuleSet = {
    rules: draft.rules,
    correlations: draft.correlations,
    silent: silentMembers(draft.correlations, 'rule'),
    silentCorrelations: silentMembers(draft.correlations, 'correlation'),
    resolve,
  };
  return { ruleSet, problems: draft.problems };
}

/** The first document with an id or a name keeps it. */
function withoutDuplicates(
  documents: readonly (SigmaRule | SigmaCorrelation)[],
  problems: IrError[],
): (SigmaRule | SigmaCorrelation)[] {
  const owners = new Map<string, SigmaRule | SigmaCorrelation>();
  return documents.filter((document) => {
    const keys = [document.id, document.name].filter((key) => key !== '');
    const taken = keys.find((key) => owners.has(key));
    if (taken === undefined) {
      for (const key of keys) owners.set(key, document);
      return true;
    }
    const { path, line } = owners.get(taken)!.place;
    const attribute = taken === document.id ? 'id' : 'name';
    problems.push(
      templateError(
        `the ${attribute} "${taken}" is already taken by ${path}:${line ?? 1}`,
        document.place,
        'Give the rule an id and a name of its own, or remove one of the two.',
      ),
    );
    return false;
  });
}

function addRule(draft: Draft, rule: SigmaRule): void {
  try {
    const compiled = compileRule(rule, draft.resolve);
    remember(draft, rule, { kind: 'rule', index: draft.rules.length });
    draft.rules.push(compiled);
  } catch (error) {
    draft.problems.push(fileFault(error, 'rule', rule.place));
  }
}

function remember(
  draft: Draft,
  document: SigmaRule | SigmaCorrelation,
  member: CorrelationMember,
): void {
  for (const key of [document.id, document.name]) if (key !== '') draft.members.set(key, member);
}

/** Adds correlations as soon as all they refer to is there; what is left over refers to nothing or to itself. */
function addCorrelations(
  draft: Draft,
  correlations: readonly SigmaCorrelation[],
  known: ReadonlySet<string>,
): void {
  let waiting = correlations;
  for (let isProgress = true; isProgress && waiting.length > 0; ) {
    const ready = waiting.filter((correlation) =>
      correlation.references_to.every((reference) => memberOf(draft, reference) !== undefined),
    );
    for (const correlation of ready) {
      try {
        addCorrelation(draft, correlation);
      } catch (error) {
        draft.problems.push(fileFault(error, 'rule', correlation.place));
      }
    }
    waiting = waiting.filter((correlation) => !ready.includes(correlation));
    isProgress = ready.length > 0;
  }
  const stuck = new Set(waiting.flatMap(({ id, name }) => [id, name]));
  for (const correlation of waiting)
    draft.problems.push(referenceProblem(draft, correlation, known, stuck));
}

const memberOf = (draft: Draft, reference: string): CorrelationMember | undefined =>
  draft.members.get(reference) ?? draft.members.get(reference.toLowerCase());

function referenceProblem(
  draft: Draft,
  correlation: SigmaCorrelation,
  known: ReadonlySet<string>,
  stuck: ReadonlySet<string>,
): IrError {
  const missing = correlation.references_to.filter((name) => memberOf(draft, name) === undefined);
  const unknown = missing.find((name) => !known.has(name) && !known.has(name.toLowerCase()));
  if (unknown !== undefined) {
    return templateError(
      `"${correlation.title}" refers to the rule "${unknown}", which was not loaded`,
      correlation.place,
      'Refer to a rule by its id or its name, and load the file it is in.',
    );
  }
  const isCycle = missing.every((name) => stuck.has(name) || stuck.has(name.toLowerCase()));
  return templateError(
    isCycle
      ? `"${correlation.title}" refers in a circle, or to a correlation that could not be used: ${missing.join(', ')}`
      : `"${correlation.title}" refers to a rule that could not be used: ${missing.join(', ')}`,
    correlation.place,
  );
}

function addCorrelation(draft: Draft, rule: SigmaCorrelation): void {
  const members = rule.references_to.map((reference) => memberOf(draft, reference)!);
  const inputs = new Map<number, CorrelationInput>();
  members.forEach((member, position) => {
    const writtenAs = rule.references_to[position]!;
    for (const base of baseRules(draft, member)) {
      if (!inputs.has(base))
        inputs.set(base, inputOf(draft, rule, base, [writtenAs, ...namesOf(draft, member)]));
    }
  });
  remember(draft, rule, { kind: 'correlation', index: draft.correlations.length });
  draft.correlations.push({ rule, members, inputs: [...inputs.values()] });
}

/** The base rules below a member. */
function baseRules(draft: Draft, member: CorrelationMember): number[] {
  if (member.kind === 'rule') return [member.index];
  return draft.correlations[member.index]!.inputs.map((input) => input.rule);
}

function namesOf(draft: Draft, member: CorrelationMember): string[] {
  const list = member.kind === 'rule' ? draft.rules : draft.correlations;
  const { id, name } = list[member.index]!.rule;
  return [id, name];
}

/** Readers for one base rule; aliases may name it, or the member it comes through. */
function inputOf(
  draft: Draft,
  correlation: SigmaCorrelation,
  base: number,
  memberNames: readonly string[],
): CorrelationInput {
  const { rule } = draft.rules[base]!;
  const names = [rule.name, rule.id, ...memberNames].filter((name) => name !== '');
  const readerOf = (field: string) => {
    const alias = correlation.aliases.get(field);
    const name = names.find((candidate) => alias?.has(candidate) === true);
    return draft.resolve(
      (name === undefined ? undefined : alias?.get(name)) ?? field,
      rule.logsource,
    );
  };
  return {
    rule: base,
    groupBy: correlation.groupBy.map(readerOf),
    counted: correlation.countedFields.map(readerOf),
  };
}

/** Members that are referred to, by correlations without `generate` only. */
function silentMembers(
  correlations: readonly CompiledCorrelation[],
  kind: CorrelationMember['kind'],
): ReadonlySet<number> {
  const silent = new Set<number>();
  const reporting = new Set<number>();
  for (const { rule, members } of correlations) {
    for (const member of members) {
      if (member.kind === kind) (rule.generate ? reporting : silent).add(member.index);
    }
  }
  for (const index of reporting) silent.delete(index);
  return silent;
}
