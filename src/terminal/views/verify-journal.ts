import type { VerifyJournalResult } from '../../commands/verify-journal.ts';
import { headLines } from '../incident-text.ts';
import { plural, wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** Differences that are listed one by one. */
const MOST_ROWS = 20;

export const view: View<VerifyJournalResult> = {
  text(result, style) {
    const lines = [...(result.isIntact ? intact(result) : broken(result)), ...doubts(result)];
    const [first = '', ...rest] = lines.flatMap((line) =>
      line === result.head ? headLines(line, style) : wrap(line, style.width),
    );
    return `${[result.isIntact ? first : style.paint.bold.red(first), ...rest].join('\n')}\n`;
  },
  json: withNulls,
};

function intact({ entries, erasedPayloads, head, witness }: VerifyJournalResult): string[] {
  const erased = erasedPayloads === 0 ? '' : `, ${plural(erasedPayloads, 'payload')} erased`;
  const lines = [
    `Intact: ${plural(entries, 'entry', 'entries')}${erased}; the tables show what the journal says.`,
    head,
  ];
  if (witness === undefined) {
    return [
      ...lines,
      'Entries cut off the end cannot be seen from inside: compare with a head printed earlier (ir verify --head HASH).',
    ];
  }
  return [...lines, `The head ${witness.head} is that of entry ${witness.seq}.`];
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
  const { folder, entries, problem, staleProjections, storeProblems, witness } = result;
  const lines = ['NOT INTACT'];
  if (problem !== undefined) {
    lines.push(`Entry ${problem.seq}: ${problem.reason}.`);
    lines.push(
      `${plural(entries, 'entry', 'entries')} before it ${entries === 1 ? 'holds' : 'hold'}.`,
    );
  }
  lines.push(...storeProblems.slice(0, MOST_ROWS).map((line) => `${capitalised(line)}.`));
  lines.push(...staleProjections.slice(0, MOST_ROWS).map((line) => `${line}.`));
  if (staleProjections.length > MOST_ROWS) {
    lines.push(`and ${staleProjections.length - MOST_ROWS} more`);
  }
  if (witness !== undefined && witness.seq === undefined) {
    lines.push(
      `No entry has the head ${witness.head}: entries were cut off, or it is from another store.`,
    );
  }
  lines.push(`Keep ${folder} as it is and compare it with a copy.`);
  if (problem === undefined && staleProjections.length > 0) {
    lines.push('The journal holds: ir verify --rebuild makes the tables anew from it.');
  }
  return lines;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
