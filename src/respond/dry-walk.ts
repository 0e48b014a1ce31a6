/** Walks a playbook dry, with made-up answers: every way that its conditions can turn out. Nothing is run. Pure. */
import { IrError } from '../errors.ts';
import { PHASES, type Phase, type StepState } from '../incidents/incident.ts';
import { checklistFrom } from './checklist.ts';
import { type ConditionFacts, holds } from './condition.ts';
import {
  conditionsOf,
  countWorlds,
  factsOf,
  keyOf,
  type Question,
  questionsOf,
  type World,
  worldsOf,
} from './condition-worlds.ts';
import { MADE_UP_BUILT_IN, madeUpValue } from './made-up-values.ts';
import { isTriageOnly, type Playbook, type Step } from './playbook.ts';
import { argvsOf, renderArgv, renderText, variablesOf } from './render-argv.ts';

/** One walk from the first step to the last. */
export interface DryWalk {
  /** The answers that decided where it went, by the names of conditions: `var.login_succeeded`, `done(lock-account)`. */
  answers: Readonly<Record<string, string>>;
  /** Steps that came up, in their order. */
  steps: readonly string[];
  /** Playbooks that it leads to at its end. */
  leadsTo: readonly string[];
}

/** A step with a condition, and in how many walks it came up. */
export interface Branch {
  step: string;
  taken: number;
  left: number;
}

/** What came of all walks. */
export interface DryWalks {
  walks: readonly DryWalk[];
  /** Ways in which the answers can be put together; more than walks where there are too many to try. */
  combinations: number;
  branches: readonly Branch[];
  problems: readonly string[];
}

/** More walks than these are not taken; then they are spread evenly over all combinations, and every branch has one of its own. */
const MOST_WALKS = 1000;

/** Walks the playbook. `fixed` holds answers that stand, by variable. */
export function walkDry(playbook: Playbook, fixed: Readonly<Record<string, string>>): DryWalks {
  const questions = askedIn(playbook, fixed);
  const problems = new Set<string>();
  const walks = worldsToTry(playbook, questions).map((world) =>
    walkOne(playbook, world, fixed, problems),
  );
  const conditional = playbook.steps.filter(({ when }) => when !== undefined);
  const branches = conditional.map(({ id }): Branch => {
    const taken = walks.filter(({ steps }) => steps.includes(id)).length;
    return { step: id, taken, left: walks.length - taken };
  });
  if (Object.keys(fixed).length === 0) {
    const reached = new Set(walks.flatMap(({ steps }) => steps));
    for (const { id } of playbook.steps)
      if (!reached.has(id)) problems.add(`step "${id}" came up in no walk`);
  }
  return { walks, combinations: countWorlds(questions), branches, problems: [...problems] };
}

/** What decides about branches: answers of people, facts of the incident, and whether steps are done or skipped. */
function askedIn(playbook: Playbook, fixed: Readonly<Record<string, string>>): Question[] {
  const asked = new Set(
    playbook.steps.flatMap(({ asks, command }) => [
      ...asks,
      ...(command === undefined ? [] : variablesOf(command)),
    ]),
  );
  return questionsOf(conditionsOf(playbook), playbook.variables).flatMap((question): Question[] => {
    const { operand } = question;
    // Where the walk stands, it knows itself.
    if (operand.kind === 'field' && operand.name === 'phase') return [];
    if (operand.kind === 'variable' && Object.hasOwn(fixed, operand.name)) return [];
    // Who is asked answers, and who comes to a step does or skips it.
    const mustAnswer =
      (operand.kind === 'variable' && asked.has(operand.name)) ||
      (operand.kind === 'call' && operand.name !== 'technique');
    return [
      mustAnswer
        ? { ...question, values: question.values.filter((value) => value !== '') }
        : question,
    ];
  });
}

function worldsToTry(playbook: Playbook, questions: readonly Question[]): World[] {
  const total = countWorlds(questions);
  if (total <= MOST_WALKS) return [...worldsOf(questions)];
  const spread = Array.from({ length: MOST_WALKS }, (_, index) =>
    worldAt(questions, (index * 2_654_435_761) % total),
  );
  const own = conditionsOf(playbook).flatMap((condition) => {
    const keys = new Set(
      questionsOf([condition], playbook.variables).map(({ operand }) => keyOf(operand)),
    );
    const few = questions.filter(({ operand }) => keys.has(keyOf(operand)));
    const found = countWorlds(few) > MOST_WALKS ? [] : [...worldsOf(few)];
    return [true, false].flatMap((wanted) => {
      const world = found.find((one) => holds(condition, factsOf(one)) === wanted);
      return world === undefined ? [] : [new Map([...worldAt(questions, 0), ...world])];
    });
  });
  return [...spread, ...own];
}

