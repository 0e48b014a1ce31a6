/** Whether a file is as a package of Debian has it: dpkg keeps MD5 sums of files, and those of settings with the state of packages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The package that has exactly this content under this path; undefined: none. @param dpkg its folder */
export function packageOf(path: string, md5: string, dpkg: string): string | undefined {
  if (md5 === '') return undefined;
  const line = `${md5}  ${path.slice(1)}\n`;
  for (const name of namesIn(join(dpkg, 'info')))
    if (name.endsWith('.md5sums') && `${textOf(join(dpkg, 'info', name))}\n`.includes(line))
      return name.slice(0, -'.md5sums'.length);
  const setting = ` ${path} ${md5}`;
  const states = textOf(join(dpkg, 'status')).split('\n\n');
  const state = states.find((one) => one.split('\n').some((row) => row === setting));
  return state === undefined ? undefined : /^Package: (\S+)/m.exec(state)?.[1];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // Another system than Debian.
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
