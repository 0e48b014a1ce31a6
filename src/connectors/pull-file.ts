/**
 * Records of a source into one file of JSON lines. Beside it, until it is whole, stands where to go on: a run that was ended,
 * or that the other side failed, goes on there, and nothing is written twice.
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync } from 'node:fs';
import { open, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { Asked, Page, Source } from './connector.ts';

/** What was pulled. */
export interface Pulled {
  records: number;
  bytes: number;
  /** Of the whole file, hex. */
  sha256: string;
  /** Did it go on with what an earlier run had begun? */
  isResumed: boolean;
}

interface State {
  place: string;
  query: string;
  cursor: unknown;
  records: number;
  bytes: number;
}

const PART = '.part';
const STATE = '.cursor';

/** @param path where the whole file stands in the end; must not be there */
export async function pullFile(
  source: Source,
  place: string,
  asked: Asked,
  path: string,
  progress: (records: number) => void,
): Promise<Pulled> {
  const query = source.describe(asked);
  const [part, stateFile] = [`${path}${PART}`, `${path}${STATE}`];
  const earlier = await stateOf(stateFile, part, place, query);
  let { records, bytes, cursor }: Pick<State, 'records' | 'bytes' | 'cursor'> = earlier ?? {
    ...{ records: 0, bytes: 0, cursor: undefined },
  };
  if (earlier !== undefined) await truncate(part, bytes);
  const file = await open(part, earlier === undefined ? 'w' : 'a', 0o600);
  try {
    for await (const page of withoutRepeats(source.read(asked, cursor))) {
      const text = Buffer.from(
        page.records.map(({ record }) => `${JSON.stringify(record)}\n`).join(''),
        'utf8',
      );
      await file.appendFile(text);
      bytes += text.length;
      records += page.records.length;
      cursor = page.cursor;
      progress(records);
      if (cursor === undefined) continue;
      await file.datasync();
      const state: State = { place, query, cursor, records, bytes };
      await writeFile(`${stateFile}.tmp`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${stateFile}.tmp`, stateFile);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const sha256 = await hashOf(part);
  await rename(part, path);
  await rm(stateFile, { force: true });
  return { records, bytes, sha256, isResumed: earlier !== undefined };
}

/** What an earlier run left, where it asked the same of the same place. */
async function stateOf(
  stateFile: string,
  part: string,
  place: string,
  query: string,
): Promise<State | undefined> {
  if (!existsSync(stateFile) || !existsSync(part)) return undefined;
  try {
    const state = JSON.parse(await readFile(stateFile, 'utf8')) as State;
    const isSame = state.place === place && state.query === query;
    return isSame && (await stat(part)).size >= state.bytes ? state : undefined;
  } catch {
    return undefined;
  }
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** A server that gives a page again, or some of its records, must not double them; one that gives nothing else has to end. */
async function* withoutRepeats(pages: AsyncIterable<Page>): AsyncGenerator<Page> {
  let before: ReadonlySet<string> = new Set();
  let repeated = 0;
  for await (const { records, cursor } of pages) {
    const ids = new Set(before);
    const fresh = records.filter(({ id }) => {
      if (id === undefined) return true;
      if (ids.has(id)) return false;
      ids.add(id);
      return true;
    });
    before = new Set(records.flatMap(({ id }) => id ?? []));
    repeated = records.length > 0 && fresh.length === 0 ? repeated + 1 : 0;
    if (repeated === MOST_REPEATED) return;
    yield { records: fresh, cursor };
  }
}

const MOST_REPEATED = 3;
