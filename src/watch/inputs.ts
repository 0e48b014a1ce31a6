/** All that a watch reads: files and folders, standard input, the journal, and what senders send. */
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import { followFile } from '../logs/follow-file.ts';
import type { RecordSource, SavedSource } from '../logs/record-source.ts';
import { STDIN_PATH } from '../logs/walk.ts';
import { type FollowPathsOptions, followPaths } from './follow-paths.ts';
import { isListenUrl, readAddress } from './receive/address.ts';
import { type Feed, openFeed } from './receive/feed.ts';
import { endingFramer } from './receive/frames.ts';
import { followJournal } from './receive/journal.ts';
import { type Listener, type ListenOptions, listen } from './receive/listen.ts';

/** What is read, and how. */
export interface InputOptions
  extends Omit<FollowPathsOptions, 'sources'>,
    Pick<ListenOptions, 'token' | 'tls' | 'mostBytes'> {
  /** The folder of the watch: what comes without offsets is written below it. */
  folder: string;
  stdin: AsyncIterable<Uint8Array>;
  /** Is the journal followed? */
  hasJournal: boolean;
  /** Where it begins the first time, as journalctl takes it; absent: now. */
  journalSince?: string | undefined;
}

/** Sources, which may become more. */
export interface Inputs {
  readonly sources: readonly RecordSource[];
  /** Where it listens, in the order of the URLs. */
  readonly listeners: readonly Listener[];
  /** Looks for new files, and tells feeds how far they were read. */
  refresh(): Promise<void>;
  /** Reads on from a state, as a run that begins does; who sends notices nothing. */
  reopen(saved: readonly SavedSource[]): Promise<void>;
  /** Has all ended that could bring more? */
  isOver(): boolean;
  close(): Promise<void>;
}

/** Opens everything. @throws IrError where something cannot be listened on */
export async function openInputs(options: InputOptions): Promise<Inputs> {
  const { paths, say } = options;
  const sources: RecordSource[] = [];
  /** What was read before the source was opened again counts as well. */
  const feeds: { feed: Feed; source: RecordSource; readBefore: number }[] = [];
  const listeners: Listener[] = [];
  const files = paths.filter((path) => path !== STDIN_PATH && !isListenUrl(path));
  let followed = followPaths({ ...options, paths: files, sources });
  const sourceOf = ({ path, absolute }: Feed, saved: readonly SavedSource[]): RecordSource => {
    const { formats, said, spool } = options;
    const source = followFile({
      ...{ path, absolute, formats, said, spool, zone: said.zone },
      saved: saved.find((one) => one.path === path),
    });
    sources.push(source);
    return source;
  };
  const feedOf = (path: string): Feed => {
    const feed = openFeed(join(options.folder, 'received'), path);
    feeds.push({ feed, source: sourceOf(feed, options.saved), readBefore: 0 });
    return feed;
  };
  let isStdinOver = !paths.includes(STDIN_PATH);
  if (!isStdinOver) {
    void fill(feedOf('stdin'), options.stdin)
      .catch((error: unknown) => say(`standard input: ${messageOf(error)}`))
      .finally(() => {
        isStdinOver = true;
      });
  }
  const journal = options.hasJournal
    ? followJournal({ feed: feedOf('journal'), say, since: options.journalSince })
    : undefined;
  const close = async (): Promise<void> => {
    journal?.close();
    for (const listener of listeners) await listener.close();
    for (const source of sources) source.close();
    for (const { feed } of feeds) feed.close();
  };
  try {
    for (const url of paths.filter(isListenUrl)) {
      const address = readAddress(url);
      const { token, tls, mostBytes } = options;
      listeners.push(await listen({ address, feed: feedOf(url), token, tls, mostBytes, say }));
    }
    await followed.refresh();
  } catch (error) {
    await close();
    throw error;
  }
  const isOnlyStdin = files.length === 0 && listeners.length === 0 && journal === undefined;
  return {
    sources,
    listeners,
    async refresh() {
      for (const { feed, source, readBefore } of feeds)
        feed.noteRead(readBefore + (source.bytes?.() ?? 0));
      if (files.length > 0) await followed.refresh();
    },
    async reopen(saved) {
      for (const source of sources.splice(0)) source.close();
      for (const one of feeds) {
        one.readBefore += one.source.bytes?.() ?? 0;
        one.source = sourceOf(one.feed, saved);
      }
      followed = followPaths({ ...options, paths: files, sources, saved });
      if (files.length > 0) await followed.refresh();
    },
    isOver: () => isOnlyStdin && isStdinOver,
    close,
  };
}

/** Waits where more comes than is read. */
async function fill(feed: Feed, stdin: AsyncIterable<Uint8Array>): Promise<void> {
  const framer = endingFramer(10);
  for await (const bytes of stdin) {
    feed.write(framer.push(Buffer.from(bytes)));
    while (feed.isFull()) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  feed.write(framer.end());
}
