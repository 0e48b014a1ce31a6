/**
 * What `debsums` prints: a line per file, and on standard error what is wrong.
 * @see https://manpages.debian.org/bookworm/debsums/debsums.1.en.html
 */

/** What it says of the files of packages. */
export interface DebsumsOutput {
  changed: readonly string[];
  missing: readonly string[];
  /** Files that are as their package has them. */
  right: number;
  /** Packages that have no sums. */
  withoutSums: readonly string[];
  unknown: readonly string[];
}

const RESULT = /^(\/.*?) +(OK|FAILED|REPLACED)$/;
const SAID = /^debsums: (changed|missing) file (\/.*) \(from ([a-z0-9][a-z0-9+.:-]*) package\)$/;
const NO_SUMS = /^debsums: no md5sums for ([a-z0-9][a-z0-9+.:-]*)$/;

/** Reads both outputs. */
export function readDebsums(stdout: string, stderr: string): DebsumsOutput {
  const changed = new Set<string>();
  const missing = new Set<string>();
  const withoutSums: string[] = [];
  const unknown: string[] = [];
  let right = 0;
  for (const line of `${stdout}\n${stderr}`.split('\n')) {
    if (line === '') continue;
    const result = RESULT.exec(line);
    const said = SAID.exec(line);
    const none = NO_SUMS.exec(line);
    if (result?.[2] === 'OK') right += 1;
    else if (result !== null) changed.add(result[1] ?? '');
    else if (said !== null) (said[1] === 'changed' ? changed : missing).add(said[2] ?? '');
    else if (none !== null) withoutSums.push(none[1] ?? '');
    else unknown.push(line);
  }
  return { changed: [...changed], missing: [...missing], right, withoutSums, unknown };
}
