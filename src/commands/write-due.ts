/** Writes what `overdue.ts` reads: the actions that run out, or never reported back. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { isUnsettled } from '../incidents/kinds/action-kinds.ts';
import { type DueAction, OPEN_FILE } from './overdue.ts';

/** Writes the file anew from what the journal says. Where it cannot be written, commands say less. */
export async function writeDue(store: IncidentStore): Promise<void> {
  const open = (await store.actionsInPlace()).flatMap(({ incident, action }): DueAction[] => {
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
