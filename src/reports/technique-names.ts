/** Names of ATT&CK techniques, from `templates/attack/techniques.json`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** `T1110.001` to `Brute Force: Password Guessing`. */
export type TechniqueNames = ReadonlyMap<string, string>;

/**
 * Reads the names that come with the program.
 * @param templates the bundled `templates` folder
 */
export function readTechniqueNames(templates: string): TechniqueNames {
  const text = readFileSync(join(templates, 'attack', 'techniques.json'), 'utf8');
  return new Map(Object.entries((JSON.parse(text) as { techniques: object }).techniques));
}
