/** The writer's parts of a report as one text for an editor, and back. */
import type { Section } from './report-model.ts';

/** What stands over each part, and what it is called in the report. */
const TITLES: Readonly<Record<Section, string>> = {
  summary: 'Summary',
  attack: 'The story',
  impact: 'Impact',
  times: 'How it was detected',
  response: 'Time line',
  changes: 'What we did, and what was changed',
  checklist: 'Checklist',
  factors: 'What made it possible',
  wentWell: 'Went well',
  wentBadly: 'Went badly',
  lucky: 'Where we were lucky',
  actions: 'Action items',
  custody: 'Evidence and custody',
};

const MARK = /^=== (\w+)(?::.*)?$/;
const HINTS = [
  'What you write under a line with === stands in that section of the report, above its questions.',
  'Paragraphs are kept, markup is shown as text. Leave the lines with === as they are;',
  'what is above the first of them is left out. An empty part says nothing.',
];

/** The text to edit: every section, with what was written for it. */
export function partsText(
  about: string,
  written: Readonly<Record<Section, string>>,
  questions: readonly { section: string; text: string }[],
): string {
  const parts = Object.entries(TITLES).map(([section, title]) => {
    const asked = questions.filter((question) => question.section === section).length;
    const text = written[section as Section];
    const open = asked === 0 ? '' : ` (questions left open: ${asked})`;
    return `=== ${section}: ${title}${open}\n${text === '' ? '' : `${text}\n`}\n`;
  });
  return `Parts of the report of ${about}\n${HINTS.join('\n')}\n\n${parts.join('')}`;
}

/** What is wrong with an edited text, or its parts by section. */
export type ReadParts = { problem: string } | { parts: Partial<Record<Section, string>> };

/** Reads the text back; a section whose line is gone is left as it was. */
export function readParts(text: string): ReadParts {
  const parts: Partial<Record<Section, string>> = {};
  let section: Section | undefined;
  for (const [index, line] of text.replaceAll('\r\n', '\n').split('\n').entries()) {
    const name = MARK.exec(line)?.[1];
    if (name === undefined) {
      if (section !== undefined) parts[section] += `${line}\n`;
      continue;
    }
    if (!Object.hasOwn(TITLES, name))
      return { problem: `line ${index + 1}: the report has no section "${name}"` };
    section = name as Section;
    if (parts[section] !== undefined)
      return { problem: `line ${index + 1}: the section "${name}" is there twice` };
    parts[section] = '';
  }
  if (section === undefined && text.trim() !== '')
    return { problem: 'no line with === is left, which say where each part belongs' };
  for (const [name, part] of Object.entries(parts)) parts[name as Section] = part.trim();
  return { parts };
}
