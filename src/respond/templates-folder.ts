/** Where the bundled content lies. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EXIT, IrError } from '../errors.ts';

/** A folder of `templates/`, found upwards from this file: the same from `src/` and from `dist/`. */
export function bundledFolder(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < 5; up++) {
    const candidate = join(folder, 'templates', name);
    if (existsSync(candidate)) return candidate;
    folder = dirname(folder);
  }
  throw new IrError(`the bundled ${name} are missing`, {
    exit: EXIT.invalidTemplate,
    hint: `Install the package again; templates/${name} belongs to it.`,
  });
}
