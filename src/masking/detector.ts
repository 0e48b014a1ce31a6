/** Detectors as data: what `templates/masking/` may say. One file is one kind of value, with samples of its own. */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { z as Zod } from 'zod';
import { bundledFolder } from '../config.ts';
import { readYamlFile } from '../yaml.ts';
import { CHECKS } from './check-digits.ts';

/** What is read by code: where a pattern is not enough. */
export const READERS = ['iban', 'mail', 'private-key', 'sql-insert'] as const;

/** A file of `templates/masking/`, built with the zod that the caller has loaded: a run has the detectors from the build. */
function detectorSchema(z: typeof Zod) {
  const sample = z.strictObject({
    text: z.string(),
    /** What is masked of it, in the order of the text. */
    masks: z.array(z.string()).min(1),
  });

  return z.strictObject({
    name: z.string().regex(/^[a-z][a-z0-9-]*$/),
    title: z.string(),
    /** Where it is specified. */
    url: z.string().optional(),
    /** What is said in its place: `masked-KIND`. Several detectors may find values of one kind. */
    kind: z.string().regex(/^[a-z][a-z-]*$/),
    /** Found only where it is asked for by its kind: logs are about it. */
    on_demand: z.boolean().default(false),
    /**
     * Lower-case texts of which one occurs in, or right before, everything that is found; 0 stands for any digit. The bytes are
     * searched for these alone. Absent: values are looked for in long runs of letters and digits.
     */
    words: z.array(z.string().min(1)).default([]),
    /** Matches from the word on; what is masked is the group `value`, else all of it. Linear: every repetition is bounded and ambiguous nowhere. */
    pattern: z.string().optional(),
    /** What is masked before the word, as its end: `[\w.+-]{1,64}`. */
    before: z.string().optional(),
    /** The words are names, and what stands behind them is masked. */
    value: z
      .strictObject({
        rest: z.boolean().default(false),
        argument: z.boolean().default(false),
        prose: z.boolean().default(false),
      })
      .optional(),
    reader: z.enum(READERS).optional(),
    check: z.enum(Object.keys(CHECKS) as [keyof typeof CHECKS]).optional(),
    /** Fewest characters. */
    least: z.number().int().min(1).default(1),
    /** Fewest bits per character. */
    entropy: z.number().min(0).default(0),
    /** Values that are none, as a whole. */
    never: z.array(z.string()).default([]),
    samples: z.strictObject({ match: z.array(sample).min(1), near: z.array(z.string()).min(1) }),
  });
}

/** A detector as its file says it. */
export type DetectorFile = Zod.infer<ReturnType<typeof detectorSchema>> & {
  /** One of the user's: nobody has looked at its expressions, which run on RE2. */
  isOwn?: true;
};

const require = createRequire(import.meta.url);

/** Reads one. @throws IrError (exit 3) with the place of what is wrong */
export const readDetector = (path: string): DetectorFile =>
  readYamlFile(path, 'detector', detectorSchema((require('zod') as typeof import('zod')).z));

/** All bundled ones, by name. @throws IrError (exit 3) for a file that is none */
export const readDetectors = (folder = bundledFolder('masking')): DetectorFile[] =>
  detectorPaths(folder).map(readDetector);

/** The files of a folder that are detectors. */
export const detectorPaths = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /\.ya?ml$/.test(file))
    .sort()
    .map((file) => join(folder, file));
