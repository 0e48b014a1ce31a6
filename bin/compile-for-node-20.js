/** Installs and compiles the database driver for Node.js 20, in `packages/sqlite-node-20`: newer ones need nothing compiled. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../packages/sqlite-node-20', import.meta.url));

/** Programs that node-gyp calls: any of a row will do. */
const TOOLS = [
  {
    name: 'Python 3',
    calls: [process.env.npm_config_python, process.env.PYTHON, 'python3', 'python'],
  },
  { name: 'make', calls: [process.env.MAKE, 'make', 'gmake'] },
  { name: 'a C++ compiler (g++ or clang++)', calls: [process.env.CXX, 'c++', 'g++', 'clang++'] },
];

/**
 * Compiles.
 * @returns three lines that say what is missing; undefined when all went well
 */
export function compileForNode20() {
  // On Windows the tools stand elsewhere than on the path.
  const missing =
    process.platform === 'win32' ? [] : TOOLS.filter(({ calls }) => !calls.some(runs));
  if (missing.length > 0) {
    return [
      `Set-up is not complete: SQLite has to be compiled for Node.js ${process.versions.node}, and ${inWords(missing.map(({ name }) => name))} ${missing.length === 1 ? 'is' : 'are'} missing.`,
      `Install what is missing${existsSync('/etc/debian_version') ? ' (apt-get install python3 make g++)' : ''} and repeat; or use Node.js 22 or newer, where nothing is compiled.`,
      'What needs no case works all the same: timeline, drill logs, playbook.',
    ].join('\n');
  }
  process.stderr.write('Compiling SQLite for Node.js 20 (about a minute, once)...\n');
  // An installation into the system hands its own settings on: the driver belongs nowhere but here.
  const driver = npm(['ci', '--global=false', `--prefix=${folder}`], folder);
  if (driver.status !== 0) {
    const log = join(folder, 'node_modules', 'compile.log');
    mkdirSync(dirname(log), { recursive: true });
    writeFileSync(log, `${driver.stdout}${driver.stderr}${driver.error ?? ''}`);
    return [
      `Set-up is not complete: SQLite could not be compiled for Node.js ${process.versions.node}${reasonIn(driver.stderr)}.`,
      `All that was said is in ${log}. With Node.js 22 or newer nothing is compiled.`,
      'What needs no case works all the same: timeline, drill logs, playbook.',
    ].join('\n');
  }
  return undefined;
}

/** Runs npm with the install scripts of packages, which set-up leaves out otherwise. */
export function npm(args, cwd) {
  const headers = headersBeside(process.execPath);
  return spawnSync('npm', [...args, '--ignore-scripts=false', '--foreground-scripts'], {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      // No ready-made one is published for this pair of versions: not even asked for.
      npm_config_build_from_source: 'true',
      // Its two large files side by side.
      npm_config_jobs: 'max',
      ...(headers === undefined ? {} : { npm_config_nodedir: headers }),
    },
  });
}

/** The folder whose `include/node` holds the headers of this very Node.js; undefined when they do not lie beside it. */
function headersBeside(executable) {
  const folder = dirname(dirname(executable));
  return existsSync(join(folder, 'include', 'node', 'node_api.h')) ? folder : undefined;
}

const runs = (program) =>
  program !== undefined && spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;

const inWords = (names) =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

/** The last thing that node-gyp gave as the reason. */
function reasonIn(text) {
  const reasons = [...text.matchAll(/gyp ERR! stack (?:Error: )?(.+)/g)].map(
    ([, reason]) => reason,
  );
  return reasons.length === 0 ? '' : `: ${reasons[0]}`;
}
