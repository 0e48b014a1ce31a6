/** What `plan.yml` may say. docs/plan.md has it for people, docs/schemas/plan.json for editors. */
import ipaddr from 'ipaddr.js';
import type { z as Zod } from 'zod';
import { isZone } from '../clocks/regulation-file.ts';
import { PHASES, SEVERITIES } from '../incidents/incident.ts';
import { ROLES } from '../incidents/roles.ts';
import { buildContractSchema } from './contracts.ts';

/** `7` is an address to old programs, and hardly meant as one. */
const isAddress = (value: string): boolean =>
  ipaddr.isValid(value) ? !/^\d+$/.test(value) : ipaddr.isValidCIDR(value);

/** What many keys take. */
function buildWords(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  const day = z.string().regex(/^\d{4}-\d\d-\d\d$/, 'write a day, such as 2026-12-24');
  const age = z
    .string()
    .regex(/^[1-9]\d{0,4}[hdwy]$/, 'write a length of time, such as 26h, 7d or 2y');
  const id = z
    .string()
    .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'use small letters, digits and hyphens');
  const severity = z.enum(SEVERITIES);
  const oneOrMore = <T extends Zod.ZodType>(one: T) =>
    z.union([one.transform((value) => [value]), z.array(one).min(1)]);
  return { line, day, age, id, severity, oneOrMore };
}

type Words = ReturnType<typeof buildWords>;

/** Who there is. */
const peopleKeys = (z: typeof Zod, { id, line, day }: Words) => ({
  contacts: z
    .array(
      z.strictObject({
        id,
        name: line,
        reach: line.optional(),
        out_of_band: line.optional(),
        confirmed: day.optional(),
      }),
    )
    .default([]),
  team: z
    .array(z.strictObject({ role: z.enum(ROLES), who: id, deputies: z.array(id).default([]) }))
    .default([]),
});

/** How grave a case is, and who hears of it. */
function tellingKeys(z: typeof Zod, { id, line, age, severity, oneOrMore }: Words) {
  const byUrgency = z.strictObject({
    none: severity.optional(),
    low: severity.optional(),
    medium: severity.optional(),
    high: severity.optional(),
  });
  return {
    severity: z
      .strictObject({
        none: byUrgency.optional(),
        low: byUrgency.optional(),
        medium: byUrgency.optional(),
        high: byUrgency.optional(),
      })
      .optional(),
    updates: z
      .strictObject({
        SEV1: age.optional(),
        SEV2: age.optional(),
        SEV3: age.optional(),
        SEV4: age.optional(),
      })
      .optional(),
    escalation: z
      .array(
        z.strictObject({
          when: z
            .strictObject({
              severity: oneOrMore(severity).optional(),
              phase: oneOrMore(z.enum(PHASES)).optional(),
              overdue_step: line.optional(),
              clock: z.enum(['running', 'due_soon', 'overdue']).optional(),
            })
            .refine((when) => Object.keys(when).length > 0, 'name at least one condition'),
          to: oneOrMore(id),
          why: line.optional(),
        }),
      )
      .default([]),
    communication: z
      .array(
        z.strictObject({
          who: id,
          to: line,
          may_say: line,
          over: line.optional(),
          after: id.optional(),
        }),
      )
      .default([]),
  };
}

/** What there is, and how it is kept. */
const ownedKeys = (z: typeof Zod, { id, line, age, oneOrMore }: Words) => ({
  never_block: z
    .record(
      line,
      oneOrMore(
        z
          .string()
          .refine(isAddress, 'is no address or network, such as 203.0.113.7 or 2001:db8::/32'),
      ),
    )
    .default({}),
  systems: z
    .array(
      z.strictObject({
        name: line,
        owner: id.optional(),
        holds: line.optional(),
        critical: z.boolean().default(false),
      }),
    )
    .default([]),
  logs: z.array(z.strictObject({ path: line, max_age: age.default('1d') })).default([]),
  backups: z.array(z.strictObject({ path: line, verify_every: age.default('90d') })).default([]),
  retention: z
    .strictObject({ logs: age.optional(), evidence: age.optional(), cases: age.optional() })
    .optional(),
});

/** The schema, built with the zod that the caller has loaded. */
export function buildPlanSchema(z: typeof Zod) {
  const words = buildWords(z);
  const { line, day } = words;
  return z.strictObject({
    organisation: line.optional(),
    zone: line
      .refine(isZone, 'unknown time zone; use an IANA name such as Europe/Berlin')
      .optional(),
    country: line.optional(),
    days_off: z.array(day).default([]),
    ...peopleKeys(z, words),
    ...tellingKeys(z, words),
    ...ownedKeys(z, words),
    clocks: z.array(buildContractSchema(z)).default([]),
  });
}

/** What a file says, with the usual values where it says nothing. */
export type PlanFile = Zod.output<ReturnType<typeof buildPlanSchema>>;

/** The JSON schema for editors. What only code can check, it does not say. */
export const planJsonSchema = (z: typeof Zod): Record<string, unknown> => ({
  ...z.toJSONSchema(buildPlanSchema(z), { io: 'input', reused: 'ref' }),
  title: 'Breachline incident response plan',
  description:
    'Who does what, who is told, what is spared. docs/plan.md explains each key; "ir plan show" knows more mistakes.',
});

const HOURS = { h: 1, d: 24, w: 7 * 24, y: 365 * 24 };

/** `26h`, `7d`, `2w`, `3y` as milliseconds. */
export const ageMs = (age: string): number =>
  Number(age.slice(0, -1)) * HOURS[age.at(-1) as keyof typeof HOURS] * 3_600_000;
