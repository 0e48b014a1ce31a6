/** Values of playbook variables: where they come from and what they may look like. */
import { isIP } from 'node:net';
import { suggestion, usageError } from '../errors.ts';
import type { Variable, VariableType } from './playbook.ts';

const MAX_LENGTH = 1000;

const isCidr = (value: string): boolean => {
  const match = /^([0-9a-fA-F.:]{2,45})\/(\d{1,3})$/.exec(value);
  if (match === null) return false;
  const family = isIP(match[1] as string);
  return family !== 0 && Number(match[2]) <= (family === 4 ? 32 : 128);
};

const isPlainNumber = (value: string, maximum: number): boolean =>
  /^(0|[1-9]\d{0,14})$/.test(value) && Number(value) <= maximum;

/** An absolute path without `..`, so that a value from a log cannot climb out of where it points. */
const isSafePath = (value: string): boolean =>
  value.startsWith('/') && value.length > 1 && !value.split('/').includes('..');

const CHECKS: Readonly<Record<VariableType, { test(value: string): boolean; form: string }>> = {
  ip: {
    test: (value) => isIP(value) !== 0 && !value.includes('%'),
    form: 'an IPv4 or IPv6 address',
  },
  ally: {
    test: (value) => isIP(value) !== 0 && !value.includes('%'),
    form: 'an IPv4 or IPv6 address',
  },
  cidr: { test: isCidr, form: 'a network such as 203.0.113.0/24' },
  user: {
    test: (value) => /^[a-z_][a-z0-9_.-]{0,31}$/.test(value),
    form: 'a Linux user name',
  },
  host: {
    test: (value) =>
      isIP(value) !== 0 || /^(?=.{1,253}$)[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?$/.test(value),
    form: 'a host name or address',
  },
  path: { test: isSafePath, form: 'an absolute path without ".."' },
  pid: {
    test: (value) => isPlainNumber(value, 4_194_304) && Number(value) > 1,
    form: 'a process id above 1',
  },
  port: {
    test: (value) => isPlainNumber(value, 65_535) && value !== '0',
    form: 'a port from 1 to 65535',
  },
  unit: {
    test: (value) => /^[A-Za-z0-9@_:][A-Za-z0-9@_:.\\-]{0,200}$/.test(value),
    form: 'a systemd unit such as nginx.service',
  },
  interface: {
    test: (value) => /^[A-Za-z0-9_][A-Za-z0-9_.@-]{0,14}$/.test(value),
    form: 'a network interface such as eth0',
  },
  number: { test: (value) => isPlainNumber(value, 1e15), form: 'a whole number' },
  time: {
    test: (value) => /^\d{4}-\d\d-\d\d( \d\d:\d\d(:\d\d)?( UTC)?)?$/.test(value),
    form: 'a time such as 2026-03-01 or 2026-03-01 22:15:00 UTC',
  },
  choice: { test: () => true, form: 'one of its choices' },
  text: { test: (value) => !value.startsWith('-'), form: 'text that does not start with "-"' },
  id: {
    test: (value) => /^[A-Za-z0-9_][A-Za-z0-9_.:/@+=-]*$/.test(value),
    form: 'a name of letters, digits and _.:/@+=-',
  },
  line: { test: (value) => value.trim() === value, form: 'a line without blanks around it' },
};

/**
 * What is wrong with a value, or undefined. No value may be empty, hold control characters, or be read by a
 * program as an option.
 */
export async function variableProblem(
  variable: Variable,
  value: string,
): Promise<string | undefined> {
  const shown = JSON.stringify(value.slice(0, 60));
  if (value === '' || value.length > MAX_LENGTH)
    return `${variable.name} must have 1 to ${MAX_LENGTH} characters`;
  if (/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(value)) {
    return `${variable.name} holds control characters: ${shown}`;
  }
  const check = CHECKS[variable.type];
  if (!check.test(value)) return `${variable.name} must be ${check.form}, not ${shown}`;
  if (variable.choices.length > 0 && !variable.choices.includes(value)) {
    return `${variable.name} must be one of ${variable.choices.join(', ')}, not ${shown}`;
  }
  if (variable.pattern !== undefined) {
    const { RE2JS } = await import('re2js');
    // RE2: linear time, because the value may have been written by an attacker.
    if (!RE2JS.matches(variable.pattern, value)) {
      return `${variable.name} must match ${variable.pattern}, not ${shown}`;
    }
  }
  return undefined;
}

/** What a variable wants: one of its choices, else what it is for. */
export const choiceHint = ({ choices, description }: Variable, value: string): string =>
  choices.length > 0 ? suggestion(value, choices) : description;

/** Reads `--var name=value` flags. Throws a usage error on an unknown name or a value of the wrong form. */
export async function readVariableFlags(
  flags: readonly string[],
  variables: readonly Variable[],
): Promise<Readonly<Record<string, string>>> {
  const values: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    if (equals < 1)
      throw usageError(`--var "${flag}" is not NAME=VALUE`, 'Write --var source_ip=192.0.2.1.');
    const name = flag.slice(0, equals);
    const variable = variables.find((known) => known.name === name);
    if (variable === undefined) {
      throw usageError(`unknown variable "${name}"`, variableHint(name, variables));
    }
    const value = flag.slice(equals + 1);
    const problem = await variableProblem(variable, value);
    if (problem !== undefined) throw usageError(problem, choiceHint(variable, value));
    values[name] = value;
  }
  return values;
}

/** What may have been meant by the name of a variable that the playbook does not have. */
export const variableHint = (name: string, variables: readonly Variable[]): string =>
  variables.length === 0
    ? 'This playbook has no variables.'
    : suggestion(
        name,
        variables.map((variable) => variable.name),
      );

/** Properties that a placeholder can ask of a variable: `{{ source_ip.family }}` is `ip` or `ip6`, as nft says. */
export const PROPERTIES: Readonly<Partial<Record<VariableType, readonly string[]>>> = {
  ip: ['family'],
  ally: ['family'],
  cidr: ['family'],
};

/** The value of a placeholder name, or undefined when the variable has none. */
export function placeholderValue(
  name: string,
  values: Readonly<Record<string, string>>,
): string | undefined {
  const [variable = '', property] = name.split('.');
  const value = Object.hasOwn(values, variable) ? values[variable] : undefined;
  if (value === undefined || property === undefined) return value;
  return property === 'family' ? (value.includes(':') ? 'ip6' : 'ip') : undefined;
}
