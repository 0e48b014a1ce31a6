/** What is known of ATT&CK's techniques, from `templates/attack/techniques.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `T1110.001` to `Brute Force: Password Guessing`. */
export type TechniqueNames = ReadonlyMap<string, string>;

/** The techniques that come with the program. */
export interface Techniques {
  /** Of ATT&CK, such as `18`. */
  version: string;
  names: TechniqueNames;
  /** `T1110.001` to the slugs of its tactics. */
  tactics: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads the techniques that come with the program.
 * @param templates the bundled `templates` folder
 */
export function readTechniques(templates: string): Techniques {
  const text = readFileSync(join(templates, 'attack', 'techniques.json'), 'utf8');
  const { version, techniques, tactics } = JSON.parse(text) as {
    version: string;
    techniques: Record<string, string>;
    tactics: Record<string, string[]>;
  };
  return {
    version: /v(\d+)/.exec(version)?.[1] ?? '',
    names: new Map(Object.entries(techniques)),
    tactics: new Map(Object.entries(tactics)),
  };
}

/**
 * Reads the names that come with the program.
 * @param templates the bundled `templates` folder
 */
export const readTechniqueNames = (templates: string): TechniqueNames =>
  readTechniques(templates).names;
