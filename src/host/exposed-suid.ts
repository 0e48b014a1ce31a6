/** Programs that run with the rights of their owner or group, whoever starts them, new or changed since. */
import type { Exposure } from './exposure.ts';
import { type FoundFile, findFiles, lookOn } from './find-files.ts';
import { placeOn } from './machine.ts';
import { packagedFiles } from './packages.ts';
import { SET_ID_TESTS } from './remote-facts.ts';

const SET_UID = 0o4000;
const SET_GID = 0o2000;

/** Looks at every file of the machine. */
export async function exposedSuid(exposure: Exposure): Promise<void> {
  const { machine, sinceMs, ledger } = exposure;
  const found: FoundFile[] = [];
  for await (const file of machine.remote === undefined
    ? setIdFiles(exposure)
    : toldFiles(exposure)) {
    ledger.looked('set-uid and set-gid programs');
    if (Math.max(file.changedMs, file.modifiedMs) >= sinceMs) found.push(file);
  }
  const packaged = await packagedFiles(
    machine,
    found.map(({ shown }) => shown),
  );
  for (const { shown, mode, uid, gid, sizeBytes, changedMs } of found) {
    const origin = packaged.get(shown);
    const isUser = (mode & SET_UID) !== 0;
    const right = `runs as ${isUser ? `user ${uid}` : `group ${gid}`}`;
    ledger.observe({
      kind: 'suid',
      level: origin?.isAsPackaged === true ? 'low' : isUser && uid === 0 ? 'critical' : 'high',
      subject: shown,
      text: `${shown} ${right} and was put there or changed since${origin?.isAsPackaged === true ? `; it is as the package ${origin.package} has it` : ''}`,
      at: new Date(changedMs).toISOString(),
      detail: {
        ...{ mode: mode.toString(8).padStart(4, '0'), uid, gid, sizeBytes },
        ...(origin !== undefined && { package: origin.package }),
      },
    });
  }
}

async function* setIdFiles({ machine, ledger, progress }: Exposure): AsyncGenerator<FoundFile> {
  let files = 0;
  for await (const file of findFiles(machine, ['/'], { unseen: ledger.unseen })) {
    if (file.kind !== 'file') continue;
    files += 1;
    if (files % 20_000 === 0) progress(`looking at: suid, ${files} files`);
    if ((file.mode & (SET_UID | SET_GID)) !== 0 && (file.mode & 0o111) !== 0) yield file;
  }
  ledger.looked('files', files);
}

/** Over there `find` goes through all files. */
async function* toldFiles({ machine, ledger }: Exposure): AsyncGenerator<FoundFile> {
  for (const path of (await machine.remote?.list(['/'], SET_ID_TESTS)) ?? []) {
    const file = lookOn(machine, placeOn(machine, path), ledger.unseen);
    if (file !== undefined) yield file;
  }
}
