/** What a schema cannot say about a playbook: names that must exist, order, and argv that stays argv. */

import type { Problem, YamlDocument, YamlPath } from '../yaml.ts';
import { checkCommand, checkPlaceholder, type Report } from './command-checks.ts';
import { namesIn } from './condition.ts';
import { placeholdersIn } from './placeholder.ts';
import type { Playbook, Step, Variable } from './playbook.ts';
import type { RawPlaybook } from './playbook-schema.ts';
import { variableProblem } from './variables.ts';

/** Checks a playbook whose shape is right. Returns every problem. */
export async function checkPlaybook(
  playbook: Playbook,
  raw: RawPlaybook,
  document: YamlDocument,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const report: Report = (path, message, hint) =>
    problems.push({ message, source: document.placeOf(path), hint });
  await checkVariables(playbook.variables, report);
  checkOrder(playbook, raw, report);
  for (const { step, path } of located(playbook, raw)) {
    checkNames(step, path, playbook.variables, report);
    checkCommand(step, path, playbook.variables, report);
  }
  return problems;
}

function* located(playbook: Playbook, raw: RawPlaybook): Generator<{ step: Step; path: YamlPath }> {
  for (const step of playbook.steps) {
    const index = raw.phases[step.phase].findIndex((candidate) => candidate.id === step.id);
    yield { step, path: ['phases', step.phase, index] };
  }
}

async function checkVariables(variables: readonly Variable[], report: Report): Promise<void> {
  const seen = new Set<string>();
  for (const [index, variable] of variables.entries()) {
    const path = ['variables', index];
    if (seen.has(variable.name))
      report([...path, 'name'], `variable "${variable.name}" is declared twice`);
    seen.add(variable.name);
    if ((variable.type === 'choice') !== variable.choices.length > 0) {
      report(path, `variable "${variable.name}": type choice and the list choices belong together`);
    }
    if (variable.pattern !== undefined && !(await isPattern(variable.pattern))) {
      report(
        [...path, 'pattern'],
        `pattern of "${variable.name}" is not an RE2 expression`,
        'RE2 has no look-around and no back references.',
      );
      continue;
    }
    if (variable.default === undefined) continue;
    const problem = await variableProblem(variable, variable.default);
    if (problem !== undefined) report([...path, 'default'], `default: ${problem}`);
  }
}

async function isPattern(pattern: string): Promise<boolean> {
  const { RE2JS } = await import('re2js');
  try {
    RE2JS.compile(pattern);
    return true;
  } catch {
    return false;
  }
}

/** Ids are unique, and a step depends only on steps above it: so the order of the file is a valid order. */
function checkOrder(playbook: Playbook, raw: RawPlaybook, report: Report): void {
  const all = new Set(playbook.steps.map((step) => step.id));
  const above = new Set<string>();
  const next = new Map<string, number>();
  for (const step of playbook.steps) {
    const index = next.get(step.phase) ?? 0;
    next.set(step.phase, index + 1);
    const path = ['phases', step.phase, index];
    if (above.has(step.id))
      report(
        [...path, 'id'],
        `step "${step.id}" exists twice`,
        'Ids are unique in the whole playbook.',
      );
    const named = [...step.dependsOn, ...(step.when === undefined ? [] : namesIn(step.when).steps)];
    for (const id of named) {
      if (above.has(id)) continue;
      const what =
        id === step.id
          ? 'itself'
          : all.has(id)
            ? `"${id}", which comes later`
            : `"${id}", which does not exist`;
      report(
        path,
        `step "${step.id}" depends on ${what}`,
        'A step can only depend on steps above it.',
      );
    }
    above.add(step.id);
  }
  for (const [phase, steps] of Object.entries(raw.phases)) {
    if (!steps.some((step) => step.required)) {
      report(
        ['phases', phase],
        `phase ${phase} has no required step`,
        'Without one the phase gate means nothing.',
      );
    }
  }
}

function checkNames(
  step: Step,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const known = new Set(variables.map((variable) => variable.name));
  const named = [...step.asks, ...(step.when === undefined ? [] : namesIn(step.when).variables)];
  for (const name of named) {
    if (!known.has(name))
      report(path, `step "${step.id}" names the variable "${name}", which is not declared`);
  }
  for (const key of ['title', 'instructions'] as const) {
    for (const name of placeholdersIn(step[key]))
      checkPlaceholder(name, [...path, key], variables, report);
  }
}
