/** The findings of a timeline as what a page shows. */
import { dirname, resolve } from 'node:path';
import type { Finding, Timeline } from '../detect/finding.ts';
import { headlineOf, statementText } from '../detect/story/tell.ts';
import { problemLine } from '../errors.ts';
import { shortNames } from '../events/short-names.ts';
import { durationText, plural } from '../events/words.ts';
import type { PageItem, PageLine } from '../pages/page-item.ts';
import type { TimelinePage } from '../pages/timeline-page.ts';
import { bundledFolder } from '../reports/load-templates.ts';
import { readTechniques } from '../reports/technique-names.ts';
import { createLineReader, type ReadAround } from './lines-around.ts';

/** Findings whose surroundings are read. */
const MOST_READ = 2_000;

/** What the page shows of a timeline. @param cwd against which paths of files are read */
export function timelinePageOf(found: Timeline, cwd: string): TimelinePage {
  const { findings, files, totals, histogram, stories, top } = found;
  const known = readTechniques(dirname(bundledFolder()));
  const around = createLineReader((path) => resolve(cwd, path));
  const ordered = [...findings].sort((a, b) => (timeOf(a) ?? Infinity) - (timeOf(b) ?? Infinity));
  const times = files.flatMap(({ firstUs, lastUs }) =>
    [firstUs, lastUs].filter((us) => us !== undefined),
  );
  const nameOf = shortNames(files.map(({ path }) => path));
  const read = files.filter(({ lines }) => lines > 0);
  try {
    return {
      title: stories[0]?.title ?? 'Timeline',
      items: ordered.map((finding, index) => {
        const item = findingItem(finding, index < MOST_READ ? around.read : undefined);
        return { ...item, source: nameOf(item.source) };
      }),
      events: histogram.counts.length === 0 ? undefined : histogram,
      totals: {
        files: read.length,
        lines: read.reduce((sum, { lines }) => sum + lines, 0),
        events: totals.events,
        byLevel: totals.byLevel,
      },
      firstUs: times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b)),
      lastUs: times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b)),
      stories: stories.map((story) => ({
        title: headlineOf(story),
        statements: story.statements.map((one) => ({ label: one.label, text: statementText(one) })),
      })),
      top,
      remarks: remarksOn(found),
      files,
      techniques: {
        nameOf: (id) => known.names.get(id),
        tacticsOf: (id) => known.tactics.get(id) ?? [],
      },
    };
  } finally {
    around.close();
  }
}

const timeOf = ({ firstUs, atUs = firstUs }: Finding): number | undefined => atUs;

/** A finding as a row. @param readAround reads the lines around its first; absent: they are left out */
export function findingItem(finding: Finding, readAround?: ReadAround): PageItem {
  const { id, rule, level, lastUs, count, entities, evidence, act } = finding;
  const [first, ...further] = evidence;
  const cited = (one: Finding['evidence'][number]): PageLine => ({
    place: `${one.file}:${one.line}`,
    text: one.raw,
  });
  const around = first === undefined ? undefined : readAround?.(first);
  return {
    ...{ number: id, side: 'attacker', atUs: timeOf(finding), untilUs: lastUs, level, count },
    title: rule.title,
    tactics: rule.tactics,
    techniques: rule.techniques,
    entities: Object.entries(entities).flatMap(([field, values]) =>
      values.map((value) => [field, value] as const),
    ),
    source: first?.file ?? '',
    lines: [
      ...(around?.before ?? []),
      ...(first === undefined ? [] : [cited(first)]),
      ...(around?.after ?? []),
      ...further.map(cited),
      ...(act?.others ?? []).flatMap((one) =>
        one.evidence === undefined ? [] : [cited(one.evidence)],
      ),
    ],
    notes: notesOn(finding),
  };
}

function notesOn({
  raised,
  doubt,
  noise,
  act,
  firstUs,
  lastUs,
  isLeast,
  indicators = [],
}: Finding): string[] {
  const notes: string[] = [];
  if (firstUs !== undefined && lastUs !== undefined && lastUs > firstUs)
    notes.push(`lasted ${durationText((lastUs - firstUs) / 1000)}`);
  if (isLeast === true) notes.push('there may be more events than counted');
  if (raised !== undefined) notes.push(`shown although below the level: ${raised}`);
  if (doubt !== undefined) notes.push(`may be less: ${doubt}`);
  if (noise !== undefined)
    notes.push(
      `a noisy rule: ${plural(noise.findings, 'finding')} in this row, of ${noise.actors} of ${plural(noise.ofActors, 'actor')}`,
    );
  for (const { value, file, line } of indicators)
    notes.push(`indicator ${value} (${file}:${line})`);
  for (const { rule, count } of act?.others ?? [])
    notes.push(`with: ${rule.title}, ${plural(count, 'event')}`);
  if (act !== undefined && act.unnamed > 0)
    notes.push(`and ${plural(act.unnamed, 'further finding')} of the same act`);
  return notes;
}

function remarksOn({
  hiddenFindings,
  foldedFindings,
  whyNothing,
  unread,
  brokenRules,
  rulesRun,
}: Timeline): string[] {
  return [
    ...(rulesRun === 0 ? ['No rules were run.'] : []),
    ...(whyNothing === undefined ? [] : [`No events: ${whyNothing}.`]),
    ...(hiddenFindings > 0
      ? [`${plural(hiddenFindings, 'finding')} below this level not shown.`]
      : []),
    ...(foldedFindings > 0
      ? [`${plural(foldedFindings, 'finding')} told in those that lead them.`]
      : []),
    ...unread.map(({ path, problem }) => `Not read in full: ${path}: ${problem}`),
    ...brokenRules.map((problem) => `Rule left out: ${problemLine(problem)}`),
  ];
}
