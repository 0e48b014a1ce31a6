/** The shape of a scenario that tells its lines itself. */
import { z } from 'zod';
import { base, chapterBase, clock, technique, text, texts } from '../scenario-schema.ts';
import type { ToldScenario } from './scenario.ts';
import type { Value } from './values.ts';

const value: z.ZodType<Value> = z.lazy(() =>
  z.union([z.string(), z.number(), z.boolean(), z.record(z.string(), value)]),
);
const names = z.record(z.string(), value).default({});
const tree = z.record(z.string(), z.unknown()).optional();
const some = z.union([text.transform((one) => [one]), texts]);
const positive = z.number().positive();
const telling = { write: some, with: names, json: tree, gap: z.number().nonnegative().default(0) };

/** Checks a parsed document and fills in defaults. */
export const toldSchema: z.ZodType<ToldScenario, unknown> = z.strictObject({
  ...base,
  rhythm: z.array(z.number().nonnegative()).length(24),
  lists: z.record(z.string(), z.array(value).min(1)),
  names,
  records: z.record(
    z.string(),
    z.strictObject({
      ...{ file: text.optional(), like: text.optional(), json: tree, with: names },
      text: some.optional(),
    }),
  ),
  routines: z.array(
    z
      .strictObject({
        ...telling,
        perDay: positive.optional(),
        everyMinutes: positive.optional(),
        at: clock.default(0),
      })
      .refine(
        ({ perDay, everyMinutes }) => (perDay === undefined) !== (everyMinutes === undefined),
        'perDay or everyMinutes, one of them',
      ),
  ),
  chapters: z.array(
    z.strictObject({
      ...chapterBase,
      within: z.number().nonnegative().default(20),
      with: names,
      steps: z
        .array(
          z.strictObject({
            ...telling,
            technique: technique.optional(),
            times: z.number().int().positive().default(1),
            pause: z.number().nonnegative().default(5),
          }),
        )
        .min(1),
    }),
  ),
});
