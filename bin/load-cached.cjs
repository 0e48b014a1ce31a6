/**
 * Loads a joined module and those that it requires, with the bytecode that the build kept beside each file.
 * Compiling the source anew takes longer than all else that a short run does. Bytecode of another version of
 * Node is refused by V8, and the source is compiled.
 */
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, resolve } = require('node:path');
const { Script } = require('node:vm');

const modules = new Map();
/** The compiled files by path, for the build to keep their bytecode. */
const scripts = new Map();

/** Gives what the file exports; runs it the first time. */
function load(path) {
  const known = modules.get(path);
  if (known !== undefined) return known.exports;
  const module = { exports: {} };
  modules.set(path, module);
  const outside = createRequire(path);
  const inside = (name) =>
    name.startsWith('./') ? load(resolve(dirname(path), name)) : outside(name);
  const run = compile(path).runInThisContext();
  // A script of its own has no import(): this file's is handed in.
  run(module.exports, inside, (name) => import(name), module, path, dirname(path));
  return module.exports;
}

function compile(path) {
  const code = readFileSync(path, 'latin1');
  const script = new Script(
    `(function (exports, require, importOutside, module, __filename, __dirname) {${code}\n})`,
    { filename: path, cachedData: bytecodeOf(path) },
  );
  scripts.set(path, script);
  return script;
}

function bytecodeOf(path) {
  try {
    return readFileSync(`${path}.bytecode`);
  } catch {
    return undefined;
  }
}

module.exports = { load, scripts };
