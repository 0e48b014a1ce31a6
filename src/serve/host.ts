/** How this machine stands: processors, memory, the disk of the workspace. */
import { statfsSync } from 'node:fs';
import { availableParallelism, freemem, loadavg, totalmem } from 'node:os';
import type { Figure } from '../pages/live-model.ts';

/** Asks the system. @param folder on whose disk room is looked at */
export function hostFigures(folder: string): Figure[] {
  const load = (loadavg()[0] ?? 0) / availableParallelism();
  const memory = 1 - freemem() / totalmem();
  return [
    figure('processors asked for', load),
    figure('memory in use', memory),
    ...diskFigure(folder),
  ];
}

function diskFigure(folder: string): Figure[] {
  try {
    const { blocks, bfree, bavail } = statfsSync(folder);
    const used = blocks - bfree;
    return used + bavail > 0 ? [figure('disk in use', used / (used + bavail))] : [];
  } catch {
    return [];
  }
}

const figure = (label: string, part: number): Figure => ({
  ...{ label, value: `${Math.round(part * 100)} %` },
  level: part >= 0.95 ? 'high' : part >= 0.85 ? 'medium' : undefined,
});
