/** Two people may open the same case, each in a store of their own: what two incidents have in common, and what was said on both sides. */
import type { IncidentDetail } from './incident-store.ts';
import type { StoredEntry } from './journal-chain.ts';

/** Words for what both have; none where nothing suggests that they are one case. */
export function likeness(one: IncidentDetail, other: IncidentDetail): string[] {
  const shared = (valuesOf: (detail: IncidentDetail) => readonly string[]): number => {
    const known = new Set(valuesOf(one).filter((value) => value !== ''));
    return new Set(valuesOf(other).filter((value) => known.has(value))).size;
  };
  const files = shared(({ sources, evidence }) =>
    [...sources, ...evidence].map(({ sha256 }) => sha256),
  );
  const findings = shared((detail) => detail.findings.map(({ id }) => id));
  const titles = shared(({ incident }) => [incident.title.trim().toLowerCase()]);
  return [
    ...(titles > 0 ? ['the title'] : []),
    ...(findings > 0 ? [findings === 1 ? '1 finding' : `${findings} findings`] : []),
    ...(files > 0 ? [files === 1 ? '1 file' : `${files} files`] : []),
  ];
}

/**
 * What both said while they were apart, in words: of each the later in the order of the journal counts.
 * @param own, theirs the entries that only one of the two has
 */
export function saidOnBoth(own: readonly StoredEntry[], theirs: readonly StoredEntry[]): string[] {
  const known = new Set(own.flatMap(subjectsOf));
  return [...new Set(theirs.flatMap(subjectsOf))].filter((subject) => known.has(subject)).sort();
}

interface Said {
  changes?: object;
  stepId?: unknown;
  of?: unknown;
  id?: unknown;
}

function subjectsOf({ type, payloadText }: StoredEntry): string[] {
  if (payloadText === undefined) return [];
  const { changes = {}, stepId, of, id } = JSON.parse(payloadText) as Said;
  if (type === 'incident_updated') return Object.keys(changes);
  if (type.startsWith('step_')) return [`step ${String(stepId)}`];
  if (['phase_changed', 'incident_closed', 'incident_reopened'].includes(type)) return ['phase'];
  if (type === 'item_corrected') return [`${String(of)} ${String(id).slice(0, 8)}`];
  return [];
}
