/**
 * What several logs say of one act: a request in the access log and in the application's, a login in the auth log and in the
 * audit trail. Hits of one rule with one source that come from logs of different formats within two seconds are one act, each
 * log telling of it once; so are a line that announces an attempt and the one that tells how it went.
 */
import { FORMATS } from '../logs/formats/list.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import type { KindFeeds } from './correlate/set.ts';
import { fileOf, type Location } from './location.ts';
import type { Stretch } from './rows/row-merge.ts';

/** How far apart the stamps of two logs may be that tell of one act: one has whole seconds, the other the end of it. */
const SAME_ACT_US = 2_000_000;
/** Formats that are told apart; with more, nothing is taken for one act. */
const MOST_FORMATS = 30;
/** Stands for lines that announce what another line of the same log tells. */
const ANNOUNCED = 1 << MOST_FORMATS;
/** Told of by a file that is nobody's witness. */
const TOLD = 1;

/** Which files may tell of the same acts. */
export interface Witnesses {
  /** A number with one bit for the format of a file; 0 for files that nobody else tells of. */
  bitOf(file: number): number;
  /** May both tell of one act? They lie on one machine, or one is an application's. */
  areCompatible(file: number, other: number): boolean;
}

/** Looks at formats and folders of the files. */
export function witnessesOf(
  told: readonly (Pick<PreparedFile, 'path' | 'format'> & Partial<Pick<PreparedFile, 'streams'>>)[],
): Witnesses {
  const files = told.map(({ path, format, streams }) => ({
    path,
    format:
      format?.holdsEvents === true ? FORMATS.find(({ name }) => name === streams?.['']) : format,
  }));
  const names = [...new Set(files.map(({ format }) => format?.name ?? ''))];
  const isUsed = names.length > 1 && names.length <= MOST_FORMATS;
  const bits = files.map(({ format }) => 1 << names.indexOf(format?.name ?? ''));
  const folders = files.map(({ path }) => `${path.slice(0, path.lastIndexOf('/') + 1)}`);
  const isApplication = files.map(
    ({ format }) =>
      format?.sources.some(({ categories }) => categories?.includes('application')) === true,
  );
  return {
    bitOf: (file) => (isUsed ? (bits[file] ?? 0) : 0),
    areCompatible: (file, other) =>
      isApplication[file] === true ||
      isApplication[other] === true ||
      folders[file]!.startsWith(folders[other]!) ||
      folders[other]!.startsWith(folders[file]!),
  };
}

/** An act that may still get witnesses. */
interface Act {
  timeUs: number;
  file: number;
  told: number;
}

/** Takes rows of what others told already out of stretches, which come in time order. */
export interface WitnessFilter {
  /** Gives rows that tell of a known act the kind `noKind`, in place. */
  mark(stretch: Stretch): void;
  /** Names the numbers of the groups that it still knows. */
  known(note: (group: number) => void): void;
}

const SWEEP_SIZE = 50_000;

/**
 * @param kinds what each kind of row feeds; the last one feeds nothing. Values that are counted count once anyway
 * @param isAnnounced is it the value of a row that only announces?
 */
export function createWitnessFilter(
  { bitOf, areCompatible }: Witnesses,
  kinds: readonly KindFeeds[],
  isAnnounced: (value: number) => boolean,
): WitnessFilter {
  const noKind = kinds.length - 1;
  const recent = new Map<number, Act[]>();
  let sweepAt = SWEEP_SIZE;
  const sweep = (nowUs: number): void => {
    for (const [key, acts] of recent)
      if (nowUs - acts.at(-1)!.timeUs > SAME_ACT_US) recent.delete(key);
    // Where many act within moments little is swept; the next look waits until there are twice as many.
    sweepAt = Math.max(SWEEP_SIZE, recent.size * 2);
  };
  return {
    known(note) {
      for (const key of recent.keys()) note(key % 2 ** 32);
    },
    mark({ rows, start, end }) {
      const { groups, times, locations, values } = rows;
      for (let index = start; index < end; index += 1) {
        const kind = rows.kinds[index]!;
        if (kinds[kind]?.isCounted !== false) continue;
        const file = fileOf(locations[index] as Location);
        const own = bitOf(file);
        const key = kind * 2 ** 32 + groups[index]!;
        const bit = isAnnounced(values[index]!) ? ANNOUNCED : own === 0 ? TOLD : own;
        // Of a file that nobody else tells of, only what was announced is told twice.
        const before = recent.size === 0 ? undefined : recent.get(key);
        if (bit === TOLD && own === 0 && before === undefined) continue;
        const timeUs = times[index]!;
        if (before === undefined) {
          recent.set(key, [{ timeUs, file, told: bit }]);
          if (recent.size > sweepAt) sweep(timeUs);
          continue;
        }
        const acts = before.filter((act) => timeUs - act.timeUs <= SAME_ACT_US);
        const known = acts.find(
          (act) =>
            (act.told & bit) === 0 &&
            (act.file === file
              ? ((act.told | bit) & ANNOUNCED) !== 0
              : areCompatible(act.file, file)),
        );
        if (known === undefined) {
          if (own !== 0 || bit === ANNOUNCED) acts.push({ timeUs, file, told: bit });
        } else {
          known.told |= bit;
          rows.kinds[index] = noKind;
        }
        if (acts.length > 0) recent.set(key, acts);
        else recent.delete(key);
        if (recent.size > sweepAt) sweep(timeUs);
      }
    },
  };
}

/** Part of a burst: the hits of one file. */
export interface TellingFile {
  file: number;
  count: number;
}

/**
 * How many acts hits of one rule and source are, by file: of logs of different formats that tell of the same, the larger number.
 * `isLeast` where they tell different numbers, so that some may be acts that only one of them saw.
 */
export function actsOf(
  parts: readonly TellingFile[],
  { bitOf, areCompatible }: Witnesses,
): { count: number; isLeast: boolean } {
  const total = parts.reduce((sum, { count }) => sum + count, 0);
  const byFormat = new Map<number, number>();
  for (const { file, count } of parts) {
    const bit = bitOf(file);
    if (bit === 0) return { count: total, isLeast: false };
    byFormat.set(bit, (byFormat.get(bit) ?? 0) + count);
  }
  const areAll = parts.every(({ file }) =>
    parts.every((other) => bitOf(other.file) === bitOf(file) || areCompatible(file, other.file)),
  );
  if (byFormat.size < 2 || !areAll) return { count: total, isLeast: false };
  const counts = [...byFormat.values()];
  const count = Math.max(...counts);
  return { count, isLeast: counts.some((one) => one !== count) };
}
