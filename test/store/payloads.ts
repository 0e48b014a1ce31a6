/** Whether payloads are what their kinds say. */
import { z } from 'zod';
import type { JournalEntry } from '../../src/incidents/incident.ts';
import { kindOf } from '../../src/incidents/journal-entry.ts';

/** Entries whose payload does not have the shape of its kind, with what is wrong. */
export const misfits = (journal: readonly JournalEntry[]): string[] =>
  journal.flatMap(({ seq, type, payload }) => {
    if (payload === undefined) return [];
    const result = kindOf(type)?.schema(z).safeParse(payload);
    if (result?.success === true) return [];
    return [`${seq} ${type}: ${result === undefined ? 'unknown' : z.prettifyError(result.error)}`];
  });
