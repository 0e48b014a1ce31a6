/** The files of a watch: those that are named, and those that appear in folders that are. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { followFile } from '../logs/follow-file.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { RecordSource, SavedSource } from '../logs/record-source.ts';
import { isPackedName, rotationOf } from '../logs/rotation.ts';
import type { SaidOfFiles } from '../logs/said-of-files.ts';
import type { Spool } from '../logs/spool.ts';
import { walk } from '../logs/walk.ts';

/** What is followed, and how. */
export interface FollowPathsOptions {
  paths: readonly string[];
  cwd: string;
  formats: readonly LogFormat[];
  said: SaidOfFiles;
  spool: Spool;
  /** Where an earlier run left each source. */
  saved: readonly SavedSource[];
  /** Where sources are put; absent: a list of its own. */
  sources?: RecordSource[] | undefined;
  /** Remarks for people; each is made once. */
  say(text: string): void;
}

/** Sources that may become more. */
export interface FollowedPaths {
  /** All of them, the same list throughout. */
  readonly sources: RecordSource[];
  /** Looks for new files. */
  refresh(): Promise<void>;
  close(): void;
}

/** Follows paths; nothing is read before `refresh`. */
export function followPaths(options: FollowPathsOptions): FollowedPaths {
  const { sources = [] } = options;
  const known = new Set<string>();
  const said = new Set<string>();
  const sayOnce = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    options.say(text);
  };
  const follow = (path: string, absolute: string): void => {
    known.add(absolute);
    const { formats, said: ofFiles, spool, saved } = options;
    sources.push(
      followFile({
        ...{ path, absolute, formats, spool, said: ofFiles, zone: ofFiles.zone },
        saved: saved.find((one) => one.path === path),
      }),
    );
  };
  return {
    sources,
    async refresh() {
      const { files, problems } = await walk(options.paths, options.cwd, { said: options.said });
      for (const { path, reason, isFailure } of problems)
        if (isFailure) sayOnce(`${path} is not read: ${reason}`);
      const names = new Set(files.map(({ absolute }) => String(absolute)));
      for (const { path, absolute: at, isNamed } of files) {
        const absolute = String(at);
        if (known.has(absolute) || isHeld(sources, absolute)) continue;
        // What was written before is the past of a log that is followed, or of none.
        if (!isNamed && isRotated(absolute, names)) continue;
        if (isPackedName(absolute)) {
          if (isNamed) sayOnce(`${path} is not followed: it is packed. Read it with ir timeline.`);
          continue;
        }
        follow(path, absolute);
      }
    },
    close() {
      for (const source of sources) source.close();
    },
  };
}

/** Is it, under whatever name, a content that is read? */
function isHeld(sources: readonly RecordSource[], absolute: string): boolean {
  const status = statSync(absolute, { bigint: true, throwIfNoEntry: false });
  if (status === undefined) return true;
  return sources.some((source) => source.holds?.(`${status.dev}`, `${status.ino}`) === true);
}

/** Does its name say that a log was put away under it, and is that log there? */
function isRotated(absolute: string, names: ReadonlySet<string>): boolean {
  if (isPackedName(absolute)) return true;
  const { log, age } = rotationOf(absolute);
  if (age > 0) return true;
  const dated = /^(.+?)[-._](?:19|20)\d{2}-?\d{2}-?\d{2}(?:[-.T_]?\d+)?$/.exec(basename(log))?.[1];
  return dated !== undefined && names.has(log.slice(0, log.length - basename(log).length) + dated);
}
