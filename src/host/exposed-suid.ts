/** Programs that run with the rights of their owner or group, whoever starts them, new or changed since. */
import type { Exposure } from './exposure.ts';
import { type FoundFile, findFiles } from './find-files.ts';
import { packagedFiles } from './packages.ts';

const SET_UID = 0o4000;
const SET_GID = 0o2000;

/** Looks at every file of the machine. */
export async function exposedSuid({ machine, sinceMs, ledger, progress }: Exposure): Promise<void> {
  const found: FoundFile[] = [];
  let files = 0;
  for await (const file of findFiles(machine, ['/'], { unseen: ledger.unseen })) {
    if (file.kind !== 'file') continue;
    files += 1;
    if (files % 20_000 === 0) progress(`looking at: suid, ${files} files`);
    if ((file.mode & (SET_UID | SET_GID)) === 0 || (file.mode & 0o111) === 0) continue;
    ledger.looked('set-uid and set-gid programs');
    if (Math.max(file.changedMs, file.modifiedMs) >= sinceMs) found.push(file);
  }
  ledger.looked('files', files);
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
