/** Our own pages of Markdown as text for a terminal: headings, paragraphs, lists, tables and code. */
import { wrap } from './layout.ts';
import type { Style } from './style.ts';

/** Columns of the first column of a table at most; what is longer has a line of its own. */
const MOST_TERM = 26;
/** Columns that the others need beside it; with less they go below. */
const LEAST_ROOM = 24;

/** A page, broken at the width of `style`. */
export function markdownText(markdown: string, style: Style): string {
  const blocks = markdown.trim().split(/\n{2,}(?![ \t])/);
  let isCode = false;
  const parts: string[] = [];
  for (const block of blocks) {
    const starts = block.startsWith('```');
    if (starts || isCode) {
      isCode = !/\n?```$/.test(block) || block === '```';
      parts.push(codeLines(block).join('\n'));
    } else {
      parts.push(blockLines(block, style).join('\n'));
    }
  }
  return `${parts.join('\n\n')}\n`;
}

const codeLines = (block: string): string[] =>
  block
    .split('\n')
    .filter((line) => !line.startsWith('```'))
    .map((line) => (line === '' ? '' : `    ${line}`));

function blockLines(block: string, style: Style): string[] {
  const lines = block.split('\n');
  const [first = ''] = lines;
  if (first.startsWith('#')) {
    const rest = lines.slice(1).join('\n').trim();
    const heading = style.paint.bold(plain(first.replace(/^#+ */, '')));
    return [heading, ...(rest === '' ? [] : blockLines(rest, style))];
  }
  if (first.startsWith('|')) return tableLines(lines, style);
  if (/^[-*] /.test(first)) return listLines(block, style);
  const code = lines.findIndex((line) => line.startsWith('```'));
  if (code > 0) {
    const text = blockLines(lines.slice(0, code).join('\n'), style);
    return [...text, ...codeLines(lines.slice(code).join('\n'))];
  }
  return wrap(plain(lines.join(' ')), style.width);
}

const listLines = (block: string, style: Style): string[] =>
  block
    .split(/\n(?=[-*] )/)
    .flatMap((item) =>
      wrap(plain(item.slice(2).replace(/\s*\n\s*/g, ' ')), style.width - 4).map(
        (line, index) => `${index === 0 ? '  - ' : '    '}${line}`,
      ),
    );

/** The first cell, and the others beside it. The head of a table says what its cells show. */
function tableLines(lines: readonly string[], style: Style): string[] {
  const rows = lines.slice(2).map((line) =>
    line
      .replace(/^\| ?| ?\|$/g, '')
      .split(/ ?(?<!\\)\| ?/)
      .map((cell) => plain(cell.trim())),
  );
  const widths = rows.map(([term = '']) => term.length).filter((width) => width <= MOST_TERM);
  const isNarrow = style.width - Math.max(0, ...widths) - 4 < LEAST_ROOM;
  const term = isNarrow ? 2 : Math.max(0, ...widths);
  const room = style.width - term - 4;
  return rows.flatMap(([name = '', ...cells]) => {
    const text = wrap(cells.filter((cell) => cell !== '').join('  '), room);
    const isLong = name.length > term;
    const indent = ' '.repeat(term + 4);
    return [
      ...(isLong ? wrap(name, style.width - 2).map((line) => `  ${line}`) : []),
      ...text.map((line, index) =>
        index === 0 && !isLong ? `  ${name.padEnd(term)}  ${line}` : indent + line,
      ),
    ].map((line) => line.trimEnd());
  });
}

/** Without the signs of emphasis, code and links; escaped signs as themselves. */
const plain = (text: string): string =>
  text
    .split(/(`[^`]+`)/)
    .map((part) => (/^`.+`$/.test(part) ? part.slice(1, -1) : plainProse(part)))
    .join('')
    .replaceAll('\\|', '|');

const plainProse = (text: string): string =>
  text
    .replace(/\[([^\]]+)\]\(([^)]*)\)/g, (_, label: string) => label)
    .replace(/\*\*([^*]+)\*\*/g, '$1')
    .replace(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '$1')
    .replace(/\\([|*_<>`])/g, '$1')
    .replaceAll('&lt;', '<');
