/** The shape of `exercise` in a scenario file. */
import { z } from 'zod';
import type { Exercise } from './exercise.ts';

const text = z.string().trim().min(1);
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and hyphens');
const minutes = z.number().nonnegative().max(14_400);
const word = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const sign = z.strictObject({
  entry: z.string().regex(/^[a-z][a-z_]*$/, 'a kind of journal entry, such as phase_changed'),
  with: z
    .record(
      z.string(),
      z.union([word.transform((one) => [one]), z.array(word).min(1)]).transform((all) => all),
    )
    .default({}),
});
const shown = z.union([sign.transform((one) => [one]), z.array(sign).min(1)]);

/** Checks `exercise` and fills in what it leaves out. */
export const exerciseSchema: z.ZodType<Exercise, unknown> = z.strictObject({
  playbook: text,
  severity: z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']).default('SEV3'),
  opening: text,
  minutes: z.number().positive().max(14_400),
  objectives: z.array(text).default([]),
  injects: z
    .array(
      z.strictObject({
        ...{ id, at: minutes, from: text, says: text },
        asks: z.array(z.strictObject({ id, asks: text, points: z.array(text).min(1) })).default([]),
      }),
    )
    .min(1),
  expected: z
    .array(
      z.strictObject({
        ...{ id, says: text, after: id.optional(), within: minutes, shown },
        worth: z.number().positive().max(100).default(1),
      }),
    )
    .min(1),
  dangers: z
    .array(
      z.strictObject({
        ...{ id, says: text, before: id.optional(), shown },
        costs: z.number().positive().max(100).default(1),
      }),
    )
    .default([]),
});
