/** Comments of the kind that SQL, PHP and scripts share. */

/** The text with `replacement` for each comment; one that has no end stays. */
export function replaceComments(text: string, replacement: string): string {
  let start = text.indexOf('/*');
  if (start < 0) return text;
  let result = '';
  let from = 0;
  while (start >= 0) {
    const end = text.indexOf('*/', start + 2);
    if (end < 0) break;
    result += text.slice(from, start) + replacement;
    from = end + 2;
    start = text.indexOf('/*', from);
  }
  return result + text.slice(from);
}
