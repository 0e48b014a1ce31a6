/** Paths on a mounted disk: links are followed as the system on that disk would, never out of it. */
import { lstatSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const MOST_LINKS = 40;
const NOWHERE = '.a-circle-of-links';

/** Where an absolute path of the system on the disk lies. Parts that are not there stay as they are; a circle of links leads nowhere. */
export function insideRoot(root: string, path: string): string {
  let waiting = partsOf(path);
  let at: string[] = [];
  let links = 0;
  while (waiting.length > 0) {
    const [part = '', ...rest] = waiting;
    waiting = rest;
    if (part === '..') at.pop();
    else {
      const here = join(root, ...at, part);
      const target = linkAt(here);
      if (target === undefined) at.push(part);
      else {
        links += 1;
        if (links > MOST_LINKS) return join(root, NOWHERE);
        if (target.startsWith('/')) at = [];
        waiting = [...partsOf(target), ...rest];
      }
    }
  }
  return join(root, ...at);
}

const partsOf = (path: string): string[] =>
  path.split('/').filter((part) => part !== '' && part !== '.');

function linkAt(path: string): string | undefined {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : undefined;
  } catch {
    return undefined;
  }
}
