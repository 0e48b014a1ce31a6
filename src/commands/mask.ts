/** `ir mask` and `ir unmask`. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { refusedError, usageError } from '../errors.ts';
import { deriveKey, KEY_VARIABLE, readKeyText } from '../masking/mask-key.ts';
import { maskStream } from '../masking/mask-stream.ts';
import { keysWithMaps, MAPS, readMaps, unmaskBytes } from '../masking/token-map.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { type MaskingOptions, openMasking } from './mask-options.ts';
import type { CommandOutcome } from './outcome.ts';
import {
  type Change,
  type RewriteOptions,
  type RewriteResult,
  rewriteFiles,
} from './rewrite-files.ts';
import type { ReceiptResult } from './table-result.ts';
import { writeWhole } from './write-file.ts';

/** Masked copies. */
export async function maskFiles(
  context: CommandContext,
  paths: readonly string[],
  options: RewriteOptions & MaskingOptions,
): Promise<CommandOutcome<RewriteResult>> {
  const masking = openMasking(context.settings, options);
  const counts = (): Record<string, number> =>
    Object.fromEntries([...masking.masker.counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  const change: Change = {
    async *pieces(source) {
      for await (const piece of maskStream(source, masking.masker)) {
        masking.flush();
        yield piece;
      }
    },
    counts,
    finish() {
      masking.close();
      return masking.workspace !== undefined && masking.masker.counts.size > 0
        ? [
            `What the names stand for is in ${masking.workspace}/${MAPS}, under the key ${masking.keyId}: keep both, and apart from the copies.`,
          ]
        : [];
    },
  };
  const outcome = await rewriteFiles(context, paths, options, change);
  return withEnd(context, outcome, () => {
    const notes = change.finish();
    const told = Object.entries(counts()).map(([kind, count]) => `${count} ${kind}`);
    context.say(told.length === 0 ? 'Nothing was found to mask.' : `Masked: ${told.join(', ')}`);
    for (const note of notes) context.say(note);
  });
}

/** What is done once the bytes on standard output are through. */
const withEnd = (
  _context: CommandContext,
  outcome: CommandOutcome<RewriteResult>,
  end: () => void,
): CommandOutcome<RewriteResult> =>
  outcome.result.kind !== 'bytes'
    ? outcome
    : {
        ...outcome,
        exitAfter() {
          end();
          return undefined;
        },
      };

/** The originals of copies that were masked with names. @throws IrError (exit 6) where key or map are missing, and says which */
export async function unmaskFiles(
  context: CommandContext,
  paths: readonly string[],
  options: RewriteOptions & Pick<MaskingOptions, 'keyFile'>,
): Promise<CommandOutcome<RewriteResult>> {
  const { settings } = context;
  const { folder } = findWorkspace(settings);
  const maps = keysWithMaps(folder);
  const file = options.keyFile === undefined ? undefined : resolve(settings.cwd, options.keyFile);
  const text = readKeyText(file, settings.env);
  const noMap = maps.length === 0 ? `; there is no map in ${folder}/${MAPS} either` : '';
  if (text === undefined)
    throw refusedError(
      `the key is missing${noMap}`,
      `Name the file it is in with --key-file FILE, or put it into ${KEY_VARIABLE}.`,
    );
  const key = deriveKey(text);
  if (!maps.includes(key.id))
    throw refusedError(
      maps.length === 0
        ? `the map is missing: there is none in ${folder}/${MAPS}`
        : `this is another key (${key.id}): the maps in ${folder}/${MAPS} are of ${maps.join(', ')}`,
      maps.length === 0
        ? 'It was kept in the workspace in which ir mask ran: name that with --store.'
        : 'Name the key that the copies were made with, or the workspace that has its map with --store.',
    );
  const map = readMaps(folder, key);
  const unknown = new Set<string>();
  const hear = (name: string): void => {
    if (unknown.size < 100_000) unknown.add(name);
  };
  const reader = {
    bytes: (lines: Buffer): Buffer => unmaskBytes(lines, map, hear),
    text: (shown: string): string =>
      unmaskBytes(Buffer.from(shown, 'utf8'), map, hear).toString('utf8'),
  };
  const finish = (): string[] => [
    ...(unknown.size === 0
      ? []
      : [
          `${unknown.size} names are in no map of this key, and were left: ${[...unknown].slice(0, 3).join(', ')}`,
        ]),
    ...map.torn.map((path) => `${path} lacks its end: what stands before it was used`),
  ];
  const change: Change = {
    pieces: (source) => maskStream(source, reader),
    counts: () => ({}),
    finish,
  };
  const outcome = await rewriteFiles(context, paths, options, change);
  return withEnd(context, outcome, () => {
    for (const note of finish()) context.say(note);
  });
}

/** Makes a key in a file of its own. @throws IrError (exit 6) where something is there already */
export async function newKey(
  context: CommandContext,
  path: string,
  others: readonly unknown[],
): Promise<CommandOutcome<ReceiptResult>> {
  if (others.length > 0)
    throw usageError('--new-key makes a key and masks nothing', 'Leave the paths out.');
  const text = randomBytes(32).toString('hex');
  const target = {
    path: resolve(context.settings.cwd, path),
    shown: path,
    flag: '--new-key',
    isForced: false,
  };
  await writeWhole({ ask: { ...context.ask, isPossible: false } }, target, `${text}\n`);
  const { id } = deriveKey(text);
  return {
    result: {
      lines: [
        [
          `The key ${id} is in ${path}. Who has it and the map can unmask; without it nobody can, so keep a copy elsewhere.`,
        ],
      ],
      next: [
        {
          command: `ir mask LOG --method token --key-file ${path}`,
          shows: 'masks with names under this key',
        },
      ],
      document: { key: id, path },
    },
  };
}
