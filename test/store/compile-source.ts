/**
 * Compiles the store into a folder, for tests that need it in a process of its own. The folder lies below
 * node_modules so that the packages are found from there.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PARTS = ['errors.ts', 'incidents', 'store'];

export interface CompiledSource {
  /** Folder that holds `store/open-store.js` and what it imports. */
  folder: string;
  remove(): void;
}

/** Compiles without type checks, which are not this test's business. */
export function compileSource(): CompiledSource {
  const cache = join(ROOT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'ir-test-'));
  for (const part of PARTS) {
    for (const path of filesOf(join(ROOT, 'src', part))) {
      const { outputText } = ts.transpileModule(readFileSync(path, 'utf8'), {
        compilerOptions: {
          module: ts.ModuleKind.ESNext,
          target: ts.ScriptTarget.ES2023,
          verbatimModuleSyntax: true,
          rewriteRelativeImportExtensions: true,
        },
      });
      const target = join(folder, relative(join(ROOT, 'src'), path)).replace(/\.ts$/, '.js');
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, outputText);
    }
  }
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

const filesOf = (path: string): string[] =>
  path.endsWith('.ts')
    ? [path]
    : readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .map((name) => join(path, name));
