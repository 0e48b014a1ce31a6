/** How this machine stands, as figures of a panel: processors, memory, the disk of the workspace. */
import type { Figure } from '../pages/live-model.ts';

/** What was measured; parts of 1. */
type Measured = Readonly<
  Partial<Record<'cpu.busy' | 'memory.used' | 'disk.used', { value: number }>>
>;

const NAMES = {
  'cpu.busy': 'processors busy',
  'memory.used': 'memory in use',
  'disk.used': 'disk in use',
} as const;

/** The figures; what could not be measured is absent. */
export const hostPanelFigures = (measured: Measured): Figure[] =>
  (Object.keys(NAMES) as (keyof typeof NAMES)[]).flatMap((name) => {
    const part = measured[name]?.value;
    if (part === undefined) return [];
    const level = part >= 0.95 ? 'high' : part >= 0.85 ? 'medium' : undefined;
    return [{ label: NAMES[name], value: `${Math.round(part * 100)} %`, level }];
  });
