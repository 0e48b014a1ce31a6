#!/usr/bin/env node
/**
 * Writes docs/cli.md from the command tree of the built program.
 *   --check        writes nothing; ends with 1 when the file is out of date
 *   --from FOLDER  the built program (default: dist)
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'docs', 'cli.md');
const { values } = parseArgs({ options: { check: { type: 'boolean' }, from: { type: 'string' } } });
const dist = resolve(values.from ?? join(root, 'dist'));
const { createProgram } = await import(pathToFileURL(join(dist, 'cli', 'program.js')).href);

const text = reference(createProgram('', async () => {}));
if (values.check !== true) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write(
    'docs/cli.md is out of date. Run: npm run build && node bin/write-cli-docs.js\n',
  );
  process.exitCode = 1;
}

/** The whole page. */
function reference(program) {
  const commands = [...leavesOf(program, [])];
  return `${[
    '# All commands and options',
    'Made from the program by `node bin/write-cli-docs.js`; changes belong into `src/cli/`.',
    '`ir COMMAND --help` says the same, with the examples. Exit codes: [exit-codes.md](exit-codes.md).',
    '| Command | What it does |\n| --- | --- |',
  ]
    .join('\n\n')
    .concat(
      `\n${commands.map(indexRow).join('\n')}`,
    )}\n\n## Everywhere\n\n${optionTable(program)}\n${commands.map(section).join('')}`;
}

/** Commands that do something, with the names above them. */
function* leavesOf(command, names) {
  for (const child of command.commands) {
    const path = [...names, child.name()];
    if (child.commands.length > 0) yield* leavesOf(child, path);
    else yield { command: child, name: ['ir', ...path].join(' ') };
  }
}

function indexRow({ command, name }) {
  return `| [\`${name}\`](#${name.replaceAll(' ', '-')}) | ${cell(command.description())} |`;
}

function section({ command, name }) {
  const usage = [name, ...command.registeredArguments.map(placeholder)].join(' ');
  const parts = [`## ${name}`, sentence(command.description()), `    ${usage}`];
  const rows = command.registeredArguments.map(
    (argument) => `| \`${argument.name()}\` | ${cell(argument.description)} |`,
  );
  if (rows.length > 0) parts.push(`| Argument | |\n| --- | --- |\n${rows.join('\n')}`);
  if (command.options.some(({ hidden }) => !hidden)) parts.push(optionTable(command));
  return `\n${parts.join('\n\n')}\n`;
}

function placeholder(argument) {
  const name = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function optionTable(command) {
  const rows = command.options
    .filter(({ hidden }) => !hidden)
    .map((option) => `| \`${option.flags}\` | ${cell(describe(option))} |`);
  return `| Option | |\n| --- | --- |\n${rows.join('\n')}`;
}

function describe({ description, argChoices, defaultValue, mandatory }) {
  const notes = [];
  if (argChoices !== undefined) notes.push(argChoices.join(', '));
  if (typeof defaultValue === 'string') notes.push(`default: ${defaultValue}`);
  if (mandatory) notes.push('needed');
  return notes.length === 0 ? description : `${description} (${notes.join('; ')})`;
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function sentence(text) {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`;
}
