/** Every way a condition can turn out: the values that it compares with, tried one against the other. Pure. */
import { PHASES, type Phase } from '../incidents/incident.ts';
import {
  CONDITION_FIELDS,
  type Condition,
  type ConditionFacts,
  type ConditionField,
  type Operand,
} from './condition.ts';
import type { Playbook, Variable } from './playbook.ts';

/** What somebody may say, know or have done, that a condition asks about, and how each can stand. */
export interface Question {
  operand: Operand;
  /** As in `values` of a world: a field's or variable's value, `done`, `waived` or empty of a step, `yes` or empty of a technique. */
  values: readonly string[];
}

/** One way things can stand: values by the key of their question. */
export type World = ReadonlyMap<string, string>;

/** What a question is called: two conditions that ask for the same share it. */
export const keyOf = (operand: Operand): string =>
  operand.kind === 'call'
    ? `${operand.name === 'technique' ? 'technique' : 'step'} ${operand.argument}`
    : `${operand.kind} ${operand.name}`;

/** The operands of a condition with the values that each is compared with. */
export function comparisonsIn(
  condition: Condition,
): { operand: Operand; values: readonly string[] }[] {
  if ('left' in condition)
    return [...comparisonsIn(condition.left), ...comparisonsIn(condition.right)];
  if ('inner' in condition) return comparisonsIn(condition.inner);
  const { operand } = condition;
  return [{ operand, values: condition.kind === 'compare' ? condition.values : [] }];
}

/** What these conditions ask about, each once. `phase`: the incident stands there or further on. */
export function questionsOf(
  conditions: readonly Condition[],
  variables: readonly Variable[],
  phase: Phase = 'triage',
): Question[] {
  const found = new Map<string, { operand: Operand; compared: Set<string> }>();
  for (const { operand, values } of conditions.flatMap(comparisonsIn)) {
    const entry = found.get(keyOf(operand)) ?? { operand, compared: new Set() };
    for (const value of values) entry.compared.add(value);
    found.set(keyOf(operand), entry);
  }
  return [...found.values()].map(({ operand, compared }) => ({
    operand,
    values: valuesOf(operand, [...compared], variables, phase),
  }));
}

function valuesOf(
  operand: Operand,
  compared: readonly string[],
  variables: readonly Variable[],
  phase: Phase,
): readonly string[] {
  if (operand.kind === 'call')
    return operand.name === 'technique' ? ['', 'yes'] : ['', 'done', 'waived'];
  if (operand.kind === 'field') {
    const all: readonly string[] = CONDITION_FIELDS[operand.name];
    return operand.name === 'phase' ? PHASES.slice(PHASES.indexOf(phase)) : all;
  }
  const variable = variables.find(({ name }) => name === operand.name);
  const choices = variable?.choices ?? [];
  return choices.length > 0 ? ['', ...choices] : [...new Set(['', 'something else', ...compared])];
}

/** All worlds in which each question has one of its values, the last question's changing fastest. */
export function* worldsOf(questions: readonly Question[]): Generator<World> {
  const [first, ...rest] = questions;
  if (first === undefined) return yield new Map();
  for (const value of first.values) {
    for (const world of worldsOf(rest)) yield new Map([[keyOf(first.operand), value], ...world]);
  }
}

/** How many worlds there are. */
export const countWorlds = (questions: readonly Question[]): number =>
  questions.reduce((product, { values }) => product * values.length, 1);

/** The facts of a world, for `holds`. What it says nothing about is as in a new incident. */
export function factsOf(world: World): ConditionFacts {
  const fields: Record<ConditionField, string> = {
    severity: 'SEV3',
    impact: 'medium',
    urgency: 'medium',
    determination: 'suspected',
    status: 'open',
    phase: 'triage',
    is_drill: 'false',
  };
  const variables: Record<string, string> = {};
  const [done, waived, techniques] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const [key, value] of world) {
    const [kind = '', name = ''] = key.split(' ');
    if (kind === 'field') fields[name as ConditionField] = value;
    else if (kind === 'variable') variables[name] = value;
    else if (value === 'yes') techniques.add(name);
    else if (value !== '') (value === 'done' ? done : waived).add(name);
  }
  return { fields, variables, done, waived, techniques };
}

/** Conditions of the steps and of what a playbook leads to. */
export const conditionsOf = ({ steps, leadsTo }: Playbook): Condition[] =>
  [...steps, ...leadsTo].flatMap(({ when }) => (when === undefined ? [] : [when]));
