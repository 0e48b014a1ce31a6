/** `ir note TEXT`: a note in the journal of the incident; also its correction and its withdrawal. */
import { refusedError, usageError } from '../errors.ts';
import { NOTE_KINDS, type Note, type NoteKind } from '../incidents/incident.ts';
import { correctNote, addNote as noteEntry, withdrawNote } from '../incidents/incident-rules.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { EntryPayloads, NewEntry } from '../incidents/journal-entry.ts';
import { readAction } from '../reports/action-words.ts';
import type { CommandContext, Edited } from './context.ts';
import { authorOf, readInstant, readWord, withIncident } from './incident-access.ts';

/** Options of `ir note`, as typed. */
export interface NoteOptions {
  kind?: string | undefined;
  /** When what the note tells happened. */
  at?: string | undefined;
  /** Number of the note that this text takes the place of. */
  corrects?: string | undefined;
  /** Number of the note that no longer counts. */
  withdraw?: string | undefined;
  reason?: string | undefined;
}

/** The entry that was written. */
export interface NoteResult {
  key: string;
  seq: number;
  at: string;
  actor: string;
  kind: NoteKind;
  /** Empty for a withdrawal. */
  text: string;
  happenedAt: string | undefined;
  /** Number of the note that was corrected or withdrawn. */
  note: number | undefined;
  isWithdrawal: boolean;
  head: string;
}

/** @param readStdin called when the text is `-` */
export async function addNote(
  context: CommandContext,
  text: string,
  options: NoteOptions,
  readStdin: () => Promise<string>,
): Promise<NoteResult> {
  assertOneJob(text, options);
  const kind = readWord(options.kind, NOTE_KINDS, '--kind');
  const happenedAt = readInstant(context, options.at, '--at');
  const reason = options.reason ?? '';
  let edited: Edited | undefined;
  const noted = withIncident(context, async (store, { id, key, title }) => {
    const named = options.corrects ?? options.withdraw;
    const flag = options.corrects === undefined ? '--withdraw' : '--corrects';
    const note = named === undefined ? undefined : await findNote(store, id, key, named, flag);
    // Elsewhere a text that is missing is wrong usage, as it always is.
    const isWritten =
      text.trim() === '' && options.withdraw === undefined && context.ask.isPossible;
    if (isWritten) edited = await writeNote(context, `${key}: ${title}`, note);
    const content =
      edited !== undefined ? withoutComments(edited.text) : text === '-' ? await readStdin() : text;
    if (edited !== undefined && content === '') {
      edited.discard();
      edited = undefined;
      throw refusedError('nothing noted: the text is empty');
    }
    const author = authorOf(context);
    const facts = { kind, happenedAt };
    const entry: NewEntry =
      note === undefined
        ? kind === 'action_item'
          ? taskEntry(context, noteEntry(content, facts, author))
          : noteEntry(content, facts, author)
        : options.withdraw === undefined
          ? correctNote(note, content, facts, reason, author)
          : withdrawNote(note, reason, author);
    const [stored] = await store.append(id, [entry]);
    const { seq, at, actor, hash: head } = stored!;
    const isWithdrawal = entry.type === 'item_withdrawn';
    return {
      ...{ key, seq, at, actor },
      kind: kind ?? note?.kind ?? 'note',
      text: isWithdrawal ? '' : content.trim(),
      happenedAt: happenedAt ?? note?.happenedAt,
      note: note?.seq,
      isWithdrawal,
      head,
    };
  });
  try {
    const result = await noted;
    edited?.discard();
    return result;
  } catch (error) {
    if (edited !== undefined) context.say(`The text is kept in ${edited.path}`);
    throw error;
  }
}

/** An action item is a task, which stays until somebody says that it is done. @param note what was entered, checked */
function taskEntry(context: CommandContext, note: NewEntry): NewEntry {
  const { text, happenedAt } = note.payload as EntryPayloads['note_added'];
  if (happenedAt !== undefined)
    throw usageError('--at says nothing of an action item', 'Write until when: due 2026-12-31');
  const { text: title, owner, due } = readAction(text);
  const isDay = due === null || new Date(due).toJSON()?.startsWith(due) === true;
  if (!isDay) throw usageError(`"due ${due}" names no day of the calendar`);
  const facts = {
    ...(owner !== null && { owner }),
    ...(due !== null && { due: `${due}T23:59:59.000Z` }),
  };
  const payload = { id: context.randomId(), title, phase: 'post_incident' as const, ...facts };
  return { type: 'task_added', payload, at: note.at, actor: note.actor };
}

/** Lets the user write the text, or the new wording of a note. */
function writeNote(
  context: CommandContext,
  about: string,
  corrected: Note | undefined,
): Promise<Edited> {
  const before = corrected?.corrections.at(-1)?.text ?? corrected?.text ?? '';
  const hints = [
    corrected === undefined ? `A note for ${about}` : `Note ${corrected.seq} of ${about}`,
    'Lines that begin with # are left out. An empty text notes nothing.',
  ];
  const initial = `${before}\n${hints.map((hint) => `# ${hint}\n`).join('')}`;
  return context.ask.edit({
    message: 'what is the text of the note?',
    flag: 'ir note TEXT',
    initial,
  });
}

const withoutComments = (text: string): string =>
  text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .trim();

function assertOneJob(text: string, { corrects, withdraw, reason, kind, at }: NoteOptions): void {
  if (corrects !== undefined && withdraw !== undefined) {
    throw usageError('--corrects and --withdraw exclude each other', 'Use one of them.');
  }
  if (withdraw === undefined) {
    if (reason !== undefined && corrects === undefined) {
      throw usageError(
        '--reason goes with --corrects and --withdraw',
        'Put it into the text of the note.',
      );
    }
    return;
  }
  if (text.trim() !== '') {
    throw usageError(
      '--withdraw takes no text',
      'Say why with --reason; a new wording goes with --corrects.',
    );
  }
  if (kind !== undefined || at !== undefined) {
    throw usageError('--kind and --at say nothing of a note that is withdrawn', 'Leave them out.');
  }
}

async function findNote(
  store: IncidentStore,
  id: string,
  key: string,
  text: string,
  flag: string,
): Promise<Note> {
  const number = /^#?(\d{1,15})$/.exec(text.trim())?.[1];
  if (number === undefined) {
    throw usageError(
      `${flag}: "${text}" is not the number of a note`,
      'It stands in front of each note in: ir show',
    );
  }
  const note = await store.note(id, Number(number));
  if (note !== undefined) return note;
  throw refusedError(
    `${key} has no note ${number}`,
    'The numbers stand in front of the notes in: ir show',
  );
}
