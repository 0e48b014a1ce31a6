/** Stories as sentences, and as documents for other programs. */

import { rfc3339 } from '../../events/rfc3339.ts';
import { durationText } from '../../events/words.ts';
import type { Statement, Story, StoryItem } from './story.ts';

/** One sentence of a story, with the ids of the findings behind it. */
export interface ToldStatement {
  label: string;
  text: string;
  findings: readonly string[];
}

/** All statements of all stories as sentences; each story begins with what was broken into, and when. */
export const sayStories = (stories: readonly Story[]): ToldStatement[] =>
  stories.flatMap((story) => [
    { label: 'When', text: headlineOf(story), findings: story.findings.slice(0, 1) },
    ...story.statements.map((statement) => ({
      label: statement.label,
      text: statementText(statement),
      findings: [...new Set(statement.items.flatMap(({ findings }) => findings))],
    })),
  ]);

/** `web01 and AWS account 1 were broken into, 2026-03-01 08:00Z to 2026-03-01 08:32Z (32m)` */
export function headlineOf({ title, firstUs, lastUs }: Story): string {
  if (firstUs === undefined || lastUs === undefined) return `${title}, at times that no line tells`;
  if (firstUs === lastUs) return `${title}, ${minuteText(firstUs)}`;
  const took = durationText((lastUs - firstUs) / 1_000);
  return `${title}, ${minuteText(firstUs)} to ${minuteText(lastUs)} (${took})`;
}

/** A statement as one sentence, with times in UTC: `login (2026-03-01 08:05Z); and 2 more`. */
export function statementText({ label, items, further, joint }: Statement): string {
  const clauses = items.map(({ text, atUs }) =>
    atUs === undefined || label === 'Who' ? text : `${text} (${minuteText(atUs)})`,
  );
  return clauses.join(joint) + (further > 0 ? `; and ${further} more` : '');
}

/** `2026-11-17 01:46Z`: minutes are enough for a story. */
const minuteText = (micros: number): string =>
  Math.abs(micros) < 8.64e18
    ? `${new Date(Math.floor(micros / 1_000)).toISOString().slice(0, 16).replace('T', ' ')}Z`
    : 'a time that no calendar holds';

/** A story in the names of machine output. */
export const storyDocument = (story: Story): Record<string, unknown> => ({
  headline: headlineOf(story),
  targets: story.targets,
  first: instant(story.firstUs),
  last: instant(story.lastUs),
  statements: story.statements.map((statement) => ({
    label: statement.label,
    text: statementText(statement),
    items: statement.items.map(itemDocument),
    further: statement.further,
  })),
  findings: story.findings,
});

const instant = (micros: number | undefined): string | null =>
  micros === undefined ? null : rfc3339(micros);

const itemDocument = ({ text, atUs, untilUs, place, findings }: StoryItem): unknown => ({
  text,
  at: instant(atUs),
  until: instant(untilUs),
  evidence:
    place === undefined
      ? null
      : { file: place.file, sha256: place.sha256, line: place.line, offset: place.offset },
  findings,
});
