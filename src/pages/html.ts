/**
 * HTML that cannot be forged: the tag `html` escapes every value but what itself has made, so that text of logs, notes and
 * file names is never markup, whoever forgets to think of it. It runs in the program and in the page.
 */
import { visible } from '../events/visible.ts';

const MADE: unique symbol = Symbol('html');

/** Markup that `html` has made. No data can look like it: the key is a symbol. */
export interface Html {
  readonly [MADE]: string;
}

/** What may stand in a template: all but `Html` is escaped, lists are joined, nothing is nothing. */
export type Part = string | number | Html | null | undefined | false | readonly Part[];

const REPLACED: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text as it may stand between tags and in quoted attributes; characters that are not seen are shown. */
export const escapeHtml = (text: string): string =>
  visible(text.replace(/[\t\n\r]/g, ' ')).replace(/[&<>"'`]/g, (found) => REPLACED[found]!);

/** Makes markup of a template. Attributes must be quoted in it. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  let text = strings[0]!;
  for (const [index, part] of parts.entries()) text += textOf(part) + strings[index + 1]!;
  return { [MADE]: text };
}

/** The markup as text. */
export const markupOf = (made: Html): string => made[MADE];

/** Markup that another maker vouches for, such as the renderer of Markdown, which lets no HTML through. */
export const vouched = (markup: string): Html => ({ [MADE]: markup });

/** Nothing. */
export const NOTHING: Html = { [MADE]: '' };

function textOf(part: Part): string {
  if (typeof part === 'string') return escapeHtml(part);
  if (typeof part === 'number') return String(part);
  if (part === null || part === undefined || part === false) return '';
  if (isMade(part)) return part[MADE];
  return part.map(textOf).join('');
}

const isMade = (part: Html | readonly Part[]): part is Html => MADE in part;
