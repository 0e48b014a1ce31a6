/**
 * The configuration: `config.yml` in the user's folder, then `.ir/config.yml` of the workspace around the working
 * directory. Data only, nothing in it runs. Of a setting that both have, the workspace's holds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { fileFault, type IrError, type SourcePlace, templateError } from './errors.ts';
import { parseYaml, problemsOf } from './yaml.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/** A choice of rules by what they say of themselves. */
const profile = z.strictObject({
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']).optional(),
  status: texts.optional(),
  tag: texts.optional(),
  logsource: texts.optional(),
});

const schema = z.strictObject({
  placeholders: z.record(z.string().regex(/^[^%\s\\]+$/), texts).optional(),
  profiles: z.record(z.string(), profile).optional(),
});

/** The names of settings that are maps of named values. */
const SECTIONS = ['placeholders', 'profiles'] as const;

/** A choice of rules: the lowest level, and of each list one that must fit; `*` stands for anything. */
export type RuleProfile = z.infer<typeof profile>;

/** One setting and where it comes from. */
export interface Setting {
  /** `placeholders.Administrators` */
  key: string;
  value: unknown;
  origin: SourcePlace;
}

/** The configuration of a run. */
export interface Config {
  /** The values of Sigma's placeholders by name. */
  placeholders: Readonly<Record<string, readonly string[]>>;
  profiles: Readonly<Record<string, RuleProfile>>;
  /** Every setting in force, sorted by key. */
  settings: readonly Setting[];
  /** The files that were looked for, those that count more last. */
  files: readonly { path: string; isThere: boolean }[];
  /** What is wrong in them. A file with a mistake is left out whole. */
  problems: readonly IrError[];
}

/** Reads the files that are there. Never throws for what they hold. */
export function readConfig(paths: readonly string[]): Config {
  const problems: IrError[] = [];
  const byKey = new Map<string, Setting>();
  const files = paths.map((path) => {
    const isThere = existsSync(path);
    if (isThere) for (const setting of settingsOf(path, problems)) byKey.set(setting.key, setting);
    return { path, isThere };
  });
  const settings = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const section = (name: string): [string, unknown][] =>
    settings.flatMap(({ key, value }): [string, unknown][] =>
      key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value]] : [],
    );
  return {
    placeholders: Object.fromEntries(section('placeholders')) as Config['placeholders'],
    profiles: Object.fromEntries(section('profiles')) as Config['profiles'],
    settings,
    files,
    problems,
  };
}

function settingsOf(path: string, problems: IrError[]): Setting[] {
  try {
    const document = parseYaml(readFileSync(path, 'utf8'), path);
    // A file in which everything is commented out sets nothing.
    const isEmpty = document.value === null && document.problems.length === 0;
    const checked = schema.safeParse(isEmpty ? {} : document.value);
    const found =
      document.problems.length > 0 || checked.success
        ? document.problems
        : problemsOf(checked.error, document, schema);
    for (const { message, source, hint } of found)
      problems.push(templateError(message, source, hint));
    if (found.length > 0 || !checked.success) return [];
    return SECTIONS.flatMap((section) =>
      Object.entries(checked.data[section] ?? {}).map(([name, value]) => ({
        key: `${section}.${name}`,
        value,
        origin: document.placeOfKey([section], name),
      })),
    );
  } catch (error) {
    problems.push(fileFault(error, 'configuration', { path }));
    return [];
  }
}
