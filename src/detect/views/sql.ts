/** A request as a database reads it: comments are blanks, blanks are one, keywords touch their brackets. */
import { replaceComments } from './comments.ts';

const VERSIONED = /\/\*!\d{0,6}/g;
const LINE_COMMENT = /(?:--|#)[^\n\r&]{0,200}[\n\r]/g;
/** A blank that does not break a line, also as the one byte that it is outside UTF-8. */
const BLANKS = /[\s\x00-\x1f\u00a0\ufffd]+/g;
const BEFORE_BRACKET = / ?\( ?/g;
const STRAY_PERCENT = /%(?=[a-z])/gi;

/** Forms: comments as blanks; comments and stray percent signs as nothing, for filters that remove them. */
export function sqlForms(text: string): string[] {
  const open = text.includes('/*!') ? text.replace(VERSIONED, ' ').replaceAll('*/', ' ') : text;
  const forms = [tidy(replaceComments(open, ' '))];
  if (open.includes('/*') || open.includes('%')) {
    forms.push(tidy(replaceComments(open, '').replace(STRAY_PERCENT, '')));
  }
  return forms;
}

const tidy = (text: string): string =>
  text
    .replace(LINE_COMMENT, ' ')
    .replaceAll('`', '')
    .replaceAll('/*', ' ')
    .replaceAll('*/', ' ')
    .replace(BLANKS, ' ')
    .replace(BEFORE_BRACKET, '(');
