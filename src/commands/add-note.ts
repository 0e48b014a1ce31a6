/** `ir note TEXT`: a note in the journal of the incident. */
import { addNote as noteEntry } from '../incidents/incident-rules.ts';
import { NOTE_KINDS, type NoteKind } from '../incidents/journal-entry.ts';
import type { CommandContext } from './context.ts';
import { authorOf, readWord, withIncident } from './incident-access.ts';

export interface NoteResult {
  key: string;
  seq: number;
  at: string;
  actor: string;
  kind: NoteKind;
  text: string;
  head: string;
}

/** @param readStdin called when the text is `-` */
export async function addNote(
  context: CommandContext,
  text: string,
  options: { kind?: string | undefined },
  readStdin: () => Promise<string>,
): Promise<NoteResult> {
  const kind = readWord(options.kind, NOTE_KINDS, '--kind') ?? 'note';
  const content = text === '-' ? await readStdin() : text;
  const entry = noteEntry(content, kind, authorOf(context));
  return withIncident(context, async (store, { id, key }) => {
    const [stored] = await store.append(id, [entry]);
    const { seq, at, actor, hash: head } = stored!;
    return { key, seq, at, actor, kind, text: entry.payload.text, head };
  });
}
