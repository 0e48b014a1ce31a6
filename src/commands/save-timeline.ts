/** `ir timeline --save`: what was found goes into the incident, with every source file and its hash. */
import type { Timeline } from '../detect/finding.ts';
import type { SourceFile } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { authorOf, withIncident } from './incident-access.ts';

export interface SavedTimeline {
  key: string;
  /** Journal entry that holds it. */
  seq: number;
  head: string;
  newFindings: number;
  /** Findings that the incident had before; the newer account of each counts. */
  knownFindings: number;
  /** All evidence sources of the incident. */
  sources: readonly SourceFile[];
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
  const payload = { findings, files, argv };
  return withIncident(context, async (store, { id, key }) => {
    const known = new Set((await store.load(id)).findings.map((finding) => finding.id));
    const [entry] = await store.append(id, [
      { type: 'timeline_saved', payload, at: now.toISOString(), actor },
    ]);
    const ids = new Set(findings.map((finding) => finding.id));
    const newFindings = [...ids].filter((findingId) => !known.has(findingId)).length;
    const { sources, head } = await store.load(id);
    const knownFindings = ids.size - newFindings;
    return { key, seq: entry!.seq, head, newFindings, knownFindings, sources };
  });
}
