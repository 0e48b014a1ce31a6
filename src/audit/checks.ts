/** Checks of what an application logs, as data: one file of `templates/audit/` each, with the documents that ask for it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledFolder } from '../config.ts';
import { readYamlFile } from '../yaml.ts';
import { MEASURES, type MeasureName } from './measures.ts';

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*$/),
  title: z.string(),
  measure: z.enum(Object.keys(MEASURES) as [MeasureName]),
  /** To which logs: all; those of logins and accounts; of requests; of programs that say levels; `any` of the two first. */
  applies: z.enum(['always', 'accounts', 'requests', 'application', 'any']),
  weight: z.number().int().min(1).max(5),
  sources: z
    .array(
      z.strictObject({
        document: z.string(),
        section: z.string(),
        /** What was read when it was written: the document itself, or what others print of it. A document that nobody read is not cited. */
        checked: z.enum(['wording', 'others']).default('wording'),
      }),
    )
    .min(1),
  advice: z.string(),
});

/** A check. */
export type Check = z.infer<typeof schema>;

/** All of them, by name. @throws IrError (exit 3) for a file that is none */
export const readChecks = (folder = bundledFolder('audit')): Check[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => readYamlFile(join(folder, file), 'check', schema));
