/** `ir pull`: what a place has, into one file that becomes evidence with its hash, the query and the time. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Asked, Source } from '../connectors/connector.ts';
import { pullFile } from '../connectors/pull-file.ts';
import { refusedError, usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { keepEvidence } from './evidence-keep.ts';
import { findIncident, readInstant, withIncident } from './incident-access.ts';
import { counted } from './incompleteness.ts';
import { openPlace, type PlaceOptions } from './places.ts';
import type { ReceiptResult } from './table-result.ts';

/** The options of `ir pull`. */
export interface PullOptions extends PlaceOptions {
  since?: string;
  until?: string;
  query?: string;
  output?: string;
  force?: boolean;
}

/** What the words of the options ask of a source. @throws IrError (exit 2) */
export function readAsked(
  context: CommandContext,
  { since, until, query }: Pick<PullOptions, 'since' | 'until' | 'query'>,
): Asked {
  const from = readInstant(context, since, '--since');
  const to = readInstant(context, until, '--until');
  if (from !== undefined && to !== undefined && from > to)
    throw usageError(`--since ${since} lies after --until ${until}`);
  return {
    since: from === undefined ? undefined : new Date(from),
    until: to === undefined ? undefined : new Date(to),
    query,
  };
}

/** The source of a place. @throws IrError (exit 2) where it can only be written to */
export async function sourceOf(
  context: CommandContext,
  word: string,
  options: PlaceOptions,
): Promise<{ source: Source; shown: string }> {
  const { connector, reach } = await openPlace(context, word, options);
  if (connector.source === undefined) {
    throw usageError(
      `nothing can be read from ${reach.place.scheme}://`,
      `${connector.title} takes events: ir push ${reach.place.shown} PATHS`,
    );
  }
  return { source: connector.source(reach), shown: reach.place.shown };
}

/** Reads the place to its end. */
export async function pull(
  context: CommandContext,
  word: string,
  options: PullOptions,
): Promise<ReceiptResult> {
  const asked = readAsked(context, options);
  const { source, shown } = await sourceOf(context, word, options);
  const { output } = options;
  if (output !== undefined) {
    const path = resolve(context.settings.cwd, output);
    if (existsSync(path) && options.force !== true)
      throw refusedError(
        `${output} is there already and is not replaced`,
        'Add --force, or name another file.',
      );
    const pulled = await pullInto(context, source, shown, asked, path);
    return receiptOf(pulled, shown, output, undefined);
  }
  return withIncident(context, async (store, { id, key }) => {
    await findIncident(context, store, key);
    const began = context.now().toISOString();
    const folder = join(store.folder, 'pulled');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The same question goes on where an earlier run was ended.
    const path = join(folder, `${nameOf(shown, source.describe(asked))}.jsonl`);
    const pulled = await pullInto(context, source, shown, asked, path);
    const { added, known, failed } = await keepEvidence(context, store, id, [
      {
        ...{ path, title: `events of ${shown}`, origin: shown, method: 'export', tool: 'ir' },
        ...{ host: hostOf(shown), collectedAt: began, sha256: pulled.sha256 },
        argv: ['pull', shown],
        covers: coversOf(asked, began),
        remarks: [
          `query: ${source.describe(asked)}`,
          counted(pulled.records, 'record'),
          ...(pulled.isResumed
            ? ['in more than one run: it went on where an earlier one was ended']
            : []),
        ],
      },
    ]);
    const [problem] = failed;
    if (problem !== undefined) throw refusedError(`what was pulled is not kept: ${problem.reason}`);
    await rm(path, { force: true });
    return receiptOf(pulled, shown, undefined, added[0]?.evidenceNo ?? known[0]?.evidenceNo, key);
  });
}

const coversOf = (
  { since, until }: Asked,
  now: string,
): { from: string; to: string } | undefined =>
  since === undefined ? undefined : { from: since.toISOString(), to: until?.toISOString() ?? now };

const hostOf = (shown: string): string => /:\/\/(?:[^@/]*@)?([^/?#]*)/.exec(shown)?.[1] ?? shown;

function nameOf(shown: string, query: string): string {
  const hash = createHash('sha256').update(`${shown}\0${query}`).digest('hex').slice(0, 12);
  return `${shown.replace(/[^\w.-]+/g, '-').slice(0, 80)}-${hash}`;
}

type Pulled = Awaited<ReturnType<typeof pullFile>>;

async function pullInto(
  context: CommandContext,
  source: Source,
  shown: string,
  asked: Asked,
  path: string,
): Promise<Pulled> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const pulled = await pullFile(source, shown, asked, path, (records) =>
    context.progress(`${shown}: ${records} records`),
  );
  context.progress('');
  return pulled;
}

function receiptOf(
  { records, bytes, sha256, isResumed }: Pulled,
  shown: string,
  file: string | undefined,
  evidence: string | undefined,
  incident?: string,
): ReceiptResult {
  const to = file ?? evidence ?? '';
  const lines: ReceiptResult['lines'] = [
    [`${counted(records, 'record')} of ${shown}: ${to}`],
    [`SHA-256 ${sha256}`],
    ...(isResumed ? [['It went on where an earlier run was ended.']] : []),
  ];
  const next = [
    file === undefined
      ? { command: `ir evidence show ${evidence}`, shows: 'what was asked, and when' }
      : { command: `ir timeline ${file}`, shows: 'what is in it' },
  ];
  return {
    lines,
    next,
    document: {
      place: shown,
      records,
      bytes,
      sha256,
      is_resumed: isResumed,
      file,
      evidence,
      incident,
    },
  };
}
