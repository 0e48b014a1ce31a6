/** What a schema cannot say about a playbook: names that must exist, order, and argv that stays argv. */

import { suggestion } from '../errors.ts';
import type { Problem, YamlDocument, YamlPath } from '../yaml.ts';
import { checkCommand, checkPlaceholder, type Report } from './command-checks.ts';
import { namesIn } from './condition.ts';
import { placeholdersIn } from './placeholder.ts';
import type { Playbook, Step, Variable } from './playbook.ts';
import { phasesOf, type RawPlaybook } from './playbook-schema.ts';
import { checkReach } from './reach-checks.ts';
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
    if (step.command !== undefined) {
      const what = `step "${step.id}"`;
      checkCommand(what, step.command, [...path, 'command'], playbook.variables, report);
    }
    checkCall(step, path, playbook.variables, report);
  }
  checkLeads(playbook, report);
  const places = new Map([...located(playbook, raw)].map(({ step, path }) => [step.id, path]));
  // What is not declared is said already; then nothing can be said of what it may be.
  if (problems.length === 0) checkReach(playbook, (id) => places.get(id) ?? [], report);
  return problems;
}

function* located(playbook: Playbook, raw: RawPlaybook): Generator<{ step: Step; path: YamlPath }> {
  for (const step of playbook.steps) {
    const index = raw.phases[step.phase]?.findIndex(({ id }) => id === step.id) ?? -1;
    yield { step, path: ['phases', step.phase, index] };
  }
}

/** Reports what is wrong with declarations of variables. */
export async function checkVariables(
  variables: readonly Variable[],
  report: Report,
): Promise<void> {
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
    for (const key of ['default', 'example'] as const) {
      const value = variable[key];
      const problem = value === undefined ? undefined : await variableProblem(variable, value);
      if (problem !== undefined) report([...path, key], `${key}: ${problem}`);
    }
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
  for (const [phase, steps] of phasesOf(raw)) {
    if (!steps.some((step) => step.required)) {
      report(
        ['phases', phase],
        `phase ${phase} has no required step`,
        'Without one the phase gate means nothing.',
      );
    }
  }
}

/** A step's call of an action: what it gives must be there. Whether the action is, `ir playbook check` says. */
function checkCall(
  { id, action, command }: Step,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  if (action === undefined) return;
  const at = [...path, 'action'];
  if (command !== undefined) report(at, `step "${id}" has a command and an action`, 'Keep one.');
  for (const [name, value] of Object.entries(action.values)) {
    for (const placeholder of placeholdersIn(value))
      checkPlaceholder(placeholder, [...at, 'with', name], variables, report);
  }
}

function checkNames(
  step: Step,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const named = [...step.asks, ...(step.when === undefined ? [] : namesIn(step.when).variables)];
  checkVariableNames(named, `step "${step.id}"`, path, variables, report);
  for (const key of ['title', 'instructions'] as const) {
    for (const name of placeholdersIn(step[key]))
      checkPlaceholder(name, [...path, key], variables, report);
  }
}

function checkLeads({ id, leadsTo, steps, variables }: Playbook, report: Report): void {
  const ids = new Set(steps.map((step) => step.id));
  for (const [index, { playbook, when }] of leadsTo.entries()) {
    const path = ['leads_to', index];
    if (playbook === id) report([...path, 'playbook'], 'leads_to names the playbook itself');
    if (when === undefined) continue;
    const named = namesIn(when);
    checkVariableNames(named.variables, 'leads_to', path, variables, report);
    for (const step of named.steps)
      if (!ids.has(step)) report(path, `leads_to names the step "${step}", which does not exist`);
  }
}

function checkVariableNames(
  names: readonly string[],
  who: string,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const known = variables.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    report(
      path,
      `${who} names the variable "${name}", which is not declared`,
      suggestion(name, known, 'Add it under variables.'),
    );
  }
}