/** The world of that number, counted as a number whose digits are the questions. */
function worldAt(questions: readonly Question[], number: number): World {
  let rest = number;
  return new Map(
    questions.map(({ operand, values }) => {
      const value = values[rest % values.length] as string;
      rest = Math.floor(rest / values.length);
      return [keyOf(operand), value];
    }),
  );
}

function walkOne(
  playbook: Playbook,
  world: World,
  fixed: Readonly<Record<string, string>>,
  problems: Set<string>,
): DryWalk {
  const { fields, techniques, variables: answers, waived: skipped } = factsOf(world);
  const variables: Record<string, string> = { ...fixed };
  for (const { name, from, default: usual } of playbook.variables) {
    const known = usual ?? (from === undefined ? undefined : answers[name]);
    if (known !== undefined && known !== '') variables[name] ??= known;
  }
  const states: StepState[] = [];
  const facts = {
    fields: { ...fields },
    techniques,
    variables,
    done: new Set<string>(),
    waived: new Set<string>(),
  };
  for (const phase of PHASES) {
    facts.fields.phase = phase;
    for (;;) {
      const state = { steps: states, commandRuns: [], incident: { phaseEntered: {} } };
      const { steps } = checklistFrom(playbook, facts, state, phase);
      const open = steps.filter(({ status }) => status === 'pending');
      const next = open.find(({ blockedBy }) => blockedBy.length === 0);
      if (next === undefined) {
        if (open.length > 0)
          problems.add(
            `${phase} cannot be finished: ${open.map(({ step }) => step.id).join(', ')}`,
          );
        break;
      }
      answer(playbook, next.step, phase, skipped.has(next.step.id), answers, facts, states);
      if (!facts.waived.has(next.step.id)) tryCommand(playbook, next.step, variables, problems);
    }
  }
  const leadsTo = playbook.leadsTo
    .filter(({ when }) => when !== undefined && holds(when, facts))
    .map(({ playbook: id }) => id);
  const named = namedAnswers(world, fixed);
  if (isTriageOnly(playbook) && leadsTo.length === 0)
    problems.add(
      `it leads nowhere with ${Object.entries(named)
        .map(([key, value]) => `${key} = ${value}`)
        .join(', ')}`,
    );
  return { answers: named, steps: states.map(({ stepId }) => stepId), leadsTo };
}

interface Facts extends ConditionFacts {
  variables: Record<string, string>;
  done: Set<string>;
  waived: Set<string>;
}

function answer(
  playbook: Playbook,
  { id, asks, command }: Step,
  phase: Phase,
  isSkipped: boolean,
  answers: Readonly<Record<string, string>>,
  facts: Facts,
  states: StepState[],
): void {
  const status = isSkipped ? 'waived' : 'done';
  (isSkipped ? facts.waived : facts.done).add(id);
  states.push({ stepId: id, phase, status, reason: '', at: undefined, actor: '' });
  if (isSkipped) return;
  for (const name of [...asks, ...(command === undefined ? [] : variablesOf(command))]) {
    const variable = playbook.variables.find((one) => one.name === name);
    if (variable === undefined || (!asks.includes(name) && Object.hasOwn(facts.variables, name)))
      continue;
    facts.variables[name] = answers[name] || facts.variables[name] || madeUpValue(variable);
  }
}

/** All that the step would run or show can be rendered with the answers so far. */
function tryCommand(
  playbook: Playbook,
  { id, title, instructions, command, action }: Step,
  values: Readonly<Record<string, string>>,
  problems: Set<string>,
): void {
  const whole = {
    ...MADE_UP_BUILT_IN,
    ...Object.fromEntries(playbook.variables.map((one) => [one.name, madeUpValue(one)])),
    ...values,
  };
  try {
    for (const argv of command === undefined ? [] : argvsOf(command)) renderArgv(argv, whole);
    renderArgv(Object.values(action?.values ?? {}), whole);
    renderText(`${title} ${instructions}`, whole);
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    problems.add(`step "${id}": ${error.message}`);
  }
}

function namedAnswers(
  world: World,
  fixed: Readonly<Record<string, string>>,
): Record<string, string> {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(fixed)) named[`var.${name}`] = value;
  for (const [key, value] of world) {
    const [kind = '', name = ''] = key.split(' ');
    if (kind === 'variable') named[`var.${name}`] = value;
    else if (kind === 'field') named[name] = value;
    else if (kind === 'technique') named[`technique(${name})`] = value === '' ? 'no' : 'yes';
    else named[name] = value;
  }
  return named;
}
