import type { VerifyJournalResult } from '../../commands/verify-journal.ts';
import { plural } from '../../events/words.ts';
import type { KnownHead } from '../../incidents/incident-store.ts';
import { headLines } from '../incident-text.ts';
import { showInstant, wrap } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** Differences that are listed one by one. */
const MOST_ROWS = 20;

const PARTS: Readonly<Record<VerifyJournalResult['changed'][number], string>> = {
  journal: 'the journal',
  tables: 'the tables made from the journal',
  store: 'the store around them',
  evidence: 'the evidence',
  export: 'the bag',
};

/** How `ir verify` is shown. */
export const view: View<VerifyJournalResult> = {
  text(result, style) {
    const lines = [
      ...(result.isIntact ? intact(result, style) : broken(result)),
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

function intact(result: VerifyJournalResult, style: Style): string[] {
  const { entries, incidents, erasedPayloads, head, witness } = result;
  const erased = erasedPayloads === 0 ? '' : `, ${plural(erasedPayloads, 'payload')} erased`;
  const count = `${plural(entries, 'entry', 'entries')} in ${plural(incidents, 'incident')}`;
  const lines = [
    `Intact: ${count}${erased}; the tables show what the journal says.`,
    head,
    ...evidenceLines(result, style),
    ...bagLines(result),
  ];
  if (witness?.known !== undefined) return [...lines, knownText(witness.head, witness.known)];
  if (result.bag?.head !== undefined) return lines;
  return [
    ...lines,
    'Entries cut off the end cannot be seen from inside: compare with a head printed earlier, of the store or of an incident (ir verify --head HASH).',
  ];
}

function evidenceLines({ evidence }: VerifyJournalResult, style: Style): string[] {
  if (evidence === undefined || (evidence.pieces === 0 && evidence.copies.length === 0)) return [];
  const { pieces, signatures, unnamed, copies } = evidence;
  const signed =
    signatures === 0
      ? ''
      : `, ${plural(signatures, 'signature')} ${signatures === 1 ? 'holds' : 'hold'}`;
  const are = pieces === 1 ? 'is' : 'are';
  const strays =
    unnamed.length === 0
      ? []
      : [
          `${plural(unnamed.length, 'file')} in the folder of the evidence that no entry names, such as ${unnamed[0]}: left by a run that was stopped, or put there.`,
        ];
  return [
    `${plural(pieces, 'piece', 'pieces')} of evidence ${are} unchanged${signed}.`,
    ...copies
      .slice(0, MOST_ROWS)
      .map(({ incident, at, path, holds }) =>
        at === undefined
          ? `${incident} was never copied: ir evidence export --case --output FILE.tar.gz`
          : `${incident} was last copied ${showInstant(at, style.offsetAt)} to ${path}${holds === 'case' ? ' (the whole case)' : ' (evidence alone, not the journal)'}.`,
      ),
    ...strays,
  ];
}

function bagLines({ bag }: VerifyJournalResult): string[] {
  if (bag === undefined) return [];
  const { path, files, signedBy, stampedAt, head } = bag;
  const facts = [
    signedBy === undefined ? 'NOT signed' : `signed by ${signedBy}`,
    ...(stampedAt === undefined ? [] : [`time stamp of ${stampedAt}`]),
  ].join(', ');
  const beside =
    head === undefined
      ? 'It was not written by ir, and is compared with nothing here.'
      : 'All that it holds is still in this store, and the journal goes on from it.';
  return [`The bag ${path} holds what it says (${plural(files, 'file')}, ${facts}). ${beside}`];
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
  lines.push(`Not as it was: ${result.changed.map((part) => PARTS[part]).join(', ')}.`);
  lines.push(
    ...problems
      .slice(0, MOST_ROWS)
      .map(({ incident, seq, reason }) => `${incident}, entry ${seq}: ${reason}.`),
  );
  if (problems.length > MOST_ROWS) lines.push(`and ${problems.length - MOST_ROWS} more`);
  const sound = incidents - problems.length;
  if (problems.length > 0 && sound > 0) {
    lines.push(`${plural(sound, 'other incident')} ${sound === 1 ? 'holds' : 'hold'}.`);
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
  const { evidence, bag } = result;
  const others = [
    ...(evidence?.problems ?? []),
    ...(bag?.missing ?? []),
    ...(bag?.problems ?? []).map((problem) => `the bag ${bag?.path}: ${problem}`),
  ];
  lines.push(...others.slice(0, MOST_ROWS).map((line) => `${line}.`));
  if (others.length > MOST_ROWS) lines.push(`and ${others.length - MOST_ROWS} more`);
  if (result.changed.every((part) => part === 'export')) return lines;
  lines.push(`Keep ${folder} as it is and compare it with a copy.`);
  if (result.canRebuild && staleProjections.length > 0) {
    lines.push('The journal holds: ir verify --rebuild makes the tables anew from it.');
  }
  return lines;
}

const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
