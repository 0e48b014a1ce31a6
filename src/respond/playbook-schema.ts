/** The shape of a playbook file, as zod checks it. Unknown keys are errors. */
import type { z as Zod } from 'zod';
import { PHASES } from '../incidents/incident.ts';
import { RISKS, VARIABLE_TYPES } from './playbook.ts';

/** Roles that can own a step, in the words of NIST and of incident command. */
export const OWNER_ROLES = [
  'incident_commander',
  'responder',
  'analyst',
  'system_owner',
  'communications',
  'legal',
  'scribe',
] as const;

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
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

/** Builds the schema with the zod that the caller has loaded. */
export function buildPlaybookSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(200);
  const prose = z.string().trim().min(1).max(4000);
  const id = z.string().regex(ID, 'use small letters, digits and hyphens, such as block-source');
  const name = z
    .string()
    .regex(NAME, 'use small letters, digits and underscores, such as source_ip');
  const duration = z
    .string()
    .regex(DURATION, 'write an ISO 8601 duration, such as PT15M, PT4H or P1D');
  const argv = z
    .array(z.string().max(2000))
    .min(1)
    .max(64)
    .refine((words) => words[0] !== '', 'the first element names the program');
  const exitCodes = z.array(z.number().int().min(0).max(255)).min(1).max(8);

  const command = z.strictObject({
    risk: z.enum(RISKS),
    run: argv,
    collect_first: z.array(argv).max(12).default([]),
    check: argv.optional(),
    verify: z.strictObject({ run: argv, expect: line }).optional(),
    undo: argv.optional(),
    needs_root: z.boolean().default(false),
    blast_radius: z.string().trim().max(500).default(''),
    timeout: duration.default('PT60S'),
    ok_exit_codes: exitCodes.default([0]),
    target: z.string().max(200).default(''),
  });

  const step = z.strictObject({
    id,
    title: line,
    why: prose,
    instructions: prose,
    required: z.boolean().default(true),
    depends_on: z.array(id).max(20).default([]),
    when: z.string().max(500).optional(),
    asks: z.array(name).max(8).default([]),
    owner: z.enum(OWNER_ROLES).default('responder'),
    due: duration.optional(),
    evidence: z.array(line).max(12).default([]),
    command: command.optional(),
  });

  const variable = z.strictObject({
    name,
    description: line,
    type: z.enum(VARIABLE_TYPES),
    from: z
      .string()
      .regex(/^[a-z_]+(\.[a-z_]+)*$/, 'name an ECS field, such as source.ip')
      .optional(),
    default: z.string().max(500).optional(),
    pattern: z.string().min(1).max(300).optional(),
    choices: z.array(line).min(2).max(12).optional(),
  });

  const steps = z.array(step).min(1).max(200);
  return z.strictObject({
    id,
    title: line,
    summary: prose,
    applies_to: z
      .strictObject({
        techniques: z
          .array(
            z.string().regex(/^T\d{4}(\.\d{3})?$/, 'write an ATT&CK technique, such as T1110.001'),
          )
          .default([]),
        tactics: z.array(id).default([]),
        rules: z.array(line).default([]),
      })
      .prefault({}),
    references: z
      .array(z.strictObject({ title: line, url: z.url({ protocol: /^https$/ }) }))
      .max(20)
      .default([]),
    variables: z.array(variable).max(30).default([]),
    phases: z.strictObject(
      Object.fromEntries(PHASES.map((phase) => [phase, steps])) as Record<
        (typeof PHASES)[number],
        typeof steps
      >,
    ),
  });
}

/** A playbook file after the schema, before the checks that look across it. */
export type RawPlaybook = Zod.output<ReturnType<typeof buildPlaybookSchema>>;
export type RawStep = RawPlaybook['phases']['triage'][number];
export type RawCommand = NonNullable<RawStep['command']>;
export type RawVariable = RawPlaybook['variables'][number];
