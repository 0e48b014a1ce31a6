/** Entries about what was found and kept: timelines, reports, evidence and who had it, indicators. */
import { plural } from '../../events/words.ts';
import { because, kind } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import { CUSTODY_EVENTS, createNumbering } from '../evidence.ts';
import type { SourceFile } from '../incident-store.ts';
import { itemOf } from '../items.ts';
import { type Known, sourceKey } from '../projections.ts';

/** What goes in the journal about findings, reports, evidence and indicators. */
export const EVIDENCE_KINDS = {
  timeline_saved: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        findings: z.array(s.finding).readonly(),
        files: z.array(s.file).readonly(),
        argv: s.words,
        superseded: s.words.optional(),
        folder: s.text.optional(),
      });
    },
    needs: () => ({ sources: true }),
    tell({ findings, files }) {
      // A file that was left out or could not be read has no hash.
      const read = files.filter(({ sha256 }) => sha256 !== '').length;
      const text = `${plural(findings.length, 'finding')} from ${plural(read, 'log file')}`;
      return { text: `Evidence saved: ${text}.` };
    },
    apply: ({ findings, files, superseded = [], folder }, { at, actor }, known) => ({
      supersededFindings: superseded,
      findings,
      sources: newSources(files, known, { savedAt: at, savedBy: actor, folder }),
    }),
  }),

  report_rendered: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({ path: s.text, sha256: s.hash, template: s.text });
    },
    tell: ({ path, template }) => ({ text: `Report written: ${path} (template ${template}).` }),
    apply: (payload, { id, seq, at, actor }) => ({ reports: [{ id, seq, at, actor, ...payload }] }),
  }),

  evidence_added: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        title: s.text,
        sha256: s.hash,
        sizeBytes: s.count,
        keptAs: z.enum(['copy', 'reference']),
        path: s.text,
        method: s.text,
        host: s.text,
        collectedAt: s.instant,
        tool: s.text.optional(),
        argv: s.words.optional(),
        run: s.id.optional(),
        clockOffsetMs: z.int().optional(),
        covers: z.strictObject({ from: s.instant, to: s.instant }).optional(),
        number: z
          .string()
          .regex(/^E-\d{3,9}$/)
          .optional(),
        origin: s.text.optional(),
        remarks: s.words.optional(),
        bag: s.hash.optional(),
      });
    },
    needs: () => ({ sources: true }),
    tell: ({ title, sha256, host, method }) => ({
      text: `Evidence taken from ${host} (${method}): ${title}, SHA-256 ${sha256.slice(0, 12)}.`,
    }),
    apply({ number, ...acquired }, { seq, at, actor }, { sources, evidence }) {
      const give = createNumbering(sources.values(), evidence.values());
      const evidenceNo = give(acquired.sha256, number);
      return { evidence: [{ ...acquired, evidenceNo, seq, at, actor }] };
    },
  }),

  custody_recorded: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        evidence: s.id,
        event: z.enum(CUSTODY_EVENTS),
        at: s.instant,
        purpose: s.text,
        sha256: s.hash.optional(),
        from: s.text.optional(),
        to: s.text.optional(),
        method: s.text.optional(),
        place: s.text.optional(),
        transfer: s.id.optional(),
        signature: s.signature.optional(),
        bag: s.hash.optional(),
        by: s.text.optional(),
      });
    },
    tell({ evidence, event, purpose, from, to }) {
      const way = [from && ` from ${from}`, to && ` to ${to}`].filter(Boolean).join('');
      return { text: `Evidence ${evidence.slice(0, 8)} ${event}${way}${because(purpose)}` };
    },
    apply: ({ at: happenedAt, ...event }, { seq, at, actor }) => ({
      custody: [{ ...event, happenedAt, seq, at, actor }],
    }),
  }),

  bag_written: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        path: s.text,
        sha256: s.hash,
        holds: z.enum(['evidence', 'case']),
        head: s.hash,
        encryptedTo: s.words.optional(),
        signature: s.signature.optional(),
        archive: s.hash.optional(),
      });
    },
    tell({ path, holds, encryptedTo = [], signature }) {
      const facts = [
        holds === 'case' ? 'the whole case' : 'evidence',
        signature === undefined ? 'not signed' : `signed by ${signature.key}`,
        ...(encryptedTo.length === 0 ? [] : ['encrypted']),
      ];
      return { text: `Bag written: ${path} (${facts.join(', ')}).` };
    },
    apply: (payload, { seq, at, actor }) => ({ bags: [{ ...payload, seq, at, actor }] }),
  }),

  indicator_added: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        id: s.id,
        type: s.text,
        value: s.text,
        source: s.text,
        tlp: s.text.optional(),
        firstSeen: s.instant.optional(),
        lastSeen: s.instant.optional(),
        comment: s.text.optional(),
      });
    },
    tell: ({ type, value, source }) => ({ text: `Indicator: ${type} ${value} (${source}).` }),
    apply: (payload, entry) => ({ indicators: [itemOf(payload, entry)] }),
  }),

  indicator_sighted: kind({
    isErasable: true,
    schema(z) {
      const s = shapes(z);
      return z.strictObject({
        indicator: s.id,
        at: s.instant,
        count: s.count,
        place: s.text,
        evidence: s.id.optional(),
      });
    },
    tell: ({ indicator, count, place }) => ({
      text: `Indicator ${indicator.slice(0, 8)} seen ${plural(count, 'time')} in ${place}.`,
    }),
    apply: (payload, entry) => ({ sightings: [itemOf({ id: entry.id, ...payload }, entry)] }),
  }),
};

/** The same content under two paths is one piece of evidence and has one number. */
function newSources(
  files: readonly Omit<SourceFile, 'evidenceNo' | 'savedAt' | 'savedBy' | 'folder'>[],
  { sources, evidence }: Known,
  saved: Pick<SourceFile, 'savedAt' | 'savedBy' | 'folder'>,
): SourceFile[] {
  const numberOf = createNumbering(sources.values(), evidence.values());
  const added = new Map<string, SourceFile>();
  for (const file of files) {
    // What was not read is accounted for in the saved timeline, but is no evidence.
    if (file.sha256 === '') continue;
    if (sources.has(sourceKey(file)) || added.has(sourceKey(file))) continue;
    const evidenceNo = numberOf(file.sha256);
    added.set(sourceKey(file), { ...file, evidenceNo, ...saved });
  }
  return [...added.values()];
}
