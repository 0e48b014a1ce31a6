/** `{{ name }}` and `{{ name.family }}` in argv elements, titles and instructions. */

const PLACEHOLDER = /\{\{\s*([A-Za-z0-9_.]{1,80})\s*\}\}/g;

/** The names between braces, in order; a property such as `.family` stays attached. */
export const placeholdersIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].map((match) => match[1] as string);

/** Replaces every placeholder once; values are not searched for placeholders again. */
export const fillPlaceholders = (text: string, resolve: (name: string) => string): string =>
  text.replace(PLACEHOLDER, (_whole, name: string) => resolve(name));
