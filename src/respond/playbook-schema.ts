/** The shape of a playbook file, as zod checks it. Unknown keys are errors. */
import type { z as Zod } from 'zod';
import { PHASES, type Phase } from '../incidents/incident.ts';
import { ROLES } from '../incidents/roles.ts';
import {
  buildActionCallSchema,
  buildCommandSchema,
  buildScalars,
  buildVariableSchema,
} from './command-schema.ts';

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
    action: buildActionCallSchema(z).optional(),
  });
}

/** Builds the schema with the zod that the caller has loaded. */
export function buildPlaybookSchema(z: typeof Zod) {
  const { line, prose, id, technique, field } = buildScalars(z);
  const appliesTo = z.strictObject({
    techniques: z.array(technique).default([]),
    tactics: z.array(id).default([]),
    rules: z.array(line).default([]),
    brought_by: z.array(technique).default([]),
    events: z.record(field, z.array(line).min(1).max(20)).default({}),
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
