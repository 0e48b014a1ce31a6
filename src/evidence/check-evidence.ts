/** Is what was taken into keeping still there, and still the same? */
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { IrError, messageOf } from '../errors.ts';
import { type CustodyEvent, type EvidenceItem, isInStore } from '../incidents/evidence.ts';
import { EVIDENCE_FOLDER, hashFile, keptPath, type Reading } from './content-store.ts';

/** How a content was found: `unread` where nothing can be said of it. */
export type EvidenceState = 'same' | 'changed' | 'missing' | 'unread';

/** A piece of evidence, and how its content was found. */
export interface CheckedItem {
  item: EvidenceItem;
  state: EvidenceState;
  /** Where it was looked for. */
  path: string;
  /** What was found instead, or why nothing could be read. */
  detail: string;
}

/** What lies in the store's folder of contents beside what the cases name. */
export interface Strays {
  /** Files whose content is not the one that their name says. */
  changed: readonly string[];
  /** Files that no entry names: a run was stopped, or somebody put them there. */
  unnamed: readonly string[];
}

/**
 * Reads every content that is kept once more, and those that are referred to where they lie.
 * @param store the store's folder
 */
export async function checkItems(
  store: string,
  items: readonly EvidenceItem[],
  custody: readonly CustodyEvent[],
  reading: Reading,
): Promise<CheckedItem[]> {
  const found: CheckedItem[] = [];
  const seen = new Map<string, Omit<CheckedItem, 'item'>>();
  for (const item of items) {
    const isCopy = isInStore(item, custody);
    const path = isCopy ? join(store, keptPath(item.sha256)) : item.path;
    // A copy is shared by all that have its content.
    const key = isCopy ? path : `${item.sha256}:${path}`;
    const checked = seen.get(key) ?? (await checkFile(path, item.sha256, reading));
    seen.set(key, checked);
    found.push({ item, ...checked });
  }
  return found;
}

async function checkFile(
  path: string,
  sha256: string,
  reading: Reading,
): Promise<Omit<CheckedItem, 'item'>> {
  try {
    const content = await hashFile(path, reading);
    if (content.sha256 === sha256) return { state: 'same', path, detail: '' };
    return { state: 'changed', path, detail: `its SHA-256 is ${content.sha256} now` };
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    );
    return { state: isThere ? 'unread' : 'missing', path, detail: messageOf(error) };
  }
}

/**
 * Looks at what else lies in the folder of contents. Drafts of runs that were stopped are passed over.
 * @param named hashes that entries name; of those, only what `checked` has not read is read
 */
export async function findStrays(
  store: string,
  named: ReadonlySet<string>,
  checked: ReadonlySet<string>,
  reading: Reading,
): Promise<Strays> {
  const folder = join(store, EVIDENCE_FOLDER);
  const changed: string[] = [];
  const unnamed: string[] = [];
  for (const place of [folder, join(folder, 'output')]) {
    const files = await readdir(place, { withFileTypes: true }).catch(() => []);
    for (const { name } of files.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (name.startsWith('.tmp-') || (place === folder && name === 'output')) continue;
      const path = join(place, name);
      if (checked.has(path)) continue;
      if (!named.has(name)) unnamed.push(path);
      else if ((await checkFile(path, name, reading)).state !== 'same') changed.push(path);
    }
  }
  return { changed, unnamed };
}
