#!/usr/bin/env node
// A step of the build: takes the types out of `src`, file by file, into `dist`. Whether they hold says `npm run check`.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from 'rolldown/utils';
import { root } from './build-stamp.js';

const dist = join(root, 'dist');
// A module that is gone from the sources must not be found any more.
rmSync(dist, { recursive: true, force: true });
for (const name of readdirSync(join(root, 'src'), { recursive: true }).map(String)) {
  // What runs in a page is joined by bundle-pages.js.
  if (!name.endsWith('.ts') || name.startsWith(join('pages', 'browser'))) continue;
  const { code, errors } = transformSync(name, readFileSync(join(root, 'src', name), 'utf8'), {
    target: 'es2023',
    tsconfig: false,
    typescript: { onlyRemoveTypeImports: true, rewriteImportExtensions: 'rewrite' },
  });
  if (errors.length > 0) throw new Error(`src/${name}: ${errors[0].message}`);
  const target = join(dist, name.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
