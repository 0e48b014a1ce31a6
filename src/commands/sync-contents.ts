/** The files of an incident in two stores: each gets those that only the other has. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EVIDENCE_FOLDER, takeIn } from '../evidence/content-store.ts';
import { isInStore } from '../incidents/evidence.ts';
import { type IncidentStore, loadWhole, type WholeIncident } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { outputsOf } from './evidence-export.ts';

/** What became of the files. */
export interface CopiedContents {
  taken: number;
  given: number;
  /** Hashes of evidence that lies in neither. */
  missing: readonly string[];
  /** Paths of files whose content is not that of their name. */
  changed: readonly string[];
}

/** Copies what one of the two lacks, each file checked by its hash while it is read. */
export async function copyContents(
  context: CommandContext,
  own: IncidentStore,
  other: IncidentStore,
  id: string,
  { oneWay }: { oneWay?: boolean | undefined },
): Promise<CopiedContents> {
  const copied = { taken: 0, given: 0, missing: [] as string[], changed: [] as string[] };
  const pathIn = (store: IncidentStore, path: string): string =>
    join(store.folder, EVIDENCE_FOLDER, path);
  for (const { sha256, below, isNeeded } of contentsOf(await loadWhole(own, id))) {
    const path = join(below, sha256);
    const [here, there] = [own, other].map((store) => existsSync(pathIn(store, path)));
    if (here === there) {
      if (here === false && isNeeded) copied.missing.push(sha256);
      continue;
    }
    if (here === true && oneWay === true) continue;
    const [from, to] = here === true ? [own, other] : [other, own];
    const source = pathIn(from, path);
    // What lies there under a wrong name is not given on.
    const { sha256: found } = await takeIn(source, undefined, context);
    if (found !== sha256) {
      copied.changed.push(source);
      continue;
    }
    await takeIn(source, to.folder, context, below);
    copied[here === true ? 'given' : 'taken'] += 1;
  }
  return copied;
}

interface KeptFile {
  sha256: string;
  /** Folder within that of the evidence. */
  below: '' | 'output';
  /** Evidence has to be there; what commands printed may be gone. */
  isNeeded: boolean;
}

function contentsOf({ evidence, custody, actions = [], bags, journal }: WholeIncident): KeptFile[] {
  const kept = evidence.filter((item) => isInStore(item, custody)).map(({ sha256 }) => sha256);
  const signatures = [...custody, ...bags].flatMap(({ signature }) => signature?.sha256 ?? []);
  const before = actions.flatMap((action) => action.before ?? []);
  const files = [
    ...kept.map((sha256): KeptFile => ({ sha256, below: '', isNeeded: true })),
    ...signatures.map((sha256): KeptFile => ({ sha256, below: '', isNeeded: false })),
    ...[...outputsOf(journal), ...before].map(
      (sha256): KeptFile => ({ sha256, below: 'output', isNeeded: false }),
    ),
  ];
  return [...new Map(files.map((file) => [join(file.below, file.sha256), file])).values()];
}
