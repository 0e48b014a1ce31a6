/** Breaks prose into lines for a terminal. */

/** Wraps at spaces; words longer than a line stay whole, so that they can be copied. At least 20 columns. */
export function wrapText(text: string, columns: number, indent = ''): string[] {
  const width = Math.max(20, columns) - indent.length;
  const lines: string[] = [];
  for (const paragraph of text.trim().split('\n')) {
    let line = '';
    for (const word of paragraph.split(/\s+/)) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(indent + line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(indent + line);
  }
  return lines;
}
