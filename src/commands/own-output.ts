/** What earlier runs wrote, told by how it begins: such a file is nobody's log. */
import { closeSync, openSync, readSync } from 'node:fs';

const HEAD_BYTES = 65_536;
/** A page, a PDF, a result as JSON or CSV; as lines of JSON where the first says which line it was read from. */
const OURS =
  /^(?:<!DOCTYPE html>\n<html |%PDF-|\{\s{0,8}"schema":\s?"ir\.[a-z]|first_seen,last_seen,level,rule_id,|\{"@timestamp":"[^"\n]{1,40}","event":\{"kind":"[^\n]{1,60000}"ir":\{)/;

/** Does the file begin as a result of `ir` does? Where it cannot be read, nobody knows. */
export function isOwnOutput(path: string): boolean {
  try {
    const descriptor = openSync(path, 'r');
    try {
      const head = Buffer.alloc(HEAD_BYTES);
      return OURS.test(head.toString('latin1', 0, readSync(descriptor, head, 0, HEAD_BYTES, 0)));
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return false;
  }
}
