#!/usr/bin/env node
/**
 * Lists the log formats that stand in src/logs/formats and in templates/formats: in list.ts and in docs/formats.md; their
 * number in README.md. Part of the build.
 *   --check   writes nothing; ends with 1 when one of them is out of date
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src', 'logs', 'formats');

const coded = readdirSync(folder)
  .sort()
  .filter((file) => file.endsWith('.ts'))
  .map((file) => [file, readFileSync(join(folder, file), 'utf8')])
  .filter(([, text]) => /^export const format: LogFormat\b/m.test(text))
  .map(([file, text]) => {
    const declared = text.slice(text.search(/^export const format: LogFormat\b/m));
    const literal = (key) => new RegExp(`^  ${key}: '(.*)',$`, 'm').exec(declared)?.[1] ?? '';
    const order = Number(/^ {2}order: (\d+),$/m.exec(declared)?.[1] ?? 5);
    return { file, order, name: literal('name'), title: literal('title'), url: literal('url') };
  });
const declaredFolder = join(root, 'templates', 'formats');
const declared = readdirSync(declaredFolder)
  .map((file) => readFileSync(join(declaredFolder, file), 'utf8'))
  .filter((text) => /^(?:lines|header|records):/m.test(text))
  .map((text) => {
    const literal = (key) => new RegExp(`^${key}: (.*)$`, 'm').exec(text)?.[1];
    const order = Number(literal('order') ?? 5);
    return { order, name: literal('name'), title: literal('title'), url: literal('url') };
  });
const formats = [...coded, ...declared].sort(
  (a, b) => a.order - b.order || (a.name < b.name ? -1 : 1),
);

const stem = ({ file }) => file.replace(/\.ts$/, '');
const nameOf = (format) => stem(format).replace(/-(.)/g, (_, letter) => letter.toUpperCase());
const byFile = [...coded, { file: 'log-format.ts' }].sort((a, b) => (stem(a) < stem(b) ? -1 : 1));
const list = `/** Every log format in the order of asking. Made by \`node bin/list-formats.js\` from the files of this folder. */
import { withDeclared } from '../load-formats.ts';
${byFile
  .map((format) =>
    format.name === undefined
      ? "import type { LogFormat } from './log-format.ts';\n"
      : `import { format as ${nameOf(format)} } from './${format.file}';\n`,
  )
  .join('')}
/** Those in code and those of \`templates/formats\`. */
export const FORMATS: readonly LogFormat[] = withDeclared([
${coded.map((format) => `  ${nameOf(format)},\n`).join('')}]);
`;
const rows = formats.map(({ name, title, url }) => [`\`${name}\``, title, `[link](${url})`]);

const stale = [
  keep(join(folder, 'list.ts'), () => list),
  keep(join(root, 'docs', 'formats.md'), table('`ir.format`', rows)),
  keep(join(root, 'README.md'), (text) =>
    text.replace(
      /^\d+ formats, and any other line/m,
      `${rows.length - 1} formats, and any other line`,
    ),
  ),
].some(Boolean);
if (stale && process.argv.includes('--check')) {
  process.stderr.write('the list of formats is out of date. Run: node bin/list-formats.js\n');
  process.exitCode = 1;
}

/** Replaces the rows of the table whose first heading this is. */
function table(heading, rows) {
  return (text) => {
    const start = text.indexOf(
      '\n',
      text.indexOf('\n| --- ', text.indexOf(`\n| ${heading} |`)) + 1,
    );
    const end = text.indexOf('\n\n', start);
    return `${text.slice(0, start)}\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}${text.slice(end)}`;
  };
}

/** Writes the changed text; true when there was something to change. */
function keep(path, change) {
  const before = readFileSync(path, 'utf8');
  const after = change(before);
  if (after === before) return false;
  if (!process.argv.includes('--check')) writeFileSync(path, after);
  return true;
}
