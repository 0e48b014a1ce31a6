/** Turns files that are not as their list has them into observations, with what they are now. */
import { createHash } from 'node:crypto';
import type { Level } from '../events/level.ts';
import { reasonOf } from '../logs/reason.ts';
import type { SystemCheck } from './check-system.ts';
import { lookOn } from './find-files.ts';
import { placeOn, readStart } from './machine.ts';
import type { Observation } from './observation.ts';
import type { ChangedFile } from './parse/changed-file.ts';

const MOST_HASHED_BYTES = 256_000_000;

const TEXT: Readonly<Record<ChangedFile['change'], string>> = {
  content: 'has other content than',
  attributes: 'has another mode, owner or capabilities than',
  times: 'has another time than',
  missing: 'is gone, and is in',
  added: 'is there, and is not in',
  unreadable: 'could not be compared with',
};

/**
 * Tells of one.
 * @param list what it was compared with, such as `the list of its package`
 */
export async function tellChanged(
  { machine, ledger }: SystemCheck,
  file: ChangedFile,
  list: string,
  detail: Observation['detail'],
): Promise<void> {
  const { path, change, marks, isConfiguration, reason } = file;
  if (change === 'unreadable') {
    ledger.unseen({ what: path, why: reason ?? `${list}: not compared (${marks})` });
    return;
  }
  const now = await factsOf({ machine, ledger }, path);
  const what = isConfiguration ? `${path} (settings)` : path;
  ledger.observe({
    kind: 'changed-file',
    level: levelOf(file, Number(now.detail['mode'] ?? 0)),
    subject: path,
    text: `${what} ${TEXT[change]} ${list}`,
    at: now.at,
    detail: { change, marks, isConfiguration, ...detail, ...now.detail },
  });
}

/** Fetches the content of files of another machine of which `tellChanged` gives the hash; of folders and large files only the facts. */
export async function fetchChanged(
  { remote }: SystemCheck['machine'],
  paths: readonly string[],
): Promise<void> {
  if (remote === undefined || paths.length === 0) return;
  await remote.list(paths, ['-maxdepth', '0']);
  const small = paths.filter((path) => {
    const facts = remote.facts.get(path);
    return facts?.kind === 'file' && facts.sizeBytes <= MOST_HASHED_BYTES;
  });
  await remote.bring(small, 'content');
}

const PROGRAMS = /^\/(?:usr\/)?(?:local\/)?(?:s?bin|lib(?:32|64|x32)?|libexec)\/|^\/boot\//;
/** Images are often made without them. */
const DOCUMENTS = /^\/usr\/share\/(?:doc|man|locale|info|lintian|help|groff)\//;

function levelOf({ path, change, isConfiguration }: ChangedFile, mode: number): Level {
  if (change === 'times') return 'informational';
  if (change === 'missing')
    return DOCUMENTS.test(path) ? 'informational' : isConfiguration ? 'low' : 'medium';
  if (isConfiguration) return 'low';
  const isProgram = PROGRAMS.test(path) || (mode & 0o111) !== 0;
  if (change === 'content') return isProgram ? 'high' : 'medium';
  return (mode & 0o6000) !== 0 ? 'high' : 'medium';
}

async function factsOf(
  { machine, ledger }: Pick<SystemCheck, 'machine' | 'ledger'>,
  path: string,
): Promise<{ at: string | undefined; detail: Observation['detail'] }> {
  const file = lookOn(machine, placeOn(machine, path), ledger.unseen);
  if (file === undefined) return { at: undefined, detail: {} };
  const { changedMs, modifiedMs, mode, uid, sizeBytes } = file;
  const facts = { mode, uid, sizeBytes, modifiedAt: new Date(modifiedMs).toISOString() };
  const at = new Date(changedMs).toISOString();
  if (file.kind !== 'file' || sizeBytes > MOST_HASHED_BYTES) return { at, detail: facts };
  try {
    const bytes = await readStart(file.absolute, MOST_HASHED_BYTES);
    return { at, detail: { ...facts, sha256: createHash('sha256').update(bytes).digest('hex') } };
  } catch (error) {
    ledger.unseen({ what: path, why: reasonOf(error) });
    return { at, detail: facts };
  }
}
