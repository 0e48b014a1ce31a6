/** A format file while it is read, and how its mistakes are noted. */
import type { Problem, YamlDocument, YamlPath } from '../../yaml.ts';
import type { Setting } from './format-document.ts';

/** A file while it is read. */
export interface Reading {
  yaml: YamlDocument;
  problems: Problem[];
  meanings: Readonly<Record<string, readonly Setting[]>>;
  forgeable: ReadonlySet<string>;
  ignoresCase: boolean;
  /** Pieces of patterns by name. */
  parts: ReadonlyMap<string, string>;
  tables: readonly string[];
}

/** A map of YAML. */
export type Values = Readonly<Record<string, unknown>>;

/** Whether a value of YAML is a map. */
export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The list, the single value as a list of one, or an empty one for what is absent. */
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

/** Notes a mistake at the place of what `path` names. @param hint what to write instead */
export function complain(reading: Reading, path: YamlPath, message: string, hint?: string): void {
  reading.problems.push({ message, source: reading.yaml.placeOf(path), hint });
}
