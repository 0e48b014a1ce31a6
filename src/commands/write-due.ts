/** Writes what `overdue.ts` reads: the actions that run out, or never reported back. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { isUnsettled } from '../incidents/kinds/action-kinds.ts';
import { type DueAction, OPEN_FILE } from './overdue.ts';

/** Keys of the incidents that are exercises. */
export const drillKeys = async (store: Pick<IncidentStore, 'list'>): Promise<ReadonlySet<string>> =>
  new Set((await store.list()).filter(({ isDrill }) => isDrill).map(({ key }) => key));

/** Writes the file anew from what the journal says. Where it cannot be written, commands say less. */
export async function writeDue(store: IncidentStore): Promise<void> {
  const inPlace = await store.actionsInPlace();
  const drills = inPlace.length === 0 ? new Set() : await drillKeys(store);
  const open = inPlace.flatMap(({ incident, action }): DueAction[] => {
    // What an exercise simulated is on no machine.
    if (drills.has(incident)) return [];
    const { no, name, target, host, until, risk } = action;
    const unsettled = risk !== 'read' && isUnsettled(action);
    if (until === undefined && !unsettled) return [];
    return [
      {
        no,
        incident,
        name,
        target,
        host,
        isUnsettled: unsettled,
        ...(until === undefined ? {} : { until }),
      },
    ];
  });
  const path = join(store.folder, OPEN_FILE);
  try {
    if (open.length === 0) return rmSync(path, { force: true });
    const temporary = `${path}.tmp-${process.pid}`;
    writeFileSync(temporary, JSON.stringify(open), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A full disk is told by what writes the journal.
  }
}
