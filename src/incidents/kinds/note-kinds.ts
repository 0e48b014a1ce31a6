/** Notes, and what puts right or takes back anything that was entered: nothing is ever edited away. */
import { instantText } from '../../events/words.ts';
import { because, kind, type Names, type Needs } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import type { Note, NoteKind } from '../incident.ts';
import { changeItem, ITEM_ROWS, isItemName } from '../items.ts';

/** Collections beside notes whose items can be put right and taken back, found by the `id` that they were entered with. */
const OTHERS = [
  'evidence',
  'decision',
  'indicator',
  'clock',
  'role',
  'task',
  'asset',
  'notice',
] as const;

/** Notes added; notes and other items corrected and withdrawn. */
export const NOTE_ENTRY_KINDS = {
  note_added: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        text: s.text,
        stepId: s.text.optional(),
        kind: s.noteKind.optional(),
        happenedAt: s.instant.optional(),
        variables: s.values.optional(),
        /** Lines of logs that it is about. */
        lines: z
          .array(
            z.strictObject({
              ...{ path: s.text, sha256: s.hash, offset: s.count, line: s.count, text: s.text },
            }),
          )
          .readonly()
          .optional(),
      });
    },
    tell: (payload, names) => ({ text: tellNote(payload, names) }),
    apply({ text, stepId, kind = 'note', happenedAt, variables }, { id, seq, at, actor }) {
      // One literal: a journal has more of these than of anything else.
      const note: Note = {
        id,
        seq,
        at,
        actor,
        text,
        stepId,
        kind,
        happenedAt,
        variables,
        corrections: [],
        withdrawn: undefined,
      };
      return { notes: [note] };
    },
  }),

  item_corrected: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      const note = z.strictObject({
        of: z.literal('note'),
        id: s.hash,
        changes: z.strictObject({
          text: s.text,
          kind: s.noteKind.optional(),
          happenedAt: s.instant.optional(),
        }),
        reason: s.text,
      });
      const other = z.strictObject({
        of: z.enum(OTHERS),
        id: s.id,
        changes: z.record(z.string(), z.json()),
        reason: s.text,
      });
      return z.discriminatedUnion('of', [note, other]);
    },
    needs: needsOf,
    tell(payload, names) {
      const why = payload.reason === '' ? '' : ` (because: ${payload.reason})`;
      if (payload.of !== 'note') {
        const changed = Object.keys(payload.changes).join(', ');
        return { text: `${itemName(payload.of, payload.id)} corrected${why}: ${changed}.` };
      }
      const { text, happenedAt } = payload.changes;
      return { text: `${names.entry(payload.id)} corrected${why}: ${ofTime(happenedAt)}${text}` };
    },
    apply(payload, { seq, at, actor }, known) {
      if (payload.of !== 'note') {
        const { of, id, changes } = payload;
        return isItemName(of)
          ? changeItem(known, ITEM_ROWS[of], id, (item) => ({ ...item, ...changes }))
          : {};
      }
      const note = known.notes.get(payload.id);
      if (note === undefined) return {};
      const { text, kind = note.kind, happenedAt = note.happenedAt } = payload.changes;
      const correction = { seq, at, actor, text, reason: payload.reason };
      const corrections = [...note.corrections, correction];
      return { notes: [{ ...note, kind, happenedAt, corrections }] };
    },
  }),

  item_withdrawn: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.discriminatedUnion('of', [
        z.strictObject({ of: z.literal('note'), id: s.hash, reason: s.text }),
        z.strictObject({ of: z.enum(OTHERS), id: s.id, reason: s.text }),
      ]);
    },
    needs: needsOf,
    tell: ({ of, id, reason }, names) => ({
      text: `${of === 'note' ? names.entry(id) : itemName(of, id)} withdrawn${because(reason)}`,
    }),
    apply({ of, id, reason }, { seq, at, actor }, known) {
      const withdrawn = { seq, at, actor, reason };
      if (isItemName(of)) {
        return changeItem(known, ITEM_ROWS[of], id, (item) => ({
          ...item,
          withdrawn: item.withdrawn ?? withdrawn,
        }));
      }
      const item = of === 'evidence' ? known.evidence.get(id) : undefined;
      if (item !== undefined) return { evidence: [{ withdrawn, ...item }] };
      const note = of === 'note' ? known.notes.get(id) : undefined;
      if (note === undefined) return {};
      return { notes: [{ ...note, withdrawn: note.withdrawn ?? withdrawn }] };
    },
  }),
};

function needsOf({ of, id }: { of: string; id: string }): Needs {
  if (of === 'note') return { note: id };
  if (of === 'evidence') return { evidence: id };
  return isItemName(of) ? { items: [[ITEM_ROWS[of], id]] } : {};
}

/** `Evidence 3f9a61c2` */
const itemName = (of: string, id: string): string =>
  `${of.charAt(0).toUpperCase()}${of.slice(1)} ${id.slice(0, 8)}`;

/** In front of a note that tells of another time than that of its entry. */
const ofTime = (happenedAt: string | undefined): string =>
  happenedAt === undefined ? '' : `At ${instantText(happenedAt)}: `;

const NOTE_LABELS: Readonly<Record<NoteKind, string>> = {
  note: 'Note',
  detection: 'How it was detected',
  impact: 'Impact noted',
  factor: 'Contributing factor noted',
  went_well: 'Noted as gone well',
  went_badly: 'Noted as gone badly',
  lucky: 'Noted as luck',
  action_item: 'Action item',
};

interface NoteFacts extends Pick<Note, 'text'> {
  kind?: NoteKind | undefined;
  stepId?: string | undefined;
  variables?: Note['variables'];
  happenedAt?: string | undefined;
}

function tellNote(note: NoteFacts, names: Names): string {
  const { text, kind = 'note', stepId, variables, happenedAt } = note;
  const untold = Object.entries(variables ?? {}).filter(([name]) => !text.includes(name));
  const values = untold.map(([name, value]) => `${name} is ${value}`);
  const about = stepId === undefined || stepId === '' ? '' : ` on ${names.step(stepId)}`;
  const settled = values.length === 0 ? '' : ` (${values.join('; ')})`;
  return `${NOTE_LABELS[kind] ?? 'Note'}${about}: ${ofTime(happenedAt)}${text}${settled}`;
}

/** Values of playbook variables that notes settled; the latest of each name counts, withdrawn ones do not. */
export function settledVariables(
  notes: Iterable<Pick<Note, 'variables' | 'withdrawn'>>,
): Record<string, string> {
  const settled = new Map<string, string>();
  for (const { variables, withdrawn } of notes) {
    if (withdrawn !== undefined || typeof variables !== 'object' || variables === null) continue;
    for (const [name, value] of Object.entries(variables)) {
      if (typeof value === 'string') settled.set(name, value);
    }
  }
  return Object.fromEntries(settled);
}
