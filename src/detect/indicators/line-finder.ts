/** Lines of a JSON text by what stands on them: values are looked for in the order of the text. */

/** Makes the function that gives the line of the next place, from the last one on, at which a text stands. */
export function createLineFinder(text: string): (wanted: string) => number {
  let at = 0;
  let line = 1;
  return (wanted) => {
    const found = text.indexOf(JSON.stringify(wanted).slice(1, -1), at);
    if (found < 0) return line;
    for (let end = text.indexOf('\n', at); end >= 0 && end < found; end = text.indexOf('\n', at)) {
      line += 1;
      at = end + 1;
    }
    at = Math.max(at, found);
    return line;
  };
}
