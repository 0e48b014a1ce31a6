/** The checks of a step's command: argv stays argv, variables exist, and what changes something can be undone. */

import type { YamlPath } from '../yaml.ts';
import { placeholdersIn } from './placeholder.ts';
import type { Argv, Step, Variable } from './playbook.ts';
import { PROPERTIES } from './variables.ts';

/** Takes a problem with the place it is about. */
export type Report = (path: YamlPath, message: string, hint?: string) => void;

/** Reports what is wrong with the command of a step; `path` is the step's. */
export function checkCommand(
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

/** Reports a placeholder whose variable or property does not exist. */
export function checkPlaceholder(
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
