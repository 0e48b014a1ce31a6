/** The shape of a playbook file, as zod checks it. Unknown keys are errors. */
import type { z as Zod } from 'zod';
import { PHASES, type Phase } from '../incidents/incident.ts';
import { ROLES } from '../incidents/roles.ts';
import { RISKS, VARIABLE_TYPES } from './playbook.ts';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const TECHNIQUE = /^T\d{4}(\.\d{3})?$/;
const FIELD = /^[a-z_]+(\.[a-z_]+)*$/;
const NAME = /^[a-z][a-z0-9_]*$/;
const DURATION = /^P(?=\d|T\d)(\d{1,4}D)?(T(?=\d)(\d{1,4}H)?(\d{1,4}M)?(\d{1,5}S)?)?$/;

/** Milliseconds of an ISO 8601 duration of days, hours, minutes and seconds. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) throw new RangeError(`not an ISO 8601 duration: ${text}`);
  const number = (part: string | undefined): number => Number.parseInt(part ?? '0', 10) || 0;
  const hours = number(match[1]) * 24 + number(match[3]);
  return ((hours * 60 + number(match[4])) * 60 + number(match[5])) * 1000;
}

/** The scalars that the parts below share. */
const buildScalars = (z: typeof Zod) => ({
  line: z.string().trim().min(1).max(200),
  prose: z.string().trim().min(1).max(4000),
  id: z.string().regex(ID, 'use small letters, digits and hyphens, such as block-source'),
  name: z.string().regex(NAME, 'use small letters, digits and underscores, such as source_ip'),
  technique: z.string().regex(TECHNIQUE, 'write an ATT&CK technique, such as T1110.001'),
  duration: z.string().regex(DURATION, 'write an ISO 8601 duration, such as PT15M, PT4H or P1D'),
});

function buildCommandSchema(z: typeof Zod) {
  const { line, duration } = buildScalars(z);
  const argv = z
    .array(z.string().max(2000))
    .min(1)
    .max(64)
    .refine((words) => words[0] !== '', 'the first element names the program');
  return z.strictObject({
    risk: z.enum(RISKS),
    run: argv,
    collect_first: z.array(argv).max(12).default([]),
    check: argv.optional(),
    verify: z.strictObject({ run: argv, expect: line }).optional(),
    undo: argv.optional(),
    needs_root: z.boolean().default(false),
    blast_radius: z.string().trim().max(500).default(''),
    timeout: duration.default('PT60S'),
    ok_exit_codes: z.array(z.number().int().min(0).max(255)).min(1).max(8).default([0]),
    target: z.string().max(200).default(''),
  });
}

function buildStepSchema(z: typeof Zod) {
  const { line, prose, id, name, duration } = buildScalars(z);
  return z.strictObject({
    id,
    title: line,
    why: prose,
    instructions: prose,
    required: z.boolean().default(true),
    depends_on: z.array(id).max(20).default([]),
    when: z.string().max(500).optional(),
    asks: z.array(name).max(8).default([]),
    owner: z.enum(ROLES).default('responder'),
    due: duration.optional(),
    evidence: z.array(line).max(12).default([]),
    command: buildCommandSchema(z).optional(),
  });
}

function buildVariableSchema(z: typeof Zod) {
  const { line, name } = buildScalars(z);
  const field = z.string().regex(FIELD, 'name an ECS field, such as source.ip');
  return z.strictObject({
    name,
    description: line,
    type: z.enum(VARIABLE_TYPES),
    from: field.optional(),
    default: z.string().max(500).optional(),
    pattern: z.string().min(1).max(300).optional(),
    choices: z.array(line).min(2).max(12).optional(),
  });
}

/** Builds the schema with the zod that the caller has loaded. */
export function buildPlaybookSchema(z: typeof Zod) {
  const { line, prose, id, technique } = buildScalars(z);
  const appliesTo = z.strictObject({
    techniques: z.array(technique).default([]),
    tactics: z.array(id).default([]),
    rules: z.array(line).default([]),
    brought_by: z.array(technique).default([]),
  });
  const reference = z.strictObject({ title: line, url: z.url({ protocol: /^https$/ }) });
  const steps = z.array(buildStepSchema(z)).min(1).max(200);
  const leadsTo = z.strictObject({ playbook: id, when: z.string().max(500).optional(), why: line });
  return z.strictObject({
    id,
    title: line,
    summary: prose,
    applies_to: appliesTo.prefault({}),
    references: z.array(reference).max(20).default([]),
    variables: z.array(buildVariableSchema(z)).max(30).default([]),
    leads_to: z.array(leadsTo).max(20).default([]),
    phases: buildPhasesSchema(z, steps),
  });
}

/** All five phases, or triage alone, which ends by naming the next playbook. */
function buildPhasesSchema(z: typeof Zod, steps: Zod.ZodArray<ReturnType<typeof buildStepSchema>>) {
  const { triage: _, ...later } = Object.fromEntries(
    PHASES.map((phase) => [phase, steps.optional()]),
  ) as Record<Phase, Zod.ZodOptional<typeof steps>>;
  return z.strictObject({ triage: steps, ...later }).superRefine((phases, context) => {
    const missing = PHASES.filter((phase) => phases[phase] === undefined);
    if (missing.length === 0 || missing.length === PHASES.length - 1) return;
    context.addIssue({
      code: 'custom',
      message: `the ${missing.length === 1 ? 'phase' : 'phases'} ${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing: a playbook has all five, or triage alone`,
    });
  });
}

/** The phases that a file has, with their steps. */
export const phasesOf = (raw: RawPlaybook): [Phase, readonly RawStep[]][] =>
  PHASES.flatMap((phase): [Phase, readonly RawStep[]][] => {
    const steps = raw.phases[phase];
    return steps === undefined ? [] : [[phase, steps]];
  });

/** A playbook file after the schema, before the checks that look across it. */
export type RawPlaybook = Zod.output<ReturnType<typeof buildPlaybookSchema>>;

/** A step as the file has it. */
export type RawStep = RawPlaybook['phases']['triage'][number];

/** A command as the file has it. */
export type RawCommand = NonNullable<RawStep['command']>;

/** A variable as the file has it. */
export type RawVariable = RawPlaybook['variables'][number];
