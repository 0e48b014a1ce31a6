/** What a page may ask to be written where `--write` was said: nothing here runs anything on any machine. */
import { z } from 'zod';
import { LEVELS } from '../events/level.ts';

const line = (most: number) => z.string().trim().min(1).max(most);
const incident = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const step = z.string().regex(/^[a-z0-9_-]{1,80}$/i);

const act = z.discriminatedUnion('act', [
  z.strictObject({ act: z.literal('note'), incident, text: line(4000) }),
  z.strictObject({
    ...{ act: z.literal('step'), incident, step },
    answer: z.enum(['done', 'skip', 'back']),
    /** A note of what was done; the reason of what was not. */
    text: z.string().trim().max(2000),
    /** Values that the step asks for. */
    values: z
      .array(z.string().regex(/^[a-z][a-z0-9_]{0,60}=.{0,500}$/i))
      .max(20)
      .optional(),
  }),
  z.strictObject({
    ...{ act: z.literal('acknowledge'), alert: z.string().regex(/^L-\d{1,9}$/) },
    reason: z.string().trim().max(500),
  }),
  z.strictObject({
    ...{ act: z.literal('silence'), reason: line(500), for: z.string().regex(/^\d{1,3}[mhd]$/) },
    entity: line(300).optional(),
    rule: line(300).optional(),
    level: z.enum(LEVELS).optional(),
  }),
]);

/** Something to be written. */
export type Act = z.infer<typeof act>;

/** Reads a request. @returns the act, or what is wrong with it */
export function readAct(body: string): Act | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return { problem: 'the request is no JSON' };
  }
  const checked = act.safeParse(value);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  return { problem: `${issue?.path.join('.') ?? 'the request'}: ${issue?.message ?? 'is no act'}` };
}
