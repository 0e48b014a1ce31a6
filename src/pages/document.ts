/**
 * A whole page: one file that loads nothing. Its policy lets run what the program put in, by hash, and nothing else: no
 * script or style that some text smuggled in, no request, no form, no frame.
 * @see https://www.w3.org/TR/CSP3/
 */
import { createHash } from 'node:crypto';
import { type Html, html, markupOf, type Part } from './html.ts';

/** What a page is made of. */
export interface PageParts {
  title: string;
  /** CSS of the program. */
  style: string;
  /** JavaScript of the program; empty: the page has none. */
  script: string;
  body: Part;
  /** Data for the script by id, put behind the body, so that what is read first is painted first. */
  data?: Iterable<readonly [id: string, text: string]>;
  /** Where a live page may ask, such as `'self'`; absent: nowhere. */
  connect?: string;
}

/**
 * The policy of a page with that style and script: the content of its `meta`, or of the header of a server.
 * @param connect where a live page may ask, such as `'self'`
 */
export function contentPolicy(style: string, script: string, connect = "'none'"): string {
  const allowed = (text: string): string => (text === '' ? "'none'" : `'sha256-${digest(text)}'`);
  return [
    "default-src 'none'",
    `style-src ${allowed(style)}`,
    `script-src ${allowed(script)}`,
    `connect-src ${connect}`,
    "img-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64');

/** The page in pieces: its data may be large. */
export function* pageText({
  title,
  style,
  script,
  body,
  data = [],
  connect,
}: PageParts): Iterable<string> {
  // What holds for style and script holds for them as the browser takes them: neither may end its element early.
  for (const text of [style, script]) {
    if (/<\/(?:style|script)|<!--/i.test(text)) throw new Error('a style or script ends itself');
  }
  yield '<!DOCTYPE html>\n';
  yield markupOf(html`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy(style, script, connect)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
`);
  yield `<style>${style}</style>\n</head>\n<body>\n`;
  yield markupOf(html`${body}`);
  for (const [id, text] of data) {
    yield markupOf(html`<script type="application/json" id="${id}">`);
    yield dataText(text);
    yield '</script>\n';
  }
  if (script !== '') yield `<script>${script}</script>\n`;
  yield '</body>\n</html>\n';
}

/** JSON, or text of harmless letters, that cannot end its element. */
const dataText = (text: string): string =>
  text.replace(
    /[<>&\u2028\u2029]/g,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** The title, what stands under it, and where one can go from there by keyboard. */
export const pageHeader = (
  title: string,
  below: Part,
): Html => html`<a class="skip" href="#main">To the content</a>
<header><h1>${title}</h1>
${below}</header>
`;
