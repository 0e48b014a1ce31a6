/** Help broken into lines: between words, at any width. */

/** Room that a description needs beside its term; with less it goes below. */
const LEAST = 28;

/** Breaks the lines of a help text that are longer than `width` columns between words, and no word. */
export const wrapHelp = (text: string, width: number): string =>
  text
    .split('\n')
    .flatMap((line) => (line.length <= width ? [line] : wrapLine(line, width)))
    .join('\n');

function wrapLine(line: string, width: number): string[] {
  const indent = line.length - line.trimStart().length;
  // `  --term <value>   what it is`: two columns. More of them, as in a row of exit codes, get a line each.
  const [, term = '', gap = '', rest = ''] = /^( *\S.*?)( {2,})(\S.*)$/.exec(line) ?? [];
  if (term === '' || / {2}/.test(rest)) {
    return line
      .trim()
      .split(/ {2,}/)
      .flatMap((part) => wrapWords(part, width, indent, indent + 2));
  }
  const column = term.length + gap.length;
  if (width - column >= LEAST) {
    const [first = '', ...more] = wrapWords(rest, width, column, column);
    return [term + gap + first.trimStart(), ...more];
  }
  return [
    ...wrapWords(term.trim(), width, indent, indent + 2),
    ...wrapWords(rest, width, indent + 4, indent + 4),
  ];
}

/** Lines of whole words; the first after `indent` blanks, the others after `hanging`. */
function wrapWords(text: string, width: number, indent: number, hanging: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/)) {
    if (line === '') line = ' '.repeat(lines.length === 0 ? indent : hanging) + word;
    else if (line.length + 1 + word.length <= width) line += ` ${word}`;
    else {
      lines.push(line);
      line = ' '.repeat(hanging) + word;
    }
  }
  return [...lines, line];
}
