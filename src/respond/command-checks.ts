/** The checks of a step's command: argv stays argv, variables exist, and what changes something can be undone. */

import type { YamlPath } from '../yaml.ts';
import { namesInExpectation } from './expectation.ts';
import { placeholdersIn } from './placeholder.ts';
import type { Argv, Probe, StepCommand, Variable } from './playbook.ts';
import { BUILT_IN } from './render-argv.ts';
import { isScript } from './to-command.ts';
import { PROPERTIES } from './variables.ts';

/** Takes a problem with the place it is about. */
export type Report = (path: YamlPath, message: string, hint?: string) => void;

/** Reports what is wrong with a command; `what` names the step or the action that has it, and `at` is its place. */
export function checkCommand(
  what: string,
  command: StepCommand,
  at: YamlPath,
  variables: readonly Variable[],
  report: Report,
): void {
  const all = [...variables, ...BUILT_IN.map(builtIn)];
  const argvs: [Argv | undefined, string][] = [
    [command.run, 'run'],
    [command.snapshot, 'snapshot'],
    [command.undo, 'undo'],
    [command.keep, 'keep'],
  ];
  for (const [argv, key] of argvs) {
    if (argv !== undefined) checkArgv(argv, [...at, key], all, report);
  }
  for (const [index, argv] of command.collectFirst.entries())
    checkArgv(argv, [...at, 'collect_first', index], all, report);
  const probes: [Probe | undefined, string][] = [
    [command.check, 'check'],
    [command.verify, 'verify'],
    [command.undoVerify, 'undo_verify'],
  ];
  for (const [probe, key] of probes) {
    if (probe === undefined) continue;
    checkArgv(probe.run, probe.expect === '' ? [...at, key] : [...at, key, 'run'], all, report);
    for (const name of probe.conditions.flatMap(namesInExpectation))
      checkPlaceholder(name, [...at, key, 'condition'], all, report);
  }
  for (const name of placeholdersIn(command.target))
    checkPlaceholder(name, [...at, 'target'], variables, report);
  checkReversal(what, command, at, report);
}

/** A name that is there without being declared, as a variable of no special form. */
const builtIn = (name: string): Variable => ({
  name,
  description: name,
  type: 'text',
  from: undefined,
  default: undefined,
  pattern: undefined,
  choices: [],
});

/** What changes something says how it is read back, and how it is undone or why it cannot be. */
function checkReversal(what: string, command: StepCommand, at: YamlPath, report: Report): void {
  if (command.risk === 'read') return;
  if (command.verify === undefined) {
    report(
      at,
      `${what} changes something and has no verify`,
      'Exit codes lie: say how to read the state back.',
    );
  }
  if (command.risk !== 'destructive' && command.undo === undefined) {
    report(
      at,
      `${what} is "${command.risk}" and has no undo`,
      'What cannot be undone is "destructive".',
    );
  }
  if (command.irreversible !== '' && command.risk !== 'destructive') {
    report(
      at,
      `${what} is irreversible and "${command.risk}"`,
      'What cannot be undone is "destructive".',
    );
  }
  if (command.blastRadius === '') report(at, `${what} changes something and has no blast_radius`);
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
  if (!isScript(argv) && words.some((word) => SHELLS.test(word))) {
    report(
      path,
      'a shell is started: commands are argv lists',
      'Give two steps where a pipe seems needed, or a script: with args:, whose text holds no value.',
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
    if (isScript(argv) && index === 2) continue;
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
