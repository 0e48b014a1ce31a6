/** Steps that never come up: conditions that cannot hold, or that ask for what nobody has been asked. */
import { PHASES, type Phase } from '../incidents/incident.ts';
import type { YamlPath } from '../yaml.ts';
import type { Report } from './command-checks.ts';
import { type Condition, holds, namesIn } from './condition.ts';
import { comparisonsIn, countWorlds, factsOf, questionsOf, worldsOf } from './condition-worlds.ts';
import { isTriageOnly, type Playbook, type Variable } from './playbook.ts';
import { variablesOf } from './render-argv.ts';

/** More combinations than this are not tried; no condition that people write has as many. */
const MOST_WORLDS = 100_000;

/** Reports every condition of the playbook that cannot hold. `pathOf` gives the place of a step in the file. */
export function checkReach(
  playbook: Playbook,
  pathOf: (stepId: string) => YamlPath,
  report: Report,
): void {
  const { variables } = playbook;
  const known = new Set(
    variables.filter((one) => one.from !== undefined || one.default !== undefined).map(nameOf),
  );
  const never = new Set<string>();
  for (const { id, phase, when, asks, command } of playbook.steps) {
    const at = [...pathOf(id), 'when'];
    const problem =
      when === undefined ? undefined : whyNever(when, phase, { variables, known, never });
    if (problem !== undefined) {
      never.add(id);
      report(at, `step "${id}" is never reached: ${problem}`, HINT);
      continue;
    }
    for (const name of [...asks, ...(command === undefined ? [] : variablesOf(command))])
      known.add(name);
  }
  const last = PHASES.findLast((phase) => playbook.steps.some((step) => step.phase === phase));
  for (const [index, { playbook: id, when }] of playbook.leadsTo.entries()) {
    const given = { variables, known, never };
    const problem = when === undefined ? undefined : whyNever(when, last ?? 'triage', given);
    if (problem !== undefined)
      report(['leads_to', index, 'when'], `it never leads to "${id}": ${problem}`, HINT);
  }
  if (isTriageOnly(playbook) && playbook.leadsTo.length === 0)
    report(
      ['phases'],
      'a playbook of triage alone leads nowhere',
      'Name the next ones: leads_to: [{ playbook: ddos, when: ..., why: ... }]',
    );
}

const HINT = 'Change the condition, or ask for the value in a step above.';
const nameOf = ({ name }: Variable): string => name;

interface Known {
  variables: readonly Variable[];
  /** Variables that have a value, or can have been asked for, when the step comes. */
  known: ReadonlySet<string>;
  /** Steps that never come up. */
  never: ReadonlySet<string>;
}

function whyNever(
  condition: Condition,
  phase: Phase,
  { variables, known, never }: Known,
): string | undefined {
  for (const { operand, values } of comparisonsIn(condition)) {
    if (operand.kind !== 'variable') continue;
    const choices = variables.find(({ name }) => name === operand.name)?.choices ?? [];
    const alien = values.find((value) => choices.length > 0 && !choices.includes(value));
    if (alien !== undefined)
      return `var.${operand.name} is never "${alien}", but one of ${choices.join(', ')}`;
  }
  const questions = questionsOf([condition], variables, phase).map((question) => {
    const { operand } = question;
    const isOpen =
      (operand.kind === 'variable' && !known.has(operand.name)) ||
      (operand.kind === 'call' && never.has(operand.argument));
    return isOpen ? { ...question, values: [''] } : question;
  });
  if (countWorlds(questions) > MOST_WORLDS) return undefined;
  for (const world of worldsOf(questions)) if (holds(condition, factsOf(world))) return undefined;
  const unasked = namesIn(condition).variables.find((name) => !known.has(name));
  return unasked === undefined
    ? 'its condition cannot hold'
    : `no step above asks for "${unasked}"`;
}
