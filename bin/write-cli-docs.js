#!/usr/bin/env node
/**
 * Writes what is kept of the command tree of the built program: docs/cli.md, and the list of manual pages in package.json.
 *   --check        writes nothing; ends with 1 when a file is out of date
 *   --from FOLDER  the built program (default: dist)
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
const dist = resolve(values.from ?? join(root, 'dist'));
const load = (...path) => import(pathToFileURL(join(dist, ...path)).href);
const { createProgram } = await load('cli', 'program.js');
const { commandsOf, describe, placeholder, sentence } = await load('cli', 'tree.js');
const { TIME_HELP } = await load('commands', 'time-help.js');
const program = createProgram('', async () => {});

const FILES = {
  'docs/cli.md': reference(program),
  'package.json': withManPages(readFileSync(join(root, 'package.json'), 'utf8')),
};

for (const [name, text] of Object.entries(FILES)) {
  const target = join(root, name);
  if (values.check !== true) {
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  } else if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
    process.stderr.write(
      `${name} is out of date. Run: npm run build && node bin/write-cli-docs.js\n`,
    );
    process.exitCode = 1;
  }
}

/** npm puts into place the manual pages that are listed. */
function withManPages(text) {
  const tops = program.commands.map((command) => `ir-${command.name()}`).sort();
  const man = ['ir', ...tops].map((name) => `share/man/man1/${name}.1`);
  return `${JSON.stringify({ ...JSON.parse(text), man }, null, 2)}\n`;
}

/** The whole page. */
function reference(program) {
  const commands = commandsOf(program).filter(({ children }) => children.length === 0);
  return `${[
    '# All commands and options',
    'Made from the program by `node bin/write-cli-docs.js`; changes belong into `src/cli/`.',
    '`ir COMMAND --help` says the same, with the examples. Exit codes: [exit-codes.md](exit-codes.md).',
    '| Command | What it does |\n| --- | --- |',
  ]
    .join('\n\n')
    .concat(
      `\n${commands.map(indexRow).join('\n')}`,
    )}\n\n## Everywhere\n\n${optionTable(program.options)}\n\n${TIME_HELP}\n${commands.map(section).join('')}`;
}

function indexRow({ name, description }) {
  return `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(description)} |`;
}

function section({ name, description, args, options }) {
  const parts = [
    `## ${name}`,
    sentence(description),
    `    ${[name, ...args.map(placeholder)].join(' ')}`,
  ];
  const rows = args.map((argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`);
  if (rows.length > 0) parts.push(`| Argument | |\n| --- | --- |\n${rows.join('\n')}`);
  if (options.length > 0) parts.push(optionTable(options));
  return `\n${parts.join('\n\n')}\n`;
}

function optionTable(options) {
  const rows = options.map((option) => `| \`${option.flags}\` | ${cell(describe(option))} |`);
  return `| Option | |\n| --- | --- |\n${rows.join('\n')}`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}
