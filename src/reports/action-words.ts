/** Owner and date in the words of an action item: `Rotate the keys @platform due 2026-12-01`. */

/** What it says. */
export interface ActionWords {
  text: string;
  owner: string | null;
  /** As written, `2026-12-01`. */
  due: string | null;
}

/** Takes owner and date out of the text; a text of nothing else stays as it is. */
export function readAction(written: string): ActionWords {
  const owner = /(?:^|\s)@([\p{L}\p{N}][\p{L}\p{N}._-]{0,63})/u.exec(written);
  const due = /\bdue:? ?(\d{4}-\d{2}-\d{2})\b/i.exec(written);
  let text = written;
  for (const part of [owner?.[0], due?.[0]])
    if (part !== undefined) text = text.replace(part, () => ' ');
  const trimmed = text
    .replace(/\s+/g, ' ')
    .replace(/[\s,;(]+$/, '')
    .trim();
  return {
    text: trimmed === '' ? written : trimmed,
    owner: owner?.[1]?.replace(/[._-]+$/, '') ?? null,
    due: due?.[1] ?? null,
  };
}
