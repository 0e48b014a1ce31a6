/** A request as a file system reads it: one kind of slash, no empty parts, dots resolved. */
import { shellForms } from './shell.ts';

const PARAMETERS = /;[^/\s]{0,40}(?=\/)/g;

/** Forms: as written; with `name/../` resolved; with the quoting of a shell removed. */
export function pathForms(text: string): string[] {
  const slashed = tidy(text);
  const forms = [slashed];
  const resolved = resolveParents(slashed);
  if (resolved !== slashed) forms.push(resolved);
  for (const form of shellForms(text)) {
    if (form !== text) forms.push(tidy(form));
  }
  return forms;
}

const tidy = (text: string): string =>
  (text.includes(';') ? text.replace(PARAMETERS, '') : text)
    .replaceAll('\\', '/')
    .replace(/\/(?:\.?\/)+/g, '/');

/** `/etc/x/../passwd` is `/etc/passwd`; a `../` that leads above the beginning stays. */
function resolveParents(text: string): string {
  if (!text.includes('/../')) return text;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && /^[\w.-]+$/.test(last) && !/^\.+$/.test(last)) {
      parts.pop();
    } else parts.push(part);
  }
  return parts.join('/');
}
