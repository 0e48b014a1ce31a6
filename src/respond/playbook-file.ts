/** One playbook file: YAML text -> checked playbook, or every problem of the file with its place. */
import type { SourcePlace } from '../errors.ts';
import { PHASES } from '../incidents/incident.ts';
import { type Problem, parseYaml, problemsOf, type YamlDocument } from '../yaml.ts';
import { durationMs, type RawVariable } from './command-schema.ts';
import type { Condition } from './condition.ts';
import { ConditionError, parseCondition } from './parse-condition.ts';
import type { Playbook, Step, Variable } from './playbook.ts';
import { checkPlaybook } from './playbook-checks.ts';
import {
  buildPlaybookSchema,
  phasesOf,
  type RawPlaybook,
  type RawStep,
} from './playbook-schema.ts';
import { toCommand, toVariable } from './to-command.ts';

/** A playbook file that was read: the playbook, or what is wrong with it. */
export interface ReadPlaybook {
  /** Undefined when there is any problem. */
  playbook: Playbook | undefined;
  /** The playbook where nothing but its calls of actions is wrong. */
  unbound?: Playbook;
  problems: readonly Problem[];
  /** What the file says, after the schema; absent where there is any problem, or the file was not read anew. */
  raw?: RawPlaybook;
}

/** Built once; building takes longer than checking a file. */
let schema: ReturnType<typeof buildPlaybookSchema> | undefined;

/** Parses and checks a playbook. Never throws on bad content: all problems come back, in file order. */
export async function readPlaybook(
  text: string,
  path: string,
  origin: Playbook['origin'],
): Promise<ReadPlaybook> {
  const document = parseYaml(text, path);
  if (document.problems.length > 0) return { playbook: undefined, problems: document.problems };
  const { z } = await import('zod');
  schema ??= buildPlaybookSchema(z);
  const checked = schema.safeParse(document.value);
  if (!checked.success) {
    const problems = [
      ...problemsOf(checked.error, document, schema),
      ...conditionProblems(document),
    ];
    return { playbook: undefined, problems: inFileOrder(problems) };
  }
  const problems: Problem[] = [];
  const playbook = toPlaybook(checked.data, path, origin, document, problems);
  problems.push(...(await checkPlaybook(playbook, checked.data, document)));
  if (problems.length > 0) return { playbook: undefined, problems: inFileOrder(problems) };
  return { playbook, problems, raw: checked.data };
}

/** Mistakes in conditions of a file whose shape is wrong, so that one look shows all of them. */
function conditionProblems(document: YamlDocument): Problem[] {
  const problems: Problem[] = [];
  const { phases, leads_to: leads } = (document.value ?? {}) as {
    phases?: Record<string, unknown>;
    leads_to?: unknown;
  };
  const check = (item: unknown, path: readonly (string | number)[]): void => {
    const when: unknown = (item as { when?: unknown } | null)?.when;
    if (typeof when === 'string') readCondition(when, [...path, 'when'], document, problems);
  };
  for (const [index, lead] of Array.isArray(leads) ? leads.entries() : [])
    check(lead, ['leads_to', index]);
  for (const phase of PHASES) {
    const steps = phases?.[phase];
    for (const [index, step] of Array.isArray(steps) ? steps.entries() : [])
      check(step, ['phases', phase, index]);
  }
  return problems;
}

const inFileOrder = (problems: readonly Problem[]): Problem[] =>
  [...problems].sort(
    (a, b) =>
      (a.source.line ?? 0) - (b.source.line ?? 0) ||
      (a.source.column ?? 0) - (b.source.column ?? 0),
  );

function toPlaybook(
  raw: RawPlaybook,
  path: string,
  origin: Playbook['origin'],
  document: YamlDocument,
  problems: Problem[],
): Playbook {
  const phases = phasesOf(raw);
  const asked = new Set(phases.flatMap(([, steps]) => steps.flatMap(({ asks }) => asks)));
  const steps = phases.flatMap(([phase, all]) =>
    all.map((step, index): Step => {
      const when = readCondition(step.when, ['phases', phase, index, 'when'], document, problems);
      return toStep(step, phase, when);
    }),
  );
  return {
    id: raw.id,
    title: raw.title,
    summary: raw.summary,
    appliesTo: {
      techniques: raw.applies_to.techniques,
      tactics: raw.applies_to.tactics,
      rules: raw.applies_to.rules,
      events: raw.applies_to.events,
    },
    broughtBy: raw.applies_to.brought_by,
    references: raw.references,
    variables: raw.variables.map((variable) => toQuestion(variable, asked.has(variable.name))),
    leadsTo: raw.leads_to.map(({ playbook, when, why }, index) => ({
      playbook,
      when: readCondition(when, ['leads_to', index, 'when'], document, problems),
      why,
    })),
    steps,
    path,
    origin,
  };
}

function toStep(raw: RawStep, phase: Step['phase'], when: Condition | undefined): Step {
  return {
    id: raw.id,
    phase,
    title: raw.title,
    why: raw.why,
    instructions: raw.instructions,
    required: raw.required,
    dependsOn: raw.depends_on,
    when,
    asks: raw.asks,
    owner: raw.owner,
    dueMs: raw.due === undefined ? undefined : durationMs(raw.due),
    evidence: raw.evidence,
    command: raw.command === undefined ? undefined : toCommand(raw.command),
    action:
      raw.action === undefined
        ? undefined
        : {
            name: raw.action.name,
            values: raw.action.with,
            ttlMs: raw.action.for === undefined ? undefined : durationMs(raw.action.for),
          },
  };
}

const UNCLEAR = 'unclear';

/** Whoever is asked may not know: a question has that answer, whether the file says so or not. */
function toQuestion(raw: RawVariable, isAsked: boolean): Variable {
  const variable = toVariable(raw);
  const { choices } = variable;
  return choices.length === 0 || !isAsked || choices.includes(UNCLEAR)
    ? variable
    : { ...variable, choices: [...choices, UNCLEAR] };
}

function readCondition(
  text: string | undefined,
  path: readonly (string | number)[],
  document: YamlDocument,
  problems: Problem[],
): Condition | undefined {
  if (text === undefined) return undefined;
  try {
    return parseCondition(text);
  } catch (error) {
    if (!(error instanceof ConditionError)) throw error;
    problems.push({
      message: `when: ${error.message}`,
      source: placeInside(document.placeOf(path), text, error.offset),
      hint: 'Write for example: severity in [SEV1, SEV2] and done(step-id)',
    });
    return undefined;
  }
}

/** Moves a place into a one-line scalar; block scalars and escapes keep the place of their start. */
function placeInside(place: SourcePlace, text: string, offset: number): SourcePlace {
  const start = (place.text ?? '').indexOf(text, (place.column ?? 1) - 1);
  return start === -1 ? place : { ...place, column: start + offset + 1 };
}
