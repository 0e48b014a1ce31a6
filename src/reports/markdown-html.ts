/**
 * The Markdown of a report as HTML. No HTML of the text passes, no image is asked for, nothing carries a style: the page's
 * policy would stop it, and here it does not even arise.
 */
import MarkdownIt from 'markdown-it';

/** The markup, and its chapters. */
export interface Article {
  markup: string;
  chapters: readonly { id: string; title: string }[];
}

/** Renders it. @param text as templates give it */
export function renderArticle(text: string): Article {
  const md = new MarkdownIt({ html: false, linkify: false, typographer: false });
  md.disable(['image', 'html_block', 'html_inline']);
  const chapters: { id: string; title: string }[] = [];
  let tables = 0;
  const { rules } = md.renderer;
  rules['table_open'] = () => {
    tables += 1;
    return `<div class="wide" role="region" tabindex="0" aria-label="Table ${tables}"><table>\n`;
  };
  rules['table_close'] = () => '</table></div>\n';
  for (const cell of ['th', 'td'] as const) {
    rules[`${cell}_open`] = (tokens, at) => {
      const isRight = /right/.test(String(tokens[at]!.attrGet('style') ?? ''));
      return `<${cell}${isRight ? ' class="number"' : ''}>`;
    };
  }
  rules['heading_open'] = (tokens, at) => {
    const { tag } = tokens[at]!;
    if (tag !== 'h2') return `<${tag}>`;
    const id = `chapter-${chapters.length + 1}`;
    const inline = tokens[at + 1]!.children ?? [];
    chapters.push({ id, title: inline.map(({ content }) => content).join('') });
    return `<h2 id="${id}">`;
  };
  rules['link_open'] = (tokens, at, options) => {
    tokens[at]!.attrSet('rel', 'noreferrer noopener');
    return md.renderer.renderToken(tokens, at, options);
  };
  return { markup: md.render(text), chapters };
}
