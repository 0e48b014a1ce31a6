/** Events that were pushed come back as the files that they were read from: what several logs tell of one act is told apart by file. */
import { createReadStream } from 'node:fs';
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A part of what was pulled. */
export interface PulledPart {
  path: string;
  /** As the file was called when it was pushed; undefined for what names none. */
  file: string | undefined;
}

/** More files at a time are not held open. */
const MOST_OPEN = 32;
/** More files than this stay together. */
const MOST_PARTS = 10_000;

/** Splits a file of documents into the folder, in the order of lines. */
export async function splitByFile(
  pulled: string,
  folder: string,
  prefix: string,
): Promise<PulledPart[]> {
  const parts = new Map<string, PulledPart>();
  const handles = new Map<string, FileHandle>();
  const waiting = new Map<string, string[]>();
  let held = 0;
  const write = async (): Promise<void> => {
    for (const [key, lines] of waiting) {
      let handle = handles.get(key);
      if (handle === undefined) {
        if (handles.size >= MOST_OPEN) {
          for (const one of handles.values()) await one.close();
          handles.clear();
        }
        handle = await open(parts.get(key)!.path, 'a', 0o600);
        handles.set(key, handle);
      }
      await handle.appendFile(lines.join(''));
    }
    waiting.clear();
    held = 0;
  };
  const lines = createInterface({
    input: createReadStream(pulled),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  for await (const line of lines) {
    const file = fileOf(line);
    const key = parts.has(file ?? '') || parts.size < MOST_PARTS ? (file ?? '') : '';
    if (!parts.has(key))
      parts.set(key, {
        path: join(folder, `${prefix}-${parts.size}.jsonl`),
        file: key || undefined,
      });
    const own = waiting.get(key);
    if (own === undefined) waiting.set(key, [`${line}\n`]);
    else own.push(`${line}\n`);
    held += line.length;
    if (held > 1 << 22) await write();
  }
  await write();
  for (const one of handles.values()) await one.close();
  return [...parts.values()];
}

/** Puts the lines of a part into the order of their file; all of them are held meanwhile. */
export async function sortPart({ path }: PulledPart): Promise<void> {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
  const offsets = lines.map((line, index) => ({ index, offset: offsetOf(line) }));
  offsets.sort((a, b) => a.offset - b.offset || a.index - b.index);
  await writeFile(path, offsets.map(({ index }) => `${lines[index]}\n`).join(''));
}

function offsetOf(line: string): number {
  const { log } = JSON.parse(line) as { log?: { offset?: unknown } };
  return typeof log?.offset === 'number' ? log.offset : 0;
}

/** The file of an event that this program read. */
function fileOf(line: string): string | undefined {
  if (!line.includes('"ir":{')) return undefined;
  try {
    const { log, ir } = JSON.parse(line) as {
      log?: { file?: { path?: unknown } };
      ir?: { format?: unknown };
    };
    const path = log?.file?.path;
    return typeof ir?.format === 'string' && typeof path === 'string' && path !== ''
      ? path
      : undefined;
  } catch {
    return undefined;
  }
}
