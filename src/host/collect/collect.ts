/** Takes a collection, item after item in the order of volatility, and goes on where a run before it was ended. */
import { arch, hostname, release, type } from 'node:os';
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
  const { profile, folder, shown, tool, env, signal, now, progress } = request;
  const startedAt = now().toISOString();
  const output = openOutput(folder, headOf(profile, tool, startedAt), shown);
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
      ...{ output, env, signal, now },
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

function headOf({ id, sha256 }: Profile, tool: string, startedAt: string): CollectionHead {
  return {
    collection: 1,
    ...{ tool, profile: id, profileSha256: sha256, host: hostname() },
    ...{ system: `${type()} ${release()}`, architecture: arch(), uid: process.getuid?.() ?? -1 },
    ...{ startedAt, resumedAt: [], endedAt: null },
  };
}

const leftOut = (item: Profile['items'][number], limit: string, at: Date): ItemRecord => ({
  ...{ item: item.id, title: item.title, volatility: item.volatility, command: [] },
  ...{ startedAt: at.toISOString(), durationMs: 0, exitCode: null },
  failure: `left out: the limit of ${limit} of the whole collection is reached`,
  ...{ files: [], leftOut: [], furtherLeftOut: 0 },
});
