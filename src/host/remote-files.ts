/** The files below a folder of another machine, with their content, of which little is here at a time. */
import { existsSync } from 'node:fs';
import { type FindOptions, type FoundFile, lookOn } from './find-files.ts';
import { type Machine, placeOn, type Remote } from './machine.ts';

/** Fetched in one archive, unless one file alone is larger. */
const AT_ONCE_BYTES = 64_000_000;
const AT_ONCE_FILES = 200;

/** The named path first, then what lies below it; the copy of a file is gone when the next ones come. */
export async function* remoteFiles(
  machine: Machine,
  remote: Remote,
  path: string,
  unseen: FindOptions['unseen'],
): AsyncGenerator<FoundFile> {
  const found = (await remote.list([path], [])).flatMap(
    (one) => lookOn(machine, placeOn(machine, one), unseen) ?? [],
  );
  const [first] = found;
  if (first?.kind === 'link')
    unseen({ what: path, why: 'it is a link: name the file or folder itself' });
  for (const file of found) if (file.kind !== 'file') yield file;
  for (const some of inArchives(found.filter(({ kind }) => kind === 'file'))) {
    const paths = some.map(({ shown }) => shown);
    await remote.bring(paths, 'content');
    for (const file of some) {
      if (existsSync(file.absolute)) yield file;
      else unseen({ what: file.shown, why: 'it did not come' });
    }
    remote.drop(paths);
  }
}

function* inArchives(files: readonly FoundFile[]): Generator<FoundFile[]> {
  let some: FoundFile[] = [];
  let bytes = 0;
  for (const file of files) {
    if (
      some.length > 0 &&
      (some.length >= AT_ONCE_FILES || bytes + file.sizeBytes > AT_ONCE_BYTES)
    ) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(file);
    bytes += file.sizeBytes;
  }
  if (some.length > 0) yield some;
}
