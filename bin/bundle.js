#!/usr/bin/env node
// A step of the build: joins the compiled modules into few files, because finding and opening 200 of them is
// half of the start-up time. What is loaded late stays late.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');
const folder = join(dist, 'bundle');
/** Small packages that most runs need are joined too; all others stay outside. */
const JOINED = /^(?:commander|chalk|@date-fns\/tz|date-fns)(?:\/|$)/;
const ENTRIES = { main: join(dist, 'main.js'), worker: join(dist, 'detect', 'worker.js') };

// Names carry a hash: what an earlier build left would only pile up.
rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  input: ENTRIES,
  platform: 'node',
  external: (id) => /^[a-z@]/.test(id) && !/^[A-Za-z]:[\\/]/.test(id) && !JOINED.test(id),
});
await bundle.write({
  dir: folder,
  format: 'cjs',
  entryFileNames: '[name]-entry.js',
  chunkFileNames: '[name]-[hash].js',
});
await bundle.close();

for (const name of readdirSync(folder)) {
  const path = join(folder, name);
  writeFileSync(path, asciiOnly(withHandedImport(withLateBuiltins(readFileSync(path, 'utf8')))));
}
writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
for (const name of Object.keys(ENTRIES)) {
  writeFileSync(
    join(folder, `${name}.js`),
    `require('../../bin/load-cached.cjs').load(require('node:path').join(__dirname, '${name}-entry.js'));\n`,
  );
}

/** A script that is compiled alone has no import() of its own: bin/load-cached.cjs hands it one. */
function withHandedImport(code) {
  return code.replaceAll(/\bimport\((?=["'`])/g, 'importOutside(');
}

/** Some of Node's own modules take milliseconds to load, and a run needs few of them: they load at the first use. */
function withLateBuiltins(code) {
  const slow =
    /^(\s*)(?:let|const) (\w+) = require\("(node:(?:child_process|crypto|fs\/promises|net|zlib))"\);$/gm;
  return [...code.matchAll(slow)].reduce(
    (text, [line, indent, name, builtin]) =>
      text
        .replaceAll(new RegExp(`(?<![\\w$.])${name}\\.(?=\\w)`, 'g'), `${name}().`)
        .replace(
          line,
          `${indent}let ${name}_loaded;${indent}const ${name} = () => (${name}_loaded ??= require("${builtin}"));`,
        ),
    code,
  );
}

/** A single letter outside Latin-1 doubles the memory of the whole text and the time to read it. */
function asciiOnly(code) {
  return code.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
