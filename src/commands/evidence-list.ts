/** `ir evidence list` and `ir evidence show`: what is kept, and who had it. */
import { type CustodyEvent, custodyOf, type EvidenceItem } from '../incidents/evidence.ts';
import type { SourceFile } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { findOne } from './evidence-find.ts';
import { withIncident } from './incident-access.ts';

/** An item, and where it is on its way. */
export interface ListedEvidence extends EvidenceItem {
  holder: string;
  /** The transfer that nobody has received yet. */
  open: CustodyEvent | undefined;
}

/** What `ir evidence list` shows. */
export interface EvidenceListResult {
  /** Key of the incident. */
  incident: string;
  evidence: readonly ListedEvidence[];
  /** Log files of saved timelines that are registered and not kept. */
  logs: readonly Pick<
    SourceFile,
    'evidenceNo' | 'path' | 'sha256' | 'sizeBytes' | 'format' | 'savedAt' | 'savedBy'
  >[];
}

/** What `ir evidence show` shows: one item and its custody. */
export interface EvidenceShowResult {
  incident: string;
  item: ListedEvidence;
  custody: readonly CustodyEvent[];
}

/** Lists the evidence of the incident, by number. */
export const listEvidence = (context: CommandContext): Promise<EvidenceListResult> =>
  withIncident(context, async (store, { id, key }) => {
    const { evidence, custody, sources } = await store.load(id);
    const kept = new Set(evidence.map(({ evidenceNo }) => evidenceNo));
    return {
      incident: key,
      evidence: evidence.map((item) => listed(item, custody)),
      logs: sources
        .filter(({ evidenceNo }) => !kept.has(evidenceNo))
        .map(({ evidenceNo, path, sha256, sizeBytes, format, savedAt, savedBy }) => ({
          ...{ evidenceNo, path, sha256, sizeBytes, format, savedAt, savedBy },
        })),
    };
  });

/** Shows one item. @throws IrError (exit 6) when there is none */
export const showEvidence = (context: CommandContext, word: string): Promise<EvidenceShowResult> =>
  withIncident(context, async (store, { id, key }) => {
    const detail = await store.load(id);
    const item = findOne(detail, word);
    return {
      incident: key,
      item: listed(item, detail.custody),
      custody: detail.custody.filter(({ evidence }) => evidence === item.id),
    };
  });

/** Machine output has every member. */
const UNSAID = {
  ...{ origin: undefined, tool: undefined, argv: undefined, run: undefined },
  ...{ clockOffsetMs: undefined, covers: undefined, remarks: undefined, bag: undefined },
  withdrawn: undefined,
};

/** The item with who has it. */
export function listed(item: EvidenceItem, custody: readonly CustodyEvent[]): ListedEvidence {
  const { holder, open } = custodyOf(item, custody);
  return { ...UNSAID, ...item, holder, open };
}
