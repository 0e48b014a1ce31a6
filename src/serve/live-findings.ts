/** The findings of a watch as it notes them: the latest step of each, of the newest ones, read on from where reading ended. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { LiveFinding } from '../watch/live-finding.ts';

/** Findings of a watch. */
export interface LiveFindings {
  /** Reads what is new. @returns whether something was */
  look(): boolean;
  /** The newest first. */
  all(): readonly LiveFinding[];
  find(id: string): LiveFinding | undefined;
}

const MOST_KEPT = 5000;
/** Of what was written before the server began. */
const MOST_EARLIER_BYTES = 16 << 20;
const PART_BYTES = 1 << 20;
const MOST_LINE = 2000;

/** Begins with what the folder of the watch holds. */
export function followFindings(folder: string): LiveFindings {
  const path = join(folder, 'findings.jsonl');
  const kept = new Map<string, LiveFinding>();
  let place = { inode: -1n as bigint | number, offset: 0 };
  let half = Buffer.alloc(0);
  let sorted: LiveFinding[] | undefined;

  const take = (bytes: Buffer): void => {
    const whole = Buffer.concat([half, bytes]);
    const end = whole.lastIndexOf(10) + 1;
    half = Buffer.from(whole.subarray(end));
    for (const line of whole.toString('utf8', 0, end).split('\n')) {
      const step = stepOf(line);
      if (step === undefined) continue;
      // The latest step stands last, so what is dropped is what was silent longest.
      kept.delete(step.finding.id);
      kept.set(step.finding.id, step);
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value as string);
    }
    sorted = undefined;
  };

  return {
    look() {
      let descriptor: number;
      try {
        descriptor = openSync(path, 'r');
      } catch {
        return false;
      }
      try {
        const { ino, size } = fstatSync(descriptor);
        if (ino !== place.inode || size < place.offset) {
          const isFirst = place.inode === -1n;
          place = { inode: ino, offset: isFirst ? Math.max(0, size - MOST_EARLIER_BYTES) : 0 };
          half = Buffer.alloc(0);
        }
        if (size === place.offset) return false;
        const part = Buffer.alloc(Math.min(PART_BYTES, size - place.offset));
        while (place.offset < size) {
          const read = readSync(descriptor, part, 0, part.length, place.offset);
          if (read === 0) break;
          place.offset += read;
          take(part.subarray(0, read));
        }
        return true;
      } finally {
        closeSync(descriptor);
      }
    },
    all: () => (sorted ??= [...kept.values()].reverse()),
    find: (id) => kept.get(id),
  };
}

/** A step with lines that are not too long to keep; undefined for what is none, such as half a line at the beginning. */
function stepOf(line: string): LiveFinding | undefined {
  if (line === '') return undefined;
  try {
    const { finding, ...step } = JSON.parse(line) as LiveFinding;
    const evidence = finding.evidence.map((one) =>
      one.raw.length > MOST_LINE ? { ...one, raw: `${one.raw.slice(0, MOST_LINE)}…` } : one,
    );
    return { ...step, finding: { ...finding, evidence, event: {} } };
  } catch {
    return undefined;
  }
}
