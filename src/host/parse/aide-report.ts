/**
 * The report of `aide --check`, as versions 0.15 to 0.19 write it.
 * @see https://aide.github.io/doc/ (aide.conf, report options)
 */
import type { ChangedFile, ReadOutput } from './changed-file.ts';

const HEADING = /^(Added|Removed|Changed) (?:entries|files):$/;
const END = /^Detailed information about changes:$/;
/** `f >.p.. .c..H..: /path`, in older versions `changed: /path`. */
const ENTRY = /^([a-zA-Z?][^/]{8,40}?|added|removed|changed)\s*: (\/.*)$/;
const RULE = /^-{20,}$/;

const CHANGE = { Added: 'added', Removed: 'missing', Changed: 'content' } as const;

/** What the report says. */
export interface AideReport extends ReadOutput {
  /** The report says that it compared, with or without differences. */
  isWhole: boolean;
}

/** Reads the lists of entries; the details below them are not needed. */
export function readAideReport(text: string): AideReport {
  const files: ChangedFile[] = [];
  const unknown: string[] = [];
  let heading: keyof typeof CHANGE | undefined;
  for (const line of text.split('\n')) {
    const [, next] = HEADING.exec(line) ?? [];
    if (END.test(line)) break;
    if (next !== undefined) heading = next as keyof typeof CHANGE;
    if (heading === undefined || next !== undefined || line === '' || RULE.test(line)) continue;
    const [, marks, path] = ENTRY.exec(line) ?? [];
    if (marks === undefined || path === undefined) unknown.push(line);
    else {
      const change = heading === 'Changed' ? changeOf(marks) : CHANGE[heading];
      files.push({ path, change, isConfiguration: false, marks: marks.trim() });
    }
  }
  const isWhole = /^AIDE found (?:NO )?differences|^### All files match/m.test(text);
  return { files, unknown, isWhole };
}

/** The first marks are type and size; `H` (or a hash's own letter in old versions), `l` and `C` tell of content. */
function changeOf(marks: string): ChangedFile['change'] {
  if (marks === 'changed') return 'content';
  const [type = '', size = '', ...rest] = marks;
  if (type === '!' || /[<>lHC]/.test(size) || /[HCl]/.test(rest.join(''))) return 'content';
  return /[pugAXSEbin]/.test(rest.join('')) ? 'attributes' : 'times';
}
