/** What the journal says of a report: who reviewed it, and what its writer put into it. */
import type { JournalEntry, ReviewState } from '../incidents/incident.ts';
import { payloadOf } from '../incidents/tell-journal.ts';
import type { ReviewFacts } from '../reports/report-story.ts';

/** Of which report, and the review that is being made. */
export interface ReviewOf {
  /** Absent: of any. */
  template?: string | undefined;
  pending?: { person: string; state: ReviewState; at: string } | undefined;
}

const OF_REPORT: ReadonlySet<string> = new Set([
  'report_rendered',
  'report_reviewed',
  'actor_named',
]);

/** Is it news of the case? Reports, and what was said of them, are none. */
export const isOfCase = ({ type }: JournalEntry): boolean => !OF_REPORT.has(type);

/** How far the report is: a review counts for as long as nothing is added to the case. */
export function reviewOf(
  journal: readonly JournalEntry[],
  template: string | undefined,
  pending: ReviewOf['pending'],
): ReviewFacts {
  const lastOfCase = journal.findLastIndex(isOfCase);
  const reviewers = journal.flatMap((entry, index) => {
    const payload = payloadOf(entry, 'report_reviewed');
    if (payload === undefined) return [];
    if (template !== undefined && payload.template !== template) return [];
    const { actor: person, at } = entry;
    return [{ person, state: payload.state, at, isCurrent: index > lastOfCase }];
  });
  if (pending !== undefined) reviewers.push({ ...pending, isCurrent: true });
  const last = reviewers.at(-1);
  return { state: last?.isCurrent === true ? last.state : 'draft', reviewers };
}

/** Who the report said wrote it when it was reviewed as it stands: who writes it again changes nothing in it. */
export function reviewedAuthor(
  journal: readonly JournalEntry[],
  template: string,
): string | undefined {
  const since = journal.slice(1 + journal.findLastIndex(isOfCase));
  return since
    .flatMap((entry) => payloadOf(entry, 'report_reviewed') ?? [])
    .findLast((payload) => payload.template === template)?.author;
}

/** What people wrote, by section. */
export function writtenIn(journal: readonly JournalEntry[]): Record<string, string> {
  const all = journal.flatMap((entry) => payloadOf(entry, 'report_parts_written') ?? []);
  return Object.assign({}, ...all.map(({ parts }) => parts)) as Record<string, string>;
}
