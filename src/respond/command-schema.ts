/** The shape of a command that may change something: the same in a playbook's step and in the catalogue of actions. */
import type { z as Zod } from 'zod';
import { EXPIRIES, RISKS, VARIABLE_TYPES } from './playbook.ts';

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
export const buildScalars = (z: typeof Zod) => ({
  line: z.string().trim().min(1).max(200),
  prose: z.string().trim().min(1).max(4000),
  id: z.string().regex(ID, 'use small letters, digits and hyphens, such as block-source'),
  name: z.string().regex(NAME, 'use small letters, digits and underscores, such as source_ip'),
  technique: z.string().regex(TECHNIQUE, 'write an ATT&CK technique, such as T1110.001'),
  field: z.string().regex(FIELD, 'name an ECS field, such as source.ip'),
  duration: z.string().regex(DURATION, 'write an ISO 8601 duration, such as PT15M, PT4H or P1D'),
});

/**
 * An argv, or a script of POSIX sh with its arguments. No value gets into the text of a script: `{{ }}` stands in
 * `args`, which the script sees as `$1` and so on.
 */
const buildArgvSchema = (z: typeof Zod) => {
  const words = z
    .array(z.string().max(2000))
    .min(1)
    .max(64)
    .refine((argv) => argv[0] !== '', 'the first element names the program');
  const script = z.strictObject({
    script: z
      .string()
      .min(1)
      .max(8000)
      .refine((text) => !/\{\{|\}\}|\0/.test(text), 'values go into args, never into the script'),
    args: z.array(z.string().max(2000)).max(32).default([]),
  });
  return z.union([words, script]);
};

const buildConditionSchema = (z: typeof Zod) => {
  const value = z.union([z.string().max(2000), z.number(), z.boolean()]).transform(String);
  return z
    .strictObject({
      json: z.string().regex(JSON_PATH, 'write a path such as $.nftables[*].set.name').optional(),
      equals: value.optional(),
      contains: value.optional(),
      absent: value.optional(),
      line: value.optional(),
      no_line: value.optional(),
      at_least: z.number().optional(),
      at_most: z.number().optional(),
      exit: z.int().min(0).max(255).optional(),
    })
    .refine(
      (condition) => Object.keys(condition).some((key) => key !== 'json'),
      'a condition says what must be: equals, contains, absent, line, no_line, at_least, at_most or exit',
    );
};

const JSON_PATH = /^\$(\.[A-Za-z0-9_-]+|\[\d{1,6}\]|\[\*\])*$/;

function buildProbeSchema(z: typeof Zod) {
  const { line } = buildScalars(z);
  const condition = buildConditionSchema(z);
  return z.strictObject({
    run: buildArgvSchema(z),
    expect: line,
    condition: z.union([condition, z.array(condition).min(1).max(8)]).optional(),
    needs_root: z.boolean().optional(),
  });
}

/** The fields of a command, with the zod that the caller has loaded. */
export function commandShape(z: typeof Zod) {
  const { duration } = buildScalars(z);
  const argv = buildArgvSchema(z);
  const probe = buildProbeSchema(z);
  return {
    risk: z.enum(RISKS),
    run: argv,
    collect_first: z.array(argv).max(12).default([]),
    snapshot: argv.optional(),
    check: z.union([argv, probe]).optional(),
    verify: probe.optional(),
    undo: argv.optional(),
    undo_verify: probe.optional(),
    keep: argv.optional(),
    ttl: duration.optional(),
    expiry: z.enum(EXPIRIES).optional(),
    irreversible: z.string().trim().max(500).default(''),
    needs_root: z.boolean().default(false),
    blast_radius: z.string().trim().max(500).default(''),
    timeout: duration.default('PT60S'),
    ok_exit_codes: z.array(z.number().int().min(0).max(255)).min(1).max(8).default([0]),
    target: z.string().max(200).default(''),
  };
}

/** A command of a step. */
export const buildCommandSchema = (z: typeof Zod) => z.strictObject(commandShape(z));

/** A step's call of an action of the catalogue. */
export function buildActionCallSchema(z: typeof Zod) {
  const { id, name, duration } = buildScalars(z);
  return z.strictObject({
    name: id,
    with: z.record(name, z.string().max(1000)).default({}),
    for: duration.optional(),
  });
}

/** A variable of a playbook or of an action. */
export function buildVariableSchema(z: typeof Zod) {
  const { line, name, field } = buildScalars(z);
  return z.strictObject({
    name,
    description: line,
    type: z.enum(VARIABLE_TYPES),
    from: field.optional(),
    default: z.string().max(500).optional(),
    example: z.string().max(500).optional(),
    pattern: z.string().min(1).max(300).optional(),
    choices: z.array(line).min(2).max(16).optional(),
  });
}

/** A command as the file has it. */
export type RawCommand = Zod.output<ReturnType<typeof buildCommandSchema>>;

/** An argv as the file has it. */
export type RawArgv = RawCommand['run'];

/** A variable as the file has it. */
export type RawVariable = Zod.output<ReturnType<typeof buildVariableSchema>>;
