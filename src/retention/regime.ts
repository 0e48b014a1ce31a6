/** What laws, standards and habits say of how long logs are kept: files of `templates/retention`. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z as Zod } from 'zod';
import { bundledFolder, type Environment, ownFolder } from '../config.ts';
import { readYamlFile } from '../yaml.ts';
import { PERIOD, type Period, readPeriod } from './period.ts';

/** One regime. */
export interface Regime {
  id: string;
  title: string;
  cite: string;
  url: string;
  /** The day on which the file was compared with its source. */
  asOf: string;
  applies: string;
  note: string;
  atLeast?: Period | undefined;
  atMost?: Period | undefined;
  /** So long the logs are to be had at once. */
  atHand?: Period | undefined;
  /** It has no figure of its own: the policy must give that one. */
  asks?: 'at_least' | 'at_most' | undefined;
}

/** The schema of a period, built with the zod that the caller has loaded. */
export const periodSchema = (z: typeof Zod) =>
  z
    .string()
    .regex(PERIOD, 'write a period, such as 90 days, 12 months or 6 years')
    .transform((text) => readPeriod(text)!);

/** The schema of a file. */
export function buildRegimeSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  return z
    .strictObject({
      id: z
        .string()
        .regex(/^[a-z0-9]+(?:[-.][a-z0-9]+)*$/, 'use small letters, digits and hyphens'),
      title: line,
      cite: line,
      url: z.url({ protocol: /^https$/ }),
      as_of: z.string().regex(/^\d{4}-\d\d-\d\d$/, 'write a day, such as 2026-11-30'),
      applies: line,
      note: z.string().max(1_000).default(''),
      at_least: periodSchema(z).optional(),
      at_most: periodSchema(z).optional(),
      at_hand: periodSchema(z).optional(),
      asks: z.enum(['at_least', 'at_most']).optional(),
    })
    .refine(
      ({ at_least, at_most, asks }) => (asks === undefined) === Boolean(at_least ?? at_most),
      'name at_least or at_most, or in asks which of them the policy must give',
    );
}

/**
 * All regimes by id; the user's file takes the place of a bundled one.
 * @throws IrError (exit 3) at the first mistake in a file
 */
export async function loadRegimes(environment: Environment): Promise<ReadonlyMap<string, Regime>> {
  const { z } = await import('zod');
  const schema = buildRegimeSchema(z);
  const found = new Map<string, Regime>();
  for (const folder of [bundledFolder('retention'), ownFolder(environment, 'retention')]) {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    for (const name of names.filter((one) => /\.ya?ml$/.test(one)).sort()) {
      const path = join(folder, name);
      const regime = readRegime(path, schema);
      found.set(regime.id, regime);
    }
  }
  return found;
}

function readRegime(path: string, schema: ReturnType<typeof buildRegimeSchema>): Regime {
  const data = readYamlFile(path, 'retention regime', schema);
  const { as_of: asOf, at_least: atLeast, at_most: atMost, at_hand: atHand, ...same } = data;
  return { ...same, asOf, atLeast, atMost, atHand };
}
