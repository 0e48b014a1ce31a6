/** How the machine stands on which a watch works. */
import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { createHostFigures } from '../alerts/host-figures.ts';
import type { DiskState } from '../watch/quiet.ts';
import type { HostSample } from '../watch/traffic.ts';

/** Asks processors, memory and the disks of these folders; parts of 1. @param now milliseconds */
export function hostSampler(folders: readonly string[], now: () => number): () => HostSample {
  const host = createHostFigures(folders, []);
  return () => {
    const samples = host.samples(now());
    return {
      cpu: rounded(samples['cpu.busy']?.value),
      memory: rounded(samples['memory.used']?.value),
      disk: rounded(samples['disk.used']?.value),
    };
  };
}

const rounded = (part: number | undefined): number | undefined =>
  part === undefined ? undefined : Math.round(part * 1000) / 1000;

/** How full the disks are on which these files lie, each once. */
export function disksOf(paths: readonly string[]): DiskState[] {
  const disks = new Map<string, DiskState>();
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    try {
      const { bavail, blocks, bfree, type } = statfsSync(folder);
      const used = blocks - bfree;
      // As df has it: what is kept for root is no room.
      if (used + bavail > 0)
        disks.set(`${type} ${blocks} ${bfree}`, { path: folder, used: used / (used + bavail) });
    } catch {
      // A folder that is gone is told by what reads in it.
    }
  }
  return [...disks.values()];
}
