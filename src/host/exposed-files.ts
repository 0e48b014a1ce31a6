/** Files that tell a system what to run, new or changed since. */
import type { Exposure } from './exposure.ts';
import { homesOf, type PLACES, placesOf } from './exposure-places.ts';
import { type FoundFile, findFiles } from './find-files.ts';
import { readStart } from './machine.ts';
import { packagedFiles } from './packages.ts';

const MOST_SHOWN_BYTES = 2_000;

/** Tells of the files in the places of a kind. */
export async function exposedFiles(
  { machine, sinceMs, accounts, ledger }: Exposure,
  kind: keyof typeof PLACES,
): Promise<void> {
  const places = placesOf(kind, homesOf(accounts));
  const found = new Map<string, FoundFile>();
  for await (const file of findFiles(machine, places, { depth: 6, unseen: ledger.unseen })) {
    if (file.kind === 'folder') continue;
    ledger.looked(`${kind} files`);
    // The links that enable units are changed by whoever enables them, and by packages.
    if (Math.max(file.changedMs, file.modifiedMs) >= sinceMs)
      found.set(`${file.device}:${file.inode}`, file);
  }
  const files = [...found.values()];
  const packaged = await packagedFiles(
    machine,
    files.map(({ shown }) => shown),
  );
  for (const file of files) {
    const { shown, changedMs, mode, uid, sizeBytes } = file;
    const origin = packaged.get(shown);
    const isAsPackaged = origin?.isAsPackaged === true;
    ledger.observe({
      kind,
      level: isAsPackaged ? 'informational' : file.kind === 'link' ? 'low' : 'medium',
      subject: shown,
      text: `${shown} was put there or changed since${isAsPackaged ? `; it is as the package ${origin.package} has it` : ''}`,
      at: new Date(changedMs).toISOString(),
      detail: {
        ...{ mode: mode.toString(8).padStart(4, '0'), uid, sizeBytes },
        ...(origin !== undefined && { package: origin.package }),
        ...(file.kind === 'file' && !isAsPackaged && { begins: await beginningOf(file) }),
      },
    });
  }
}

async function beginningOf({ absolute }: FoundFile): Promise<string> {
  try {
    return (await readStart(absolute, MOST_SHOWN_BYTES)).toString('utf8');
  } catch {
    return '';
  }
}
