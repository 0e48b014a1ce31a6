/** The shape of a collection file, as zod checks it. Unknown keys are errors. */
import type { z as Zod } from 'zod';
import { READERS, VOLATILITIES } from './collection.ts';

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const DURATION = /^PT(?=\d)(?:(\d{1,3})H)?(?:(\d{1,4})M)?(?:(\d{1,5})S)?$/;
const SIZE = /^(\d{1,6})(kB|MB|GB)$/;

/** Milliseconds of an ISO 8601 duration of hours, minutes and seconds. */
export function durationMs(text: string): number {
  const [, hours, minutes, seconds] = DURATION.exec(text) ?? [];
  return ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds ?? 0)) * 1000;
}

/** Bytes of `64MB`. */
export function sizeBytes(text: string): number {
  const [, count, unit] = SIZE.exec(text) ?? [];
  return Number(count ?? 0) * { kB: 1e3, MB: 1e6, GB: 1e9 }[unit as 'kB' | 'MB' | 'GB'];
}

/** Builds the schema with the zod that the caller has loaded. */
export function buildCollectionSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(200);
  const id = z.string().regex(ID, 'use small letters, digits and hyphens, such as open-files');
  const duration = z.string().regex(DURATION, 'write an ISO 8601 duration, such as PT30S or PT10M');
  const size = z.string().regex(SIZE, 'write a size, such as 512kB, 64MB or 2GB');
  const place = z
    .string()
    .max(500)
    .regex(/^\/(?!.*\/\.\.(?:\/|$))/, 'write an absolute path, without ..');
  const item = z
    .strictObject({
      id,
      title: line,
      volatility: z.enum(VOLATILITIES),
      run: z.array(z.string().max(500)).min(1).max(40).optional(),
      read: z.enum(READERS).optional(),
      files: z.array(place).min(1).max(60).optional(),
      keep: z.enum(['start', 'end']).default('start'),
      timeout: duration.default('PT60S'),
      bytes: size.default('64MB'),
      needs_root: z.boolean().default(false),
    })
    .refine(
      ({ run, read, files }) => [run, read, files].filter((one) => one !== undefined).length === 1,
      'say what is taken with one of run, read and files',
    );
  return z.strictObject({
    id,
    title: line,
    summary: z.string().trim().min(1).max(2000),
    includes: z.array(id).max(5).default([]),
    references: z
      .array(z.strictObject({ title: line, url: z.url({ protocol: /^https$/ }) }))
      .default([]),
    limits: z.strictObject({ bytes: size, time: duration }),
    items: z.array(item).min(1).max(200),
  });
}

/** A collection file after the schema. */
export type RawCollection = Zod.output<ReturnType<typeof buildCollectionSchema>>;
