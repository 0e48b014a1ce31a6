/** What is to be done with the files of an archive, by its policy. Pure: what it gives is shown, recorded, then done. */
import { relative } from 'node:path';
import { holdOn, type LogFile } from './log-files.ts';
import { type Period, periodBefore, periodText } from './period.ts';
import type { Source } from './policy.ts';

/** One file and what becomes of it. */
export interface Disposal {
  source: string;
  path: string;
  bytes: number;
  modifiedMs: number;
  act: 'compress' | 'move' | 'delete';
  /** Where it goes. */
  to?: string | undefined;
  why: string;
}

/** A file that ought to go and stays. */
export interface Spared {
  path: string;
  reason: string;
}

/** Files are left alone that were written so lately that their writer may not be done, ms. */
const AT_REST_MS = 3_600_000;
const PACKED = /\.(?:gz|xz|bz2|zst|lz4|zip|7z|tgz)$/i;

/**
 * One act for each file: deleting comes before moving, moving before compressing.
 * @param holds legal holds that stand
 */
export function schedule(
  source: Source,
  files: readonly LogFile[],
  holds: readonly { name: string; logs: readonly string[] }[],
  now: Date,
): { disposals: Disposal[]; spared: Spared[] } {
  const disposals: Disposal[] = [];
  const spared: Spared[] = [];
  const { archive, move, compressAfter, window, name } = source;
  if (archive === undefined) return { disposals, spared };
  for (const file of files) {
    const { path, bytes, modifiedMs } = file;
    const isAway = move !== undefined && isBelow(path, move.to);
    if (!isBelow(path, archive) && !isAway) continue;
    const isOlder = (period: Period | undefined): boolean =>
      period !== undefined && modifiedMs < periodBefore(now, period).getTime();
    const act = ((): Pick<Disposal, 'act' | 'to' | 'why'> | undefined => {
      if (isOlder(window.keep))
        return { act: 'delete', why: `older than ${periodText(window.keep!)}` };
      if (move !== undefined && !isAway && isOlder(move.after)) {
        const to = `${move.to}/${relative(archive, path)}`;
        return { act: 'move', to, why: `older than ${periodText(move.after)}` };
      }
      if (isOlder(compressAfter) && !PACKED.test(path) && bytes > 0)
        return {
          act: 'compress',
          to: `${path}.gz`,
          why: `older than ${periodText(compressAfter!)}`,
        };
      return undefined;
    })();
    if (act === undefined) continue;
    const hold = holdOn(path, holds);
    if (window.conflicts.length > 0)
      spared.push({ path, reason: `the policy contradicts itself: ${window.conflicts[0]}` });
    else if (hold !== undefined) spared.push({ path, reason: `legal hold ${hold.name}` });
    else if (!file.isFile) spared.push({ path, reason: 'it is no plain file' });
    else if (file.links > 1 && act.act !== 'delete')
      spared.push({ path, reason: `it has ${file.links} names` });
    else if (now.getTime() - modifiedMs < AT_REST_MS)
      spared.push({ path, reason: 'it was written within the last hour' });
    else disposals.push({ source: name, path, bytes, modifiedMs, ...act });
  }
  return { disposals, spared };
}

/** Does the path lie below the folder? */
export const isBelow = (path: string, folder: string): boolean =>
  path.startsWith(`${folder.replace(/\/+$/, '')}/`);
