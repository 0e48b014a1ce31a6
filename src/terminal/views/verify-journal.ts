import type { VerifyJournalResult } from '../../commands/verify-journal.ts';
import { plural } from '../../events/words.ts';
import type { KnownHead } from '../../incidents/incident-store.ts';
import { headLines } from '../incident-text.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** Differences that are listed one by one. */
const MOST_ROWS = 20;

/** How `ir verify` is shown. */
export const view: View<VerifyJournalResult> = {
  text(result, style) {
    const lines = [
      ...(result.isIntact ? intact(result) : broken(result)),
      ...unknown(result),
      ...doubts(result),
    ];
    const [first = '', ...rest] = lines.flatMap((line) =>
      line === result.head ? headLines(line, style, 'store head ') : wrap(line, style.width),
    );
    return `${[result.isIntact ? first : style.paint.bold.red(first), ...rest].join('\n')}\n`;
  },
  json: withNulls,
};

function intact(result: VerifyJournalResult): string[] {
  const { entries, incidents, erasedPayloads, head, witness } = result;
  const erased = erasedPayloads === 0 ? '' : `, ${plural(erasedPayloads, 'payload')} erased`;
  const count = `${plural(entries, 'entry', 'entries')} in ${plural(incidents, 'incident')}`;
  const lines = [`Intact: ${count}${erased}; the tables show what the journal says.`, head];
  if (witness?.known !== undefined) return [...lines, knownText(witness.head, witness.known)];
  return [
    ...lines,
    'Entries cut off the end cannot be seen from inside: compare with a head printed earlier, of the store or of an incident (ir verify --head HASH).',
  ];
}

function knownText(head: string, { of, incident, seq }: KnownHead): string {
  const text: Record<KnownHead['of'], string> = {
    entry: `is that of ${incident} at entry ${seq}: all up to there is still in place.`,
    store: `is that of the store at entry ${seq} of ${incident}: all up to there is still in place, in every incident.`,
    converted: `is that of entry ${seq} of ${incident} before the journal was given its present form; the copy of the store made then has that chain.`,
  };
  return `The head ${head} ${text[of]}`;
}

/** Their hashes are checked like all others. */
function unknown({ unknownKinds }: VerifyJournalResult): string[] {
  const kinds = Object.entries(unknownKinds);
  if (kinds.length === 0) return [];
  const text = kinds.map(([kind, count]) => `${kind} (${count})`).join(', ');
  return [
    `Entries of kinds that this version does not know: ${text}. Their chain is checked; what they change is not shown.`,
  ];
}

/** The chain proves the order of entries and not their times. */
function doubts({ doubtfulTimes }: VerifyJournalResult): string[] {
  if (doubtfulTimes.length === 0) return [];
  const shown = doubtfulTimes.slice(0, MOST_ROWS);
  return [
    `${plural(doubtfulTimes.length, 'doubtful time')}:`,
    ...shown,
    ...(doubtfulTimes.length > shown.length
      ? [`and ${doubtfulTimes.length - shown.length} more (ir verify --json has all)`]
      : []),
  ];
}

function broken(result: VerifyJournalResult): string[] {
  const { folder, incidents, problems, staleProjections, storeProblems, witness } = result;
  const lines = ['NOT INTACT'];
  lines.push(
    ...problems
      .slice(0, MOST_ROWS)
      .map(({ incident, seq, reason }) => `${incident}, entry ${seq}: ${reason}.`),
  );
  if (problems.length > MOST_ROWS) lines.push(`and ${problems.length - MOST_ROWS} more`);
  const others = incidents - problems.length;
  if (problems.length > 0 && others > 0) {
    lines.push(`${plural(others, 'other incident')} ${others === 1 ? 'holds' : 'hold'}.`);
  }
  lines.push(...storeProblems.slice(0, MOST_ROWS).map((line) => `${capitalised(line)}.`));
  lines.push(...staleProjections.slice(0, MOST_ROWS).map((line) => `${line}.`));
  if (staleProjections.length > MOST_ROWS) {
    lines.push(`and ${staleProjections.length - MOST_ROWS} more`);
  }
  if (witness !== undefined && witness.known === undefined) {
    lines.push(
      `Nothing here has the head ${witness.head}: entries were cut off, or it is from another store.`,
    );
  }
  lines.push(`Keep ${folder} as it is and compare it with a copy.`);
  if (result.canRebuild && staleProjections.length > 0) {
    lines.push('The journal holds: ir verify --rebuild makes the tables anew from it.');
  }
  return lines;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
