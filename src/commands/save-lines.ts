/** `ir grep --save`: the lines that were found go into the incident, each with its file, that file's SHA-256, its offset and its line. */
import { hashFile } from '../detect/hash-files.ts';
import type { FoundLine, FoundPart } from '../detect/search/search-files.ts';
import { EXIT, IrError, usageError } from '../errors.ts';
import { addNote } from '../incidents/incident-rules.ts';
import type { UndatedFile } from '../logs/prepare.ts';
import type { CommandContext } from './context.ts';
import type { GrepOptions, LinesResult } from './grep-result.ts';
import { authorOf, withIncident } from './incident-access.ts';

/** More than anybody reads in a case. */
const MOST_LINES = 10_000;
/** So many are told in the note; all of them are kept with it. */
const MOST_TOLD = 20;

/** Reading may take minutes: what cannot be saved is refused before it. @throws IrError (exit 2 or 6) */
export async function assertSaving(context: CommandContext, options: GrepOptions): Promise<void> {
  const { save, note, count, by, columns } = options;
  if (save !== true) {
    if (note !== undefined) throw usageError('--note goes with --save', 'Add --save.');
    return;
  }
  const isOfLines = count !== true && by === undefined && columns === undefined;
  if (!isOfLines || context.settings.format !== 'text')
    throw usageError('--save keeps lines, not counts and not fields', 'Leave out --save.');
  await withIncident(context, () => Promise.resolve());
}

/** The result, with --save read and saved. */
export const savedIf = async (
  context: CommandContext,
  { save, note }: GrepOptions,
  result: LinesResult,
  files: Parameters<typeof saveLines>[2],
): Promise<LinesResult> => (save === true ? await saveLines(context, result, files, note) : result);

/**
 * Reads all of the result, saves the lines and gives the result again.
 * @throws IrError (exit 2) for more lines than a case should hold
 */
async function saveLines(
  context: CommandContext,
  result: LinesResult,
  files: readonly Pick<UndatedFile, 'path' | 'hashPath' | 'hashBytes' | 'state' | 'sha256'>[],
  note: string | undefined,
): Promise<LinesResult> {
  const parts: FoundPart[] = [];
  const found: FoundLine[] = [];
  for await (const part of result.parts) {
    const lines = [...part.lines];
    parts.push({ ...part, lines });
    for (const line of lines) if (line.isContext !== true) found.push(line);
    if (found.length > MOST_LINES)
      throw usageError(`--save: more than ${MOST_LINES} lines were found`, 'Look for less.');
  }
  const again = { ...result, parts: listed(parts) };
  if (found.length === 0) return again;
  const hashes = new Map<number, string>();
  for (const index of new Set(found.map(({ file }) => file))) {
    const file = files[index] as (typeof files)[number];
    const hash = file.sha256 ?? (await hashFile(file, context.signal).catch(() => undefined));
    if (hash === undefined)
      throw new IrError(`${file.path} changed while it was read: nothing was saved`, {
        exit: EXIT.unreadableInput,
        hint: 'Save lines of a copy that nobody writes to.',
      });
    hashes.set(index, hash);
  }
  const lines = found.map(({ file, line, offset, bytes }) => ({
    ...{ path: result.pathOf(file), sha256: hashes.get(file) ?? '', offset, line },
    text: Buffer.from(bytes).toString('utf8'),
  }));
  const told = lines.slice(0, MOST_TOLD).map(({ path, line, text }) => `${path}:${line}: ${text}`);
  if (lines.length > told.length) told.push(`and ${lines.length - told.length} more`);
  const text = [note ?? `${lines.length} lines found with ir grep:`, ...told].join('\n');
  await withIncident(context, async (store, { id, key }) => {
    const entry = addNote(text, {}, authorOf(context));
    const payload = { ...entry.payload, lines };
    const [stored] = await store.append(id, [{ ...entry, payload }]);
    context.say(`Saved into ${key}: ${lines.length} lines, entry ${stored?.seq}`);
  });
  return again;
}

async function* listed<T>(parts: readonly T[]): AsyncGenerator<T> {
  yield* parts;
}
