/**
 * Loads a joined module and those that it requires, with the bytecode that the build kept beside each file.
 * Compiling the source anew takes longer than all else that a short run does. Bytecode of another version of
 * Node is refused by V8, and the source is compiled.
 */
const { readFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { dirname, resolve } = require('node:path');
const { Script } = require('node:vm');

/** Node's own modules that take milliseconds to load, called rarely. A run needs few of them: they load at the first use. */
const SLOW = new Set([
  'node:child_process',
  'node:fs/promises',
  'node:worker_threads',
  'node:zlib',
]);

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
  const inside = (name) => {
    if (name.startsWith('./')) return load(resolve(dirname(path), name));
    return SLOW.has(name) ? atFirstUse(name) : outside(name);
  };
  compile(path).runInThisContext()(module.exports, inside, module, path, dirname(path));
  return module.exports;
}

/** Stands for a module that is loaded once something of it is asked for. */
function atFirstUse(name) {
  const real = () => require(name);
  return new Proxy(
    {},
    {
      get: (_, key) => real()[key],
      has: (_, key) => key in real(),
      ownKeys: () => Reflect.ownKeys(real()),
      // A proxy may call no property fixed that its own target, which is empty, has not.
      getOwnPropertyDescriptor(_, key) {
        const found = Reflect.getOwnPropertyDescriptor(real(), key);
        return found && { ...found, configurable: true };
      },
    },
  );
}

function compile(path) {
  const code = readFileSync(path, 'latin1');
  const script = new Script(
    `(function (exports, require, module, __filename, __dirname) {${code}\n})`,
    { filename: path, cachedData: bytecodeOf(path) },
  );
  scripts.set(path, script);
  return script;
}

function bytecodeOf(path) {
  try {
    return readFileSync(bytecodePath(path));
  } catch {
    return undefined;
  }
}

/** V8 knows its own version, but not surely the machine. */
const bytecodePath = (path) => `${path}.${process.platform}-${process.arch}.bytecode`;

module.exports = { bytecodePath, load, scripts };
