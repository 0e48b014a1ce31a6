/** Is what stands in `dist` built from the files as they are now? Needs no package: it is asked before any is installed. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stamp = join(root, 'dist', '.breachline-build');

/** What a build depends on: the bytecode that it keeps is of one version of Node. */
const SOURCES = [
  'src',
  'templates/rules',
  'templates/playbooks',
  'templates/actions',
  'templates/formats',
  'templates/mappings',
  'package-lock.json',
  ...[
    'build-stamp.js',
    'build.js',
    'compile.js',
    'bundle.js',
    'bundle-pages.js',
    'man-page.js',
    'write-shell-files.js',
    'cache-rules.js',
    'cache-templates.js',
    'cache-formats.js',
    'cache-code.js',
  ].map((name) => `bin/${name}`),
  'bin/load-cached.cjs',
];

/** Names the state of the sources: the stamp of a build made from them. */
export function wantedStamp() {
  return `${process.version} ${hashOf(SOURCES.flatMap((path) => filesBelow(join(root, path))))}`;
}

export function isBuilt(wanted = wantedStamp()) {
  try {
    return readFileSync(stamp, 'utf8') === wanted;
  } catch {
    return false;
  }
}

export function writeStamp(wanted) {
  writeFileSync(stamp, wanted);
}

/** By path below the root and content, so that a copy of the folder elsewhere is as good. */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) hash.update(`${relative(root, path)}\n`).update(readFileSync(path));
  return hash.digest('hex');
}

function filesBelow(path) {
  if (statSync(path).isFile()) return [path];
  const names = readdirSync(path, { recursive: true }).map(String).sort();
  return names.map((name) => join(path, name)).filter((file) => statSync(file).isFile());
}
