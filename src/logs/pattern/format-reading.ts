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

export type Values = Readonly<Record<string, unknown>>;

export const isMap = (value: unknown): value is Values =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly unknown[] =>
  value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];

export function complain(reading: Reading, path: YamlPath, message: string, hint?: string): void {
  reading.problems.push({ message, source: reading.yaml.placeOf(path), hint });
}
