/** What a schema cannot say about a playbook: names that must exist, order, and argv that stays argv. */
import { namesIn } from './condition.ts';
import { placeholdersIn } from './placeholder.ts';
import type { Argv, Playbook, Step, Variable } from './playbook.ts';
import type { RawPlaybook } from './playbook-schema.ts';
import { PROPERTIES, variableProblem } from './variables.ts';
import type { Problem, YamlDocument, YamlPath } from './yaml-document.ts';

type Report = (path: YamlPath, message: string, hint?: string) => void;

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

function checkCommand(
  step: Step,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const { command } = step;
  if (command === undefined) return;
  const at = [...path, 'command'];
  const argvs: [Argv | undefined, YamlPath][] = [
    [command.run, [...at, 'run']],
    ...command.collectFirst.map((argv, index): [Argv, YamlPath] => [
      argv,
      [...at, 'collect_first', index],
    ]),
    [command.check, [...at, 'check']],
    [command.verify?.run, [...at, 'verify', 'run']],
    [command.undo, [...at, 'undo']],
  ];
  for (const [argv, place] of argvs) {
    if (argv !== undefined) checkArgv(argv, place, variables, report);
  }
  for (const name of placeholdersIn(command.target))
    checkPlaceholder(name, [...at, 'target'], variables, report);
  if (command.risk === 'read') return;
  if (command.verify === undefined) {
    report(
      at,
      `step "${step.id}" changes something and has no verify`,
      'Exit codes lie: say how to read the state back.',
    );
  }
  if (command.risk !== 'destructive' && command.undo === undefined) {
    report(
      at,
      `step "${step.id}" is "${command.risk}" and has no undo`,
      'What cannot be undone is "destructive".',
    );
  }
  if (command.blastRadius === '')
    report(at, `step "${step.id}" changes something and has no blast_radius`);
}

const SHELLS = /^(.*\/)?(sh|bash|dash|zsh|ksh|fish|eval)$/;
const INLINE_CODE = /^(.*\/)?(python[0-9.]*|perl|ruby|node|awk|gawk|mawk|php|lua)$/;

function checkArgv(
  argv: Argv,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const words = argv.filter(
    (_word, index) => index === 0 || /^(sudo|env|nohup|timeout)$/.test(argv[index - 1] ?? ''),
  );
  if (words.some((word) => SHELLS.test(word))) {
    report(
      path,
      'a shell is started: commands are argv lists',
      'Give two steps where a pipe seems needed.',
    );
  }
  if (placeholdersIn(argv[0] ?? '').length > 0)
    report([...path, 0], 'the program itself cannot be a variable');
  if (
    INLINE_CODE.test(argv[0] ?? '') &&
    argv.slice(1).some((word) => placeholdersIn(word).length > 0)
  ) {
    report(path, `a variable is passed to ${argv[0]}, which could run it as code`);
  }
  for (const [index, element] of argv.entries()) {
    for (const name of placeholdersIn(element))
      checkPlaceholder(name, [...path, index], variables, report);
    const rest = element.replace(/\{\{\s*[A-Za-z0-9_.]{1,80}\s*\}\}/g, '');
    if (rest.includes('{{') || rest.includes('}}'))
      report([...path, index], 'a placeholder is not written {{ name }}');
    if (rest.includes('\0'))
      report([...path, index], 'a NUL character cannot be part of an argument');
  }
}

function checkPlaceholder(
  name: string,
  path: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const [base = '', ...properties] = name.split('.');
  const variable = variables.find((known) => known.name === base);
  if (variable === undefined) {
    report(path, `the variable "${base}" is not declared`, 'Add it under variables.');
    return;
  }
  const allowed = PROPERTIES[variable.type] ?? [];
  if (properties.length > 1 || properties.some((property) => !allowed.includes(property))) {
    report(
      path,
      `"${name}": a variable of type ${variable.type} has ${allowed.length === 0 ? 'no properties' : `only: ${allowed.join(', ')}`}`,
    );
  }
}
