/** Takes a collection, item after item in the order of volatility, and goes on where a run before it was ended. */
import { arch, hostname, release, type } from 'node:os';
import { EXIT, IrError } from '../../errors.ts';
import { type Place, runAt } from '../../processes/run-at.ts';
import type { CollectionHead, ItemRecord } from './collection-record.ts';
import type { Profile } from './load-collections.ts';
import { openOutput } from './output-folder.ts';
import { takeItem } from './take-item.ts';

/** What is needed to collect. */
export interface CollectRequest {
  profile: Profile;
  /** Absolute. */
  folder: string;
  /** As the user named it. */
  shown: string;
  tool: string;
  place: Place;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
  now(): Date;
  progress(text: string): void;
}

/** A collection that is complete. */
export interface Collected {
  head: CollectionHead;
  records: readonly ItemRecord[];
  /** Items that an earlier run had taken. */
  earlier: number;
  manifest: string;
}

/** @throws IrError (exit 6, 9); the signal's reason when it is aborted: what was taken stays, and the next run goes on */
export async function collect(request: CollectRequest): Promise<Collected> {
  const { profile, folder, shown, env, signal, now, progress, place } = request;
  const startedAt = now().toISOString();
  const output = openOutput(folder, await headOf(request, startedAt), shown);
  const begun = now().getTime();
  try {
    if (output.head.endedAt !== null) {
      const { head, taken } = output;
      return { head, records: taken, earlier: taken.length, manifest: output.manifest() };
    }
    const records = [...output.taken];
    const earlier = new Set(records.map(({ item }) => item));
    let bytes = records.reduce((sum, { files }) => sum + bytesOf(files), 0);
    const taking = {
      ...{ output, env, signal, now, place },
      bytesLeft: () => profile.maxBytes - bytes,
      msLeft: () => profile.maxMs - (now().getTime() - begun),
    };
    for (const [index, item] of profile.items.entries()) {
      signal.throwIfAborted();
      if (earlier.has(item.id)) continue;
      progress(`${index + 1} of ${profile.items.length}: ${item.title}`);
      const limit = taking.msLeft() <= 0 ? 'time' : taking.bytesLeft() <= 0 ? 'bytes' : undefined;
      const record =
        limit === undefined ? await takeItem(item, index + 1, taking) : leftOut(item, limit, now());
      bytes += bytesOf(record.files);
      output.record(record);
      records.push(record);
    }
    progress('');
    const endedAt = now().toISOString();
    const order = new Map(profile.items.map(({ id }, index) => [id, index]));
    records.sort((a, b) => (order.get(a.item) ?? 0) - (order.get(b.item) ?? 0));
    const manifest = output.complete(endedAt, records);
    const head = { ...output.head, endedAt };
    return { head, records, earlier: earlier.size, manifest };
  } finally {
    output.close();
  }
}

const bytesOf = (files: ItemRecord['files']): number =>
  files.reduce((sum, file) => sum + file.bytes, 0);

async function headOf(request: CollectRequest, startedAt: string): Promise<CollectionHead> {
  const { profile, tool, place } = request;
  const machine =
    place.ssh === undefined
      ? {
          ...{ host: hostname(), system: `${type()} ${release()}`, architecture: arch() },
          uid: process.getuid?.() ?? -1,
        }
      : await askMachine(place, request);
  return {
    collection: 1,
    ...{ tool, profile: profile.id, profileSha256: profile.sha256, ...machine },
    ...{ startedAt, resumedAt: [], endedAt: null },
  };
}

/** What another machine says of itself. @throws IrError (exit 5) when it does not answer */
async function askMachine(
  place: Place,
  { env, signal }: CollectRequest,
): Promise<Pick<CollectionHead, 'host' | 'system' | 'architecture' | 'uid'>> {
  const ask = async (argv: readonly string[]): Promise<string> => {
    const limits = { timeoutMs: 20_000, textBytes: 1000, outputFolder: undefined };
    const answer = await runAt(place, { argv, environment: env, signal, ...limits });
    signal.throwIfAborted();
    if (answer.exitCode === 0) return answer.stdout.text.trim();
    throw new IrError(
      answer.failure ?? `${place.ssh} does not answer: ${answer.stderr.head.trim()}`,
      {
        exit: EXIT.remoteFailed,
        hint: `Try: ssh ${place.ssh} uname`,
      },
    );
  };
  const [system = '', host = '', version = '', architecture = ''] = (
    await ask(['uname', '-s', '-n', '-r', '-m'])
  ).split(' ');
  const uid = Number(await ask(['id', '-u']));
  return { host, system: `${system} ${version}`, architecture, uid };
}

const leftOut = (item: Profile['items'][number], limit: string, at: Date): ItemRecord => ({
  ...{ item: item.id, title: item.title, volatility: item.volatility, command: [] },
  ...{ startedAt: at.toISOString(), durationMs: 0, exitCode: null },
  failure: `left out: the limit of ${limit} of the whole collection is reached`,
  ...{ files: [], leftOut: [], furtherLeftOut: 0 },
});
