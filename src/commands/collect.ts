/** `ir collect`: what a machine knows of itself, taken before it is gone. */
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { problemLine } from '../errors.ts';
import { plural } from '../events/words.ts';
import { collect } from '../host/collect/collect.ts';
import type { Item } from '../host/collect/collection.ts';
import type { CollectionHead, ItemRecord } from '../host/collect/collection-record.ts';
import { loadCollections, pickProfile } from '../host/collect/load-collections.ts';
import { quoteArgv } from '../processes/quote.ts';
import type { CommandContext } from './context.ts';
import { assertStepOpen, type KeepOptions, type Kept, keepResult } from './keep-result.ts';
import type { CommandOutcome } from './outcome.ts';
import { assertOutsideStores } from './write-file.ts';

/** Options of `ir collect`, as typed. */
export interface CollectOptions extends KeepOptions {
  profile?: string | undefined;
  output?: string | undefined;
  dryRun?: boolean | undefined;
  /** `user@web01`: another machine, over ssh. */
  host?: string | undefined;
  /** Of the program. */
  version?: string | undefined;
}

/** What was taken. */
export interface CollectResult {
  profile: string;
  title: string;
  host: string;
  /** As the user named it. */
  output: string;
  /** Null for a dry run. */
  head: CollectionHead | null;
  /** What would be taken, in its order. */
  planned: readonly Pick<Item, 'id' | 'title' | 'volatility' | 'source' | 'needsRoot'>[];
  records: readonly ItemRecord[];
  /** Items that an earlier run had taken. */
  earlier: number;
  files: number;
  bytes: number;
  /** Of the manifest: whoever has it can tell whether anything was changed. */
  manifestSha256: string | null;
  kept: Kept | undefined;
}

const DEFAULT = 'linux';
/** What a dry run took. */
const NOTHING = {
  head: null,
  records: [],
  earlier: 0,
  files: 0,
  bytes: 0,
  manifestSha256: null,
};

/** Collects. */
export async function runCollect(
  context: CommandContext,
  options: CollectOptions,
): Promise<CommandOutcome<CollectResult>> {
  const { settings, signal, now, progress } = context;
  const loaded = await loadCollections(settings.env);
  for (const problem of loaded.problems) context.say(`left out: ${problemLine(problem)}`);
  const profile = pickProfile(loaded, options.profile ?? DEFAULT);
  const stamp = now().toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '');
  const host = options.host ?? hostname();
  const output = options.output ?? `ir-collect-${host.replace(/[^\w.@-]/g, '_')}-${stamp}`;
  const folder = resolve(settings.cwd, output);
  assertOutsideStores(folder, output, '--output');
  const { id, title, items: planned } = profile;
  const plan = { profile: id, title, host, output, planned };
  const place = { ssh: options.host };
  if (options.dryRun === true) {
    return { result: { ...plan, ...NOTHING, kept: undefined } };
  }
  await assertStepOpen(context, options);
  const tool = `ir ${options.version ?? ''}`.trim();
  const request = {
    profile,
    place,
    folder,
    shown: output,
    tool,
    env: settings.env,
    signal,
    now,
    progress,
  };
  const taken = await collect(request).catch((error: unknown) => {
    if (signal.aborted)
      context.say(
        `Stopped; what was taken stays. Go on with: ${resumeOf(id, output, options.host)}`,
      );
    throw error;
  });
  const { head, records, earlier, manifest } = taken;
  const files = records.flatMap((record) => record.files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const what = `collection "${id}" of ${head.host}: ${plural(files.length, 'file')}`;
  const kept = await keepResult(
    context,
    {
      title: `${what}, manifest of ${output}`,
      text: manifest,
      note: what,
      report: { host: head.host, endedAt: head.endedAt ?? now().toISOString() },
    },
    options,
  );
  const manifestSha256 = createHash('sha256').update(manifest).digest('hex');
  return {
    result: { ...plan, head, records, earlier, files: files.length, bytes, manifestSha256, kept },
  };
}

const resumeOf = (profile: string, output: string, host: string | undefined): string => {
  const words = ['ir', 'collect', '--profile', profile, '--output', output];
  return quoteArgv(host === undefined ? words : [...words, '--host', host]);
};
