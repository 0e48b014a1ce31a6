/** A playbook: what to do in each phase of one kind of incident. Plain data, read from YAML, never executed. */
import type { Phase } from '../incidents/incident.ts';
import type { Role } from '../incidents/roles.ts';
import type { Condition } from './condition.ts';
import type { Expectation } from './expectation.ts';

/** How much a command can hurt: reads, changes that can be undone, cuts users or services, cannot be undone. */
export const RISKS = ['read', 'change', 'disruptive', 'destructive'] as const;

/** How much harm a command can do. */
export type Risk = (typeof RISKS)[number];

/** What a variable's value must look like; `variables.ts` holds the checks. */
export const VARIABLE_TYPES = [
  'ip',
  'cidr',
  'ally',
  'user',
  'host',
  'path',
  'pid',
  'port',
  'unit',
  'interface',
  'number',
  'time',
  'choice',
  'text',
  'id',
  'line',
] as const;

/** What a variable may hold. */
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** Something that a playbook has to be told. */
export interface Variable {
  name: string;
  description: string;
  type: VariableType;
  /** ECS field whose values in the incident's findings are proposed, such as `source.ip`. */
  from: string | undefined;
  default: string | undefined;
  /** A value of the right form, for trying out and for who is asked. */
  example?: string | undefined;
  /** RE2 expression that the whole value must match, on top of the type. */
  pattern: string | undefined;
  /** Allowed values of a `choice`. */
  choices: readonly string[];
}

/** A command as a list of arguments: no shell reads it. */
export type Argv = readonly string[];

/** Reads a state: the command, what a person must see, and what the program makes sure of. */
export interface Probe {
  run: Argv;
  /** What must be seen, in words. */
  expect: string;
  /** All of them must hold; none where only a person can tell. */
  conditions: readonly Expectation[];
  /** False where reading needs no root although the command does. */
  needsRoot: boolean;
}

/** How a change ends by itself: the kernel takes it back, `ir actions --expire` does, or nothing. */
export const EXPIRIES = ['kernel', 'ir'] as const;

/** A command of a step, or what an action of the catalogue does. */
export interface StepCommand {
  risk: Risk;
  run: Argv;
  /** Evidence that `run` would destroy: these run first, and `run` only after all of them came back. */
  collectFirst: readonly Argv[];
  /** Prints what it will change, in a form that is the same while that is the same; kept for `undo` as `{{ snapshot }}`. */
  snapshot: Argv | undefined;
  /** Shows whether it is needed and possible: its conditions hold before `run`. */
  check: Probe | undefined;
  /** Reads the state back. */
  verify: Probe | undefined;
  undo: Argv | undefined;
  /** Reads back that it was taken back. */
  undoVerify: Probe | undefined;
  /** Makes what runs out by itself stay. */
  keep: Argv | undefined;
  /** How long it lasts unless said otherwise; undefined: until it is undone. */
  ttlMs: number | undefined;
  expiry: (typeof EXPIRIES)[number] | undefined;
  /** Why it cannot be taken back; empty where it can. */
  irreversible: string;
  needsRoot: boolean;
  blastRadius: string;
  timeoutMs: number;
  /** Exit codes that mean success; some tools say 1 for "nothing matched". */
  okExitCodes: readonly number[];
  /** What a disruptive command acts on and asks to be typed, such as `{{ account }}`; empty: the host's name. */
  target: string;
}

/** One thing to do. */
export interface Step {
  id: string;
  phase: Phase;
  title: string;
  why: string;
  instructions: string;
  required: boolean;
  dependsOn: readonly string[];
  when: Condition | undefined;
  /** Variables that must have a value before the step can be done. */
  asks: readonly string[];
  owner: Role;
  /** Milliseconds from entry into the phase; undefined when there is no deadline. */
  dueMs: number | undefined;
  evidence: readonly string[];
  command: StepCommand | undefined;
  /** An action of the catalogue in place of a command of its own. */
  action: ActionCall | undefined;
}

/** A step's call of an action. */
export interface ActionCall {
  /** Id in the catalogue. */
  name: string;
  /** Values of the action's variables; placeholders in them are filled with the playbook's. */
  values: Readonly<Record<string, string>>;
  ttlMs: number | undefined;
}

/** Another playbook, and when it is the one to follow. */
export interface Lead {
  playbook: string;
  /** Undefined: it may be wanted at any time. */
  when: Condition | undefined;
  why: string;
}

/** What to do in one kind of incident. */
export interface Playbook {
  id: string;
  title: string;
  summary: string;
  appliesTo: {
    /** ATT&CK ids. */
    techniques: readonly string[];
    /** ATT&CK tactic slugs, such as credential-access. */
    tactics: readonly string[];
    /** Names of rules. */
    rules: readonly string[];
    /** ECS field to values: findings whose first event has one of them speak for it much more than others. */
    events: Readonly<Record<string, readonly string[]>>;
  };
  /** ATT&CK ids: a finding of high level with one of them brings the steps into incidents that follow another playbook. */
  broughtBy: readonly string[];
  references: readonly { title: string; url: string }[];
  variables: readonly Variable[];
  /** Playbooks that go on where this one ends, or that are needed beside it, in the order of the file. */
  leadsTo: readonly Lead[];
  /** All steps, in order of phase and then of the file. */
  steps: readonly Step[];
  /** File it was read from. */
  path: string;
  origin: 'bundled' | 'user';
}

/** The steps of one phase, in order. */
export const stepsOf = (playbook: Playbook, phase: Phase): readonly Step[] =>
  playbook.steps.filter((step) => step.phase === phase);

/** True for a playbook that only finds out which other one to follow. */
export const isTriageOnly = ({ steps }: Pick<Playbook, 'steps'>): boolean =>
  steps.every(({ phase }) => phase === 'triage');
