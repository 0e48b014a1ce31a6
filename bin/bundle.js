#!/usr/bin/env node
// A step of the build: joins the compiled modules into few files, because finding and opening 200 of them is
// half of the start-up time. What is loaded late stays late.
import { rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const folder = join(dist, 'bundle');
/**
 * Packages that are joined too, with what they need themselves: small ones of most runs, those that are read in hundreds of files (kysely,
 * zod), and those that exist as ES modules alone, which a script with bytecode cannot import. All others stay outside.
 */
const JOINED =
  /^(?:commander|chalk|@date-fns\/tz|date-fns|execa|kysely|zod|@inquirer\/prompts)(?:\/|$)/;
const isOurs = (importer) => importer === undefined || !importer.includes('node_modules');
const ENTRIES = {
  main: join(dist, 'main.js'),
  worker: join(dist, 'detect', 'worker.js'),
  'search-worker': join(dist, 'detect', 'search', 'search-worker.js'),
};

// Names carry a hash: what an earlier build left would only pile up.
rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  input: ENTRIES,
  platform: 'node',
  external: (id, importer) =>
    isBuiltin(id) ||
    (!isAbsolute(id) && /^[a-z@]/.test(id) && isOurs(importer) && !JOINED.test(id)),
});
await bundle.write({
  dir: folder,
  format: 'cjs',
  entryFileNames: '[name]-entry.js',
  chunkFileNames: '[name]-[hash].js',
  comments: false,
  // A single letter outside Latin-1 doubles the memory of the whole text and the time to read it.
  charset: 'ascii',
  dynamicImportInCjs: false,
});
await bundle.close();

writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
for (const name of Object.keys(ENTRIES)) {
  writeFileSync(
    join(folder, `${name}.js`),
    `require('../../bin/load-cached.cjs').load(require('node:path').join(__dirname, '${name}-entry.js'));\n`,
  );
}
