/** Puts the commands of the catalogue into the steps that name an action, so that everything after knows one form. */
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { Environment } from '../config.ts';
import { IrError, type SourcePlace } from '../errors.ts';
import type { Problem } from '../yaml.ts';
import type { Action } from './action.ts';
import type { Expectation } from './expectation.ts';
import { loadAction } from './load-actions.ts';
import { fillPlaceholders } from './placeholder.ts';
import type { ActionCall, Argv, Playbook, Probe, Step, StepCommand } from './playbook.ts';
import type { ReadPlaybook } from './playbook-file.ts';
import { BUILT_IN } from './render-argv.ts';

/** The playbook with its actions in place, or what is wrong with its calls. Playbooks without any cost nothing. */
export async function bindActions(
  playbook: Playbook,
  environment: Environment,
): Promise<ReadPlaybook> {
  if (playbook.steps.every(({ action }) => action === undefined)) return { playbook, problems: [] };
  const problems: Problem[] = [];
  const steps: Step[] = [];
  for (const step of playbook.steps) {
    if (step.action === undefined) {
      steps.push(step);
      continue;
    }
    const problem = (message: string, hint?: string): number =>
      problems.push({
        message: `step "${step.id}": ${message}`,
        source: placeOf(playbook.path, step.id),
        hint,
      });
    try {
      const action = await loadAction(environment, step.action.name);
      for (const message of wrongValues(action, step.action)) problem(message);
      steps.push({ ...step, command: boundCommand(action, step.action) });
    } catch (error) {
      if (!(error instanceof IrError)) throw error;
      problem(error.message, error.hint);
    }
  }
  return problems.length === 0
    ? { playbook: { ...playbook, steps }, problems }
    : { playbook: undefined, unbound: playbook, problems };
}

/** Where a step begins; read again, as only a mistake asks for it. */
function placeOf(path: string, stepId: string): SourcePlace {
  const lines = readFileSync(path, 'utf8').split('\n');
  const at = lines.findIndex((line) => line.match(/\bid:\s*['"]?([a-z0-9-]+)/)?.[1] === stepId);
  const text = lines[Math.max(at, 0)] ?? '';
  return { path, line: Math.max(at, 0) + 1, column: Math.max(text.indexOf('id:'), 0) + 1, text };
}

/** What a call gives that the action does not know, and what it needs and is not given. */
function wrongValues({ id, variables }: Action, { values }: ActionCall): string[] {
  const known = variables.map(({ name }) => name);
  return [
    ...Object.keys(values)
      .filter((name) => !known.includes(name))
      .map((name) => `action ${id} has no variable "${name}"`),
    ...variables
      .filter(({ name, default: usual }) => values[name] === undefined && usual === undefined)
      .map(({ name }) => `action ${id} needs a value for "${name}" under with`),
  ];
}

/** The command with the call's words in the place of the action's variables. */
function boundCommand({ command, variables }: Action, call: ActionCall): StepCommand {
  const words: Record<string, string> = {};
  for (const { name, default: usual } of variables) words[name] = call.values[name] ?? usual ?? '';
  const text = (one: string): string =>
    fillPlaceholders(one, (name) => {
      const [base = '', property] = name.split('.');
      if (BUILT_IN.includes(base)) return `{{ ${name} }}`;
      return property === undefined ? (words[base] ?? '') : propertyOf(words[base] ?? '', property);
    });
  const argv = (one: Argv): Argv => one.map(text);
  const maybe = (one: Argv | undefined): Argv | undefined =>
    one === undefined ? undefined : argv(one);
  const probe = (one: Probe | undefined): Probe | undefined =>
    one === undefined
      ? undefined
      : {
          ...one,
          run: argv(one.run),
          expect: text(one.expect),
          conditions: one.conditions.map((condition) => boundCondition(condition, text)),
        };
  return {
    ...command,
    run: argv(command.run),
    collectFirst: command.collectFirst.map(argv),
    snapshot: maybe(command.snapshot),
    check: probe(command.check),
    verify: probe(command.verify),
    undo: maybe(command.undo),
    undoVerify: probe(command.undoVerify),
    keep: maybe(command.keep),
    blastRadius: text(command.blastRadius),
    target: text(command.target),
    ttlMs: call.ttlMs ?? command.ttlMs,
  };
}

const boundCondition = (condition: Expectation, text: (one: string) => string): Expectation =>
  Object.fromEntries(
    Object.entries(condition).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'json' ? text(value) : value,
    ]),
  );

/** `{{ source_ip }}` becomes `{{ source_ip.family }}`; of an address that stands there it is known. */
function propertyOf(word: string, property: string): string {
  const name = /^\{\{\s*([a-z][a-z0-9_]*)\s*\}\}$/.exec(word)?.[1];
  if (name !== undefined) return `{{ ${name}.${property} }}`;
  return isIP(word.split('/')[0] ?? '') === 6 ? 'ip6' : 'ip';
}
