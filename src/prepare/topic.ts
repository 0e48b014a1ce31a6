/** Configurations to start from, as data: one folder of `templates/prepare/` each, with its files and what is checked of others'. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledFolder } from '../config.ts';
import { usageError } from '../errors.ts';
import { readYamlFile } from '../yaml.ts';

const expression = z.string().refine(isExpression, 'no expression that is tried on one line');

const check = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z-]*$/),
    /** Some line must fit. */
    want: expression.optional(),
    /** No line may fit. */
    avoid: expression.optional(),
    /** A line that `avoid` finds. */
    bad: z.string().optional(),
    /** Asked only where some line fits. */
    when: expression.optional(),
    /** What is wrong. */
    says: z.string(),
    /** What to do. */
    advice: z.string(),
  })
  .refine(
    ({ want, avoid, bad }) =>
      (want === undefined) !== (avoid === undefined) &&
      (avoid === undefined) === (bad === undefined),
    'a check has want, or avoid with bad',
  );

const schema = z.strictObject({
  id: z.string().regex(/^[a-z][a-z-]*$/),
  group: z.enum(['programs', 'servers', 'shippers', 'alerting', 'dashboards']),
  title: z.string(),
  /** What it is for, and how it masks. */
  about: z.string(),
  files: z.array(z.strictObject({ file: z.string(), goes: z.string() })).min(1),
  /** How to try it. */
  try: z.array(z.string()).min(1),
  /** What `@@NAME@@` in the files stands for. */
  variables: z
    .record(
      z.string().regex(/^[a-z][a-z_]*$/),
      z.strictObject({ default: z.string(), about: z.string() }),
    )
    .default({}),
  cites: z.array(z.string()).min(1),
  /** With what a comment begins; nothing is looked for in comments. */
  comment: z.array(z.string()).default(['#']),
  recognise: z.strictObject({ name: expression.optional(), text: z.array(expression).min(1) }),
  checks: z.array(check),
});

/** One thing that is looked for in a configuration. */
export type Check = z.infer<typeof check>;
/** A configuration to start from. `folder` holds its files. */
export type Topic = z.infer<typeof schema> & { folder: string };

/** Linear on a line: no group that repeats. */
function isExpression(text: string): boolean {
  if (/\)[*+{]/.test(text)) return false;
  try {
    new RegExp(text, 'i');
    return true;
  } catch {
    return false;
  }
}

/** All of them, by id. @throws IrError (exit 3) for a file that is none */
export const readTopics = (folder = bundledFolder('prepare')): Topic[] =>
  readdirSync(folder)
    .sort()
    .map((name) => readTopic(join(folder, name)));

const readTopic = (folder: string): Topic => ({
  ...readYamlFile(join(folder, 'topic.yml'), 'topic', schema),
  folder,
});

/** What may be put into a configuration: nothing that could end a string or a line there. */
const VALUE = /^[\w.:/@+,-]{1,200}$/;

/** The files with the values put in. @throws IrError (exit 2) for a variable that is not known, or a value that will not do */
export function filesOf(
  { id, files, variables, folder }: Topic,
  values: Readonly<Record<string, string>>,
): { file: string; goes: string; text: string }[] {
  for (const [name, value] of Object.entries(values)) {
    if (!Object.hasOwn(variables, name))
      throw usageError(
        `--set: ${id} has no variable "${name}"`,
        `It has: ${Object.keys(variables).join(', ') || 'none'}.`,
      );
    if (!VALUE.test(value))
      throw usageError(`--set ${name}: "${value}" holds what could end the line it is put in`);
  }
  return files.map(({ file, goes }) => ({
    file,
    goes,
    text: readFileSync(join(folder, file), 'utf8').replace(
      /@@([a-z_]+)@@/g,
      (_, name: string) => values[name] ?? variables[name]!.default,
    ),
  }));
}
