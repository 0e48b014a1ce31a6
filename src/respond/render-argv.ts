/** From argv templates to the argv that runs, and to the text that a person reads. */
import { refusedError } from '../errors.ts';
import { quoteArgv } from '../processes/quote.ts';
import { namesInExpectation } from './expectation.ts';
import { fillPlaceholders, placeholdersIn } from './placeholder.ts';
import type { Argv, Probe, StepCommand } from './playbook.ts';
import { placeholderValue } from './variables.ts';

/** Values by the names of variables. */
export type VariableValues = Readonly<Record<string, string>>;

/**
 * Fills the placeholders. Each element of the template becomes exactly one element of argv, whatever the
 * value holds. Refuses (exit 6) when a variable has no value.
 */
export function renderArgv(template: Argv, values: VariableValues): string[] {
  return template.map((element) =>
    fillPlaceholders(element, (name) => {
      const value = placeholderValue(name, values);
      if (value === undefined) {
        throw refusedError(
          `the command needs a value for ${name}`,
          `Give it with --var ${name.split('.')[0]}=VALUE.`,
        );
      }
      return value;
    }),
  );
}

/** Text with the known values filled in and `<name>` where there is none yet; for reading only. */
export const renderText = (text: string, values: VariableValues): string =>
  fillPlaceholders(text, (name) => placeholderValue(name, values) ?? `<${name}>`);

/** The argv with `<name>` where there is no value yet, quoted for reading. */
export const showArgv = (template: Argv, values: VariableValues): string =>
  quoteArgv(template.map((element) => renderText(element, values)));

/** Variables that the argvs of a command use, without properties, each once. */
export function variablesOf(command: StepCommand): string[] {
  const texts = [...argvsOf(command).flat(), command.target];
  const names = [
    ...texts.flatMap(placeholdersIn),
    ...probesOf(command).flatMap(({ conditions }) => conditions.flatMap(namesInExpectation)),
  ].map((name) => name.split('.')[0] as string);
  return [...new Set(names)].filter((name) => !BUILT_IN.includes(name));
}

/**
 * Names that every command has: what its snapshot printed, how long it lasts, and the number of the action.
 * They are filled when they are known.
 */
export const BUILT_IN: readonly string[] = ['snapshot', 'ttl_seconds', 'action_no'];

const isThere = <T>(one: T | undefined): one is T => one !== undefined;

/** What of a command reads the state. */
export const probesOf = (command: StepCommand): Probe[] =>
  [command.check, command.verify, command.undoVerify].filter(isThere);

/** Every argv of a command: what it runs, and what it checks, reads back and undoes with. */
export const argvsOf = (command: StepCommand): Argv[] =>
  [
    command.run,
    ...command.collectFirst,
    command.snapshot,
    ...probesOf(command).map(({ run }) => run),
    command.undo,
    command.keep,
  ].filter(isThere);

const SUDO = ['sudo', '--non-interactive', '--'];

/** Can `argv` come from `template`, with or without sudo, whatever the values were? */
export function isRunOf(argv: Argv, template: Argv): boolean {
  const isSudo = SUDO.every((word, index) => argv[index] === word);
  const plain = isSudo ? argv.slice(SUDO.length) : argv;
  return (
    plain.length === template.length &&
    template.every((word, index) => word.includes('{{') || word === plain[index])
  );
}
