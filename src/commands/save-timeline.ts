/** `ir timeline --save`: what was found goes into the incident, with every source file and its hash. */
import type { Timeline } from '../detect/finding.ts';
import { reconcileFindings, reconciling } from '../detect/known-findings.ts';
import type { IncidentDetail, SourceFile } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { createTurns, inTurns } from '../logs/turns.ts';
import type { CommandContext } from './context.ts';
import { authorOf, withIncident } from './incident-access.ts';

/** What of a timeline was put into the incident. */
export interface SavedTimeline {
  /** Key of the incident. */
  incident: string;
  /** Journal entry that holds it. */
  seq: number;
  head: string;
  /** Findings saved now. */
  findings: number;
  /** Those among them that the incident did not have before; of the others the newer account counts. */
  newFindings: number;
  /** Source files read now. */
  sources: number;
  /** All evidence sources of the incident, with their numbers. */
  evidence: readonly SourceFile[];
}

/**
 * Appends the findings and file accounts of `timeline` to the incident.
 * @param argv the arguments of the command line that made it, for the record
 */
export async function saveTimeline(
  context: CommandContext,
  timeline: Pick<Timeline, 'findings' | 'files'>,
  argv: readonly string[] = process.argv.slice(2),
): Promise<SavedTimeline> {
  const { findings, files } = timeline;
  const { actor, now } = authorOf(context);
  return withIncident(context, async (store, { id, key }) => {
    const turn = createTurns(context.signal);
    const before = await store.load(id);
    let known = await inTurns(reconciling(before.findings, findings), turn);
    const entriesFor = (state: IncidentDetail | undefined): NewEntry[] => {
      // Somebody else wrote meanwhile: what he saved counts as well.
      const isOther = state !== undefined && state.head !== before.head;
      if (isOther) known = reconcileFindings(state.findings, findings);
      const { superseded } = known;
      const payload = {
        ...{ findings: known.findings, files, argv },
        ...(superseded.length > 0 && { superseded }),
        folder: context.settings.cwd,
      };
      return [{ type: 'timeline_saved', payload, at: now.toISOString(), actor }];
    };
    const [entry] = await store.append(id, entriesFor, turn);
    const { sources: evidence, head } = await store.load(id);
    return {
      incident: key,
      seq: entry!.seq,
      head,
      findings: known.findings.length,
      newFindings: known.newCount,
      sources: files.filter(({ sha256 }) => sha256 !== '').length,
      evidence,
    };
  });
}
