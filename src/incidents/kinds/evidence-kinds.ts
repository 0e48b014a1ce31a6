/** Entries about what was found and kept: timelines, reports, evidence and who had it, indicators. */
import { plural } from '../../events/words.ts';
import { because, kind, showsNothing } from '../entry-kind.ts';
import { shapes } from '../entry-shapes.ts';
import type { SourceFile } from '../incident-store.ts';
import { sourceKey } from '../projections.ts';

const CUSTODY_EVENTS = [
  'collected',
  'sealed',
  'verified',
  'copied',
  'transferred',
  'received',
  'exported',
  'released',
  'returned',
  'destroyed',
] as const;

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
      });
    },
    needs: () => ({ sources: true }),
    tell({ findings, files }) {
      // A file that was left out or could not be read has no hash.
      const read = files.filter(({ sha256 }) => sha256 !== '').length;
      const text = `${plural(findings.length, 'finding')} from ${plural(read, 'log file')}`;
      return { text: `Evidence saved: ${text}.` };
    },
    apply: ({ findings, files, superseded = [] }, { at, actor }, known) => ({
      supersededFindings: superseded,
      findings,
      sources: newSources(files, known.sources, at, actor),
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
      });
    },
    tell: ({ title, sha256, host, method }) => ({
      text: `Evidence taken from ${host} (${method}): ${title}, SHA-256 ${sha256.slice(0, 12)}.`,
    }),
    apply: showsNothing,
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
        signature: z.strictObject({ key: s.text, sha256: s.hash }).optional(),
      });
    },
    tell({ evidence, event, purpose, from, to }) {
      const way = [from && ` from ${from}`, to && ` to ${to}`].filter(Boolean).join('');
      return { text: `Evidence ${evidence.slice(0, 8)} ${event}${way}${because(purpose)}` };
    },
    apply: showsNothing,
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
    apply: showsNothing,
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
    apply: showsNothing,
  }),
};

/** The same content under two paths is one piece of evidence and has one number. */
function newSources(
  files: readonly Omit<SourceFile, 'evidenceNo' | 'savedAt' | 'savedBy'>[],
  saved: ReadonlyMap<string, SourceFile>,
  savedAt: string,
  savedBy: string,
): SourceFile[] {
  const numberOf = new Map<string, string>();
  for (const { sha256, evidenceNo } of saved.values()) numberOf.set(sha256, evidenceNo);
  const added = new Map<string, SourceFile>();
  for (const file of files) {
    // What was not read is accounted for in the saved timeline, but is no evidence.
    if (file.sha256 === '') continue;
    if (saved.has(sourceKey(file)) || added.has(sourceKey(file))) continue;
    const evidenceNo =
      numberOf.get(file.sha256) ??
      `E-${String(new Set(numberOf.values()).size + 1).padStart(3, '0')}`;
    numberOf.set(file.sha256, evidenceNo);
    added.set(sourceKey(file), { ...file, evidenceNo, savedAt, savedBy });
  }
  return [...added.values()];
}
