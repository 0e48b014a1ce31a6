/** From an action and its values to everything that will run, rendered. Pure; the plan is kept in the journal. */
import ipaddr from 'ipaddr.js';
import { refusedError, usageError } from '../errors.ts';
import { type Expectation, renderExpectation } from './expectation.ts';
import { fillPlaceholders } from './placeholder.ts';
import type { Argv, Probe, StepCommand, Variable } from './playbook.ts';
import { renderArgv, renderText, type VariableValues, variablesOf } from './render-argv.ts';
import { placeholderValue, variableProblem } from './variables.ts';

/** A probe with its values. */
export interface PlannedProbe {
  run: Argv;
  expect: string;
  conditions: readonly Expectation[];
  needsRoot: boolean;
}

/** What an action does, with its values; `{{ snapshot }}` and `{{ action_no }}` are filled when they are known. */
export interface ActionPlan {
  /** Id in the catalogue, or of the step whose command it is. */
  name: string;
  risk: StepCommand['risk'];
  target: string;
  values: VariableValues;
  blastRadius: string;
  irreversible: string;
  needsRoot: boolean;
  timeoutMs: number;
  okExitCodes: readonly number[];
  collectFirst: readonly Argv[];
  snapshot?: Argv;
  check?: PlannedProbe;
  run: Argv;
  verify?: PlannedProbe;
  undo?: Argv;
  undoVerify?: PlannedProbe;
  keep?: Argv;
  ttlMs?: number;
  expiry?: 'kernel' | 'ir';
  /** Where it runs over ssh; absent: on this machine. */
  ssh?: string;
}

/** What is planned: a command, the variables it knows and their values. */
export interface Planned {
  name: string;
  command: StepCommand;
  variables: readonly Variable[];
  values: VariableValues;
  ttlMs: number | undefined;
  ssh: string | undefined;
}

/** Kept as they are until their values are known. */
const LATER = { snapshot: '{{ snapshot }}', action_no: '{{ action_no }}' };

/** Renders the plan. @throws IrError (exit 6) for a value that is missing, (exit 2) for one of the wrong form */
export async function planAction(planned: Planned): Promise<ActionPlan> {
  const { name, command, ssh } = planned;
  const values = await checkedValues(planned);
  const ttlMs = planned.ttlMs ?? command.ttlMs;
  const all = {
    ...values,
    ...LATER,
    ...(ttlMs === undefined ? {} : { ttl_seconds: String(Math.ceil(ttlMs / 1000)) }),
  };
  const render = (argv: Argv): Argv => renderArgv(argv, all);
  const probe = (one: Probe): PlannedProbe => ({
    run: render(one.run),
    expect: renderText(one.expect, all),
    conditions: one.conditions.map((condition) =>
      renderExpectation(condition, (key) => placeholderValue(key, all) ?? ''),
    ),
    needsRoot: one.needsRoot,
  });
  const { snapshot, check, verify, undo, undoVerify, keep, expiry } = command;
  return {
    name,
    risk: command.risk,
    target: renderText(command.target, values),
    values,
    blastRadius: renderText(command.blastRadius, all),
    irreversible: command.irreversible,
    needsRoot: command.needsRoot,
    timeoutMs: command.timeoutMs,
    okExitCodes: command.okExitCodes,
    collectFirst: command.collectFirst.map(render),
    run: render(command.run),
    ...(snapshot === undefined ? {} : { snapshot: render(snapshot) }),
    ...(check === undefined ? {} : { check: probe(check) }),
    ...(verify === undefined ? {} : { verify: probe(verify) }),
    ...(undo === undefined ? {} : { undo: render(undo) }),
    ...(undoVerify === undefined ? {} : { undoVerify: probe(undoVerify) }),
    ...(keep === undefined ? {} : { keep: render(keep) }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(expiry === undefined ? {} : { expiry }),
    ...(ssh === undefined ? {} : { ssh }),
  };
}

/** The values that the command uses, in the form in which programs print them. */
async function checkedValues({ command, variables, values }: Planned): Promise<VariableValues> {
  const used = variablesOf(command);
  const checked: Record<string, string> = {};
  for (const variable of variables) {
    if (!used.includes(variable.name)) continue;
    const value = Object.hasOwn(values, variable.name) ? values[variable.name] : variable.default;
    if (value === undefined) {
      throw refusedError(
        `the command needs a value for ${variable.name}: ${variable.description}`,
        `Give it with --var ${variable.name}=VALUE.`,
      );
    }
    const problem = await variableProblem(variable, value);
    if (problem !== undefined) throw usageError(problem, variable.description);
    if (/\{\{|\}\}/.test(value))
      throw usageError(`${variable.name} holds "{{" or "}}", which are ours`);
    checked[variable.name] = canonical(variable, value);
  }
  return checked;
}

/** Addresses as programs print them, so that what is read back can be compared. */
function canonical({ type }: Variable, value: string): string {
  if (type === 'ip' || type === 'ally') return ipaddr.process(value).toString();
  if (type !== 'cidr') return value;
  const [, bits] = value.split('/');
  const address = ipaddr.parseCIDR(value);
  const base =
    address[0].kind() === 'ipv4'
      ? ipaddr.IPv4.networkAddressFromCIDR(value)
      : ipaddr.IPv6.networkAddressFromCIDR(value);
  return `${base.toString()}/${bits}`;
}

/** What is known only while an action runs. */
export interface LateValues {
  snapshot: string;
  action_no: string;
}

const late =
  (values: LateValues) =>
  (name: string): string =>
    name === 'snapshot'
      ? values.snapshot
      : name === 'action_no'
        ? values.action_no
        : `{{ ${name} }}`;

/** The argv with what is known now. */
export const fillArgv = (argv: Argv, values: LateValues): Argv =>
  argv.map((word) => fillPlaceholders(word, late(values)));

/** The probe with what is known now. */
export const fillProbe = (probe: PlannedProbe, values: LateValues): PlannedProbe => ({
  ...probe,
  run: fillArgv(probe.run, values),
  conditions: probe.conditions.map((condition) => renderExpectation(condition, late(values))),
});
