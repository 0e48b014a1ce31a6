/** PostgreSQL keeps no zero character, which logs may hold: it travels under another, which no text needs. */
const MARK = '\u{10FFFD}';

/** What is sent; what cannot be kept is written so that it comes back. */
export const toStored = (text: string): string =>
  text.includes('\0') || text.includes(MARK)
    ? text.replaceAll(MARK, `${MARK}1`).replaceAll('\0', `${MARK}0`)
    : text;

/** What it was. */
export const fromStored = (text: string): string =>
  text.includes(MARK) ? text.replaceAll(`${MARK}0`, '\0').replaceAll(`${MARK}1`, MARK) : text;
