/**
 * The configuration: `config.yml` in the user's folder, then `.ir/config.yml` of the workspace around the working
 * directory. Data only: nothing in it runs but the command of a secret, and that only from the user's own file. Of a
 * setting that both have, the workspace's holds.
 */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { fileFault, type IrError, type SourcePlace, templateError } from '../errors.ts';
import { parseYaml, problemsOf } from '../yaml.ts';
import { namesCommand, whyNoCommands } from './command-origin.ts';
import { SECTIONS, type Sections } from './sections.ts';

const schema = z.strictObject(SECTIONS).partial();

const NAMES = Object.keys(SECTIONS) as (keyof Sections)[];

/** One setting and where it comes from. */
export interface Setting {
  /** `placeholders.Administrators` */
  key: string;
  value: unknown;
  origin: SourcePlace;
}

/** The configuration of a run. */
export interface Config extends Sections {
  /** Every setting in force, sorted by key. */
  settings: readonly Setting[];
  /** The files that were looked for, those that count more last. */
  files: readonly { path: string; isThere: boolean }[];
  /** What is wrong in them. A file with a mistake is left out whole. */
  problems: readonly IrError[];
}

/**
 * Reads the files that are there. Never throws for what they hold.
 * @param paths the user's own file, then that of the workspace
 */
export function readConfig(paths: readonly string[]): Config {
  const problems: IrError[] = [];
  const byKey = new Map<string, Setting>();
  const files = paths.map((path, index) => {
    const isThere = existsSync(path);
    if (isThere)
      for (const setting of settingsOf(path, index === 0, problems))
        byKey.set(setting.key, setting);
    return { path, isThere };
  });
  const settings = [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  const sections = NAMES.map((name) => [
    name,
    Object.fromEntries(
      settings.flatMap(({ key, value }) =>
        key.startsWith(`${name}.`) ? [[key.slice(name.length + 1), value]] : [],
      ),
    ),
  ]);
  return { ...(Object.fromEntries(sections) as unknown as Sections), settings, files, problems };
}

function settingsOf(path: string, isOwn: boolean, problems: IrError[]): Setting[] {
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
    const settings = NAMES.flatMap((section) =>
      Object.entries(checked.data[section] ?? {}).map(([name, value]) => ({
        key: `${section}.${name}`,
        value,
        origin: document.placeOfKey([section], name),
      })),
    );
    return withoutCommands(settings, isOwn, problems);
  } catch (error) {
    problems.push(fileFault(error, 'configuration', { path }));
    return [];
  }
}

/** A setting that would run a program from a file that others may have written does not count, and is told. */
function withoutCommands(settings: Setting[], isOwn: boolean, problems: IrError[]): Setting[] {
  return settings.filter(({ key, value, origin }) => {
    // Whoever made a workspace would get what is sent over a channel that it names, and a secret with it.
    if (/^(?:channels|places)\./.test(key) && !isOwn) {
      problems.push(
        templateError(
          `${key} does not count: only your own config.yml says where notices and logs go, not that of a workspace`,
          origin,
          'Name it in ~/.config/ir/config.yml.',
        ),
      );
      return false;
    }
    const reason = namesCommand(value)
      ? whyNoCommands(origin.path, isOwn, process.geteuid?.() ?? -1)
      : undefined;
    if (reason === undefined) return true;
    problems.push(
      templateError(
        `${key} names a command, which does not count: ${reason}`,
        origin,
        'Name it in ~/.config/ir/config.yml: file and folder yours, and not writable by others.',
      ),
    );
    return false;
  });
}
