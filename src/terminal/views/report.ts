/** Where the report went and what is still open; or the report itself, when it goes to stdout. */
import type { ReportResult } from '../../commands/report.ts';
import { plural } from '../../events/words.ts';
import { wrapAfter } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const MOST_QUESTIONS = 5;

/** How `ir report` is shown. */
export const view: View<ReportResult<object>> = {
  text: (result, style) => (result.path === undefined ? contentOf(result) : written(result, style)),
  md: (result) => (result.path === undefined ? contentOf(result) : written(result, { width: 80 })),
  html: (result) =>
    result.path === undefined ? contentOf(result) : written(result, { width: 80 }),
  pdf: (result) => (result.path === undefined ? contentOf(result) : written(result, { width: 80 })),
  json: ({ path, sha256, incident, model, template, questions, review }) =>
    path === undefined
      ? model
      : {
          ...{ incident, path, sha256, template: template ?? null, questions: questions.length },
          ...(review && { review: withNulls(review) }),
        },
};

const STATE_WORDS = { draft: 'a draft', in_review: 'in review', approved: 'approved' } as const;

const contentOf = ({ text, bytes }: ReportResult<object>): Iterable<string | Uint8Array> => [
  bytes ?? text,
];

function written(
  { path, incident, sha256, questions, isRecorded, review }: ReportResult<object>,
  style: Pick<Style, 'width'>,
): string {
  const shown = questions.slice(0, MOST_QUESTIONS);
  return `${[
    wrapAfter('', `Wrote the report of ${incident} to ${path}`, style.width, 0),
    `  SHA-256 ${sha256}`,
    ...(review === undefined ? [] : [`  ${STATE_WORDS[review.state]}`]),
    ...(review?.verify === undefined
      ? []
      : [
          `  signed with ${review.signedBy}; whoever knows that this key is yours verifies it with`,
          `  ${review.verify}`,
        ]),
    ...(isRecorded ? [] : ['  not noted in the journal']),
    questions.length === 0
      ? 'No question is left open.'
      : `${plural(questions.length, 'question')} left to the writer:`,
    ...shown.map(({ text }) => wrapAfter('  - ', text, style.width, 4)),
    ...(questions.length > shown.length
      ? [`  and ${questions.length - shown.length} more; look for "Question:" in the report`]
      : []),
  ].join('\n')}\n`;
}
