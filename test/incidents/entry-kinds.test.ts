/** The kinds of journal entries: their shapes, and what docs/journal.md says of them. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { EntryKind, Names } from '../../src/incidents/entry-kind.ts';
import { parseEntry } from '../../src/incidents/journal-chain.ts';
import { ENTRY_KINDS, kindOf } from '../../src/incidents/journal-entry.ts';
import { replay } from '../../src/incidents/projection.ts';
import { tellJournal } from '../../src/incidents/tell-journal.ts';
import { command, entry, journalOf, note, opened } from '../store/sample-entries.ts';

interface Section {
  prose: string;
  example: unknown;
  told: string | undefined;
}

const page = readFileSync('docs/journal.md', 'utf8');
const sections = new Map<string, Section>(
  [...page.matchAll(/^### `(\w+)`\n([\s\S]*?)```json\n([\s\S]*?)```\n(?:\n> (.*)\n)?/gm)].map(
    ([, name = '', prose = '', json = '', told]) => [
      name,
      { prose, example: JSON.parse(json) as unknown, told },
    ],
  ),
);

const NAMES: Names = {
  step: (id) => `step ${id}`,
  entry: (hash) => `Entry ${hash.slice(0, 12)}`,
  run: () => undefined,
};

/** The members that a payload may have, of all its forms. */
function membersOf(schema: z.ZodType): string[] {
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  expect(schema).toBeInstanceOf(z.ZodDiscriminatedUnion);
  const { options } = schema as z.ZodDiscriminatedUnion;
  return [...new Set(options.flatMap((option) => membersOf(option as z.ZodType)))];
}

describe('docs/journal.md', () => {
  it('has a section for every kind, and for nothing else', () => {
    expect([...sections.keys()].sort()).toEqual(Object.keys(ENTRY_KINDS).sort());
  });

  it.each(Object.keys(ENTRY_KINDS))('shows %s as it is declared', (name) => {
    const kind = kindOf(name) as EntryKind<unknown>;
    const { prose, example, told } = sections.get(name)!;
    const schema = kind.schema(z);
    expect(schema.parse(example)).toEqual(example);
    const described = new Set([
      ...Object.keys(example as object),
      ...[...prose.matchAll(/`(\w+)`/g)].map(([, word]) => word),
    ]);
    expect(membersOf(schema).filter((member) => !described.has(member))).toEqual([]);
    expect(kind.tell(example, NAMES)?.text).toBe(told);
    expect(/(May be erased|Stays)\.\n*$/.exec(prose)?.[1]).toBe(
      kind.isErasable ? 'May be erased' : 'Stays',
    );
  });
});

describe('every kind', () => {
  it.each(Object.entries(ENTRY_KINDS))(
    '%s takes no unknown member and none called salt',
    (name, kind) => {
      const schema = kind.schema(z) as z.ZodType;
      const { example } = sections.get(name)!;
      expect(schema.safeParse({ ...(example as object), strange: 1 }).success).toBe(false);
      expect(membersOf(schema)).not.toContain('salt');
      expect(schema.safeParse({}).success).toBe(false);
    },
  );

  it('is told and shown where it is in the journal', () => {
    const entries = Object.entries(ENTRY_KINDS)
      .filter(([name]) => name !== 'incident_opened' && name !== 'timeline_saved')
      .map(([name]) => entry(name as never, sections.get(name)!.example as never));
    const stored = journalOf([opened('INC-2026-0001'), ...entries]);
    const { actors, incident } = replay(stored);
    expect(incident).toMatchObject({ determination: 'confirmed', phase: 'containment' });
    const told = tellJournal(
      stored.map((one) => parseEntry(one, actors)),
      new Map(),
    );
    // The names of actors are no news, nor is the start of a command whose end is told.
    expect(told).toHaveLength(stored.length - 3);
  });
});

it('the journal in words', () => {
  const strange = { ...note('x'), type: 'weather_observed' } as never;
  const [start, end] = command('c'.repeat(32), ['nft', 'list'], 3);
  const stored = journalOf([
    opened('INC-2026-0001'),
    note('first'),
    strange,
    start!,
    end!,
    ...command('d'.repeat(32), ['cut'], undefined),
  ]);
  const first = stored[2]!;
  const more = journalOf([
    opened('INC-2026-0001'),
    note('first'),
    strange,
    entry('item_corrected', {
      of: 'note',
      id: first.hash,
      changes: { text: 'second' },
      reason: 'typo',
    }),
    entry('item_withdrawn', { of: 'note', id: first.hash, reason: 'both wrong' }),
  ]);
  const tell = (journal: typeof stored) => {
    const { actors } = replay(journal);
    const entries = journal.map((one) => parseEntry(one, actors));
    return tellJournal(entries, new Map()).map(
      ({ seq, text, argv, isStruck }) =>
        `${seq} ${text}${argv ? ` [${argv.join(' ')}]` : ''}${isStruck ? ' ~' : ''}`,
    );
  };
  expect(tell(stored).slice(1)).toEqual([
    '3 Note: first',
    '4 Entry 4 is of a kind that this version does not know: weather_observed.',
    '6 Command on web01: exit code 3 after 12.5ms. [nft list]',
    '7 Command started on web01; no end is recorded. [cut]',
  ]);
  expect(tell(more).slice(1)).toEqual([
    '3 Note: first ~',
    '4 Entry 4 is of a kind that this version does not know: weather_observed.',
    '5 Entry 3 corrected (because: typo): second ~',
    '6 Entry 3 withdrawn, because: both wrong',
  ]);
  expect(tell([{ ...first, payloadText: undefined }])).toEqual([
    '3 Entry 3 (note_added): its content was erased; its hash remains.',
  ]);
});
