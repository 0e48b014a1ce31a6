/** What a collection says of itself: a head, and a line for each item that was taken. Both stand in its folder. */

/** `collection.json`. */
export interface CollectionHead {
  collection: 1;
  tool: string;
  profile: string;
  /** Of what decides what is taken. */
  profileSha256: string;
  host: string;
  system: string;
  architecture: string;
  /** User id that took it: others than root do not see everything. */
  uid: number;
  startedAt: string;
  /** When it went on after it had been stopped. */
  resumedAt: readonly string[];
  /** Null until it is complete. */
  endedAt: string | null;
}

/** A file in the folder of the collection. */
export interface TakenFile {
  /** Below the folder. */
  path: string;
  sha256: string;
  bytes: number;
  /** Bytes that there were, where not all were kept. */
  ofBytes?: number;
  /** Of a copied file: where it lay, and how. */
  from?: {
    path: string;
    mode: string;
    uid: number;
    gid: number;
    modifiedAt: string;
    changedAt: string;
  };
}

/** A line of `items.jsonl`: an item that was taken, or could not be. */
export interface ItemRecord {
  item: string;
  title: string;
  volatility: string;
  /** The command, or what else was done. */
  command: readonly string[];
  startedAt: string;
  durationMs: number;
  /** Of a command; null where none ran or none ended by itself. */
  exitCode: number | null;
  /** Why it was not taken, or not in full. */
  failure: string | null;
  files: readonly TakenFile[];
  /** What was found and not taken: links, folders, what cannot be read. */
  leftOut: readonly { path: string; why: string }[];
  furtherLeftOut: number;
}

/** The lines that are whole; what was being written when the run was ended is none. */
export function readRecords(text: string): ItemRecord[] {
  const end = text.lastIndexOf('\n');
  return text
    .slice(0, end + 1)
    .split('\n')
    .flatMap((line): ItemRecord[] => {
      try {
        const record = JSON.parse(line) as ItemRecord;
        return typeof record.item === 'string' && Array.isArray(record.files) ? [record] : [];
      } catch {
        return [];
      }
    });
}
