/**
 * Makes any text safe inside Markdown. Everything a report shows may have been written by an attacker: it
 * must not become markup, HTML, a link, an image, another table cell or another line, nor hide characters.
 * @see https://github.github.com/gfm/ (GitHub Flavored Markdown)
 */
import { visible } from '../events/visible.ts';

/** Anything as text: lists joined, objects as JSON, nothing for null. */
export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Any text as one line of harmless Markdown. Addresses are defanged, so that nothing turns into a link. */
export function escapeInline(value: unknown): string {
  const folded = visible(textOf(value).replace(/[\t\n\r]+/g, ' ')).trim();
  const escaped = defang(folded).replace(/[\\`*_[\]<>&#|~!$]/g, '\\$&');
  // What begins a heading rule, a list or a quote only does so at the start of a line.
  return escaped.replace(/^([-+=:])/, '\\$1').replace(/^(\d{1,9})([.)])/, '$1\\$2');
}

/** `hxxp://`, `ftp[://]`, `[//]host`, `www[.]`, `name[@]host`: what renderers would link, or notify somebody of, by itself. */
export const defang = (text: string): string =>
  text
    .replace(/\b(h)tt(ps?:)/gi, '$1xx$2')
    .replace(/:\/\//g, '[://]')
    .replace(/(?<=hxxps?)\[:\/\/\]/gi, '://')
    // Without a protocol, where no word ends before it; `//` within a path stays.
    .replace(/(?<![:/\p{L}\p{N}])\/\/(?=[\p{L}\p{N}_])/gu, '[//]')
    .replace(/\b(www)\./gi, '$1[.]')
    .replace(/@(?=[\p{L}\p{N}_])/gu, '[@]')
    .replace(/\b(mailto|xmpp|javascript|data):/gi, '$1[:]');

/** Text of several lines: each harmless, line breaks and paragraphs kept. */
export const escapeBlock = (value: unknown): string =>
  textOf(value)
    .split(/\r\n|\r|\n/)
    .map((line) => escapeInline(line))
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/([^\n])\n(?=[^\n])/g, '$1\\\n')
    .trim();

/**
 * A code span that nothing inside can end. A pipe stays outside of it, escaped: it would end a table cell,
 * and only outside of code does its escape disappear everywhere.
 */
export function codeSpan(value: unknown): string {
  const text = visible(textOf(value).replace(/[\t\n\r]+/g, ' '));
  if (text.trim() === '') return '';
  return text
    .split('|')
    .map((part) => (part.trim() === '' ? part : spanOf(part)))
    .join('\\|');
}

function spanOf(part: string): string {
  const ticks = '`'.repeat(longestRun(part) + 1);
  // One blank each side is taken away again by renderers; it is needed next to a backtick.
  const isPadded = /^`|`$/.test(part) || /^ .*\S.* $/.test(part);
  const inner = isPadded ? ` ${part} ` : part;
  return `${ticks}${inner}${ticks}`;
}

/** A fenced block that nothing inside can end. */
export function codeFence(value: unknown): string {
  const lines = textOf(value)
    .split(/\r\n|\n/)
    .map((line) => visible(line.replaceAll('\t', '    ')));
  const fence = '`'.repeat(Math.max(3, longestRun(lines.join('\n')) + 1));
  return `\n${fence}text\n${lines.join('\n')}\n${fence}\n`;
}

const longestRun = (text: string): number =>
  (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
