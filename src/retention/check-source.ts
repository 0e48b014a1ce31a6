/** What of a source is too old, missing, unprotected, or younger than it must be. Pure. */
import type { LogFile } from './log-files.ts';
import { type Period, periodBefore, periodText } from './period.ts';
import type { Source } from './policy.ts';
import type { Bound } from './window.ts';

/** Kinds of what is found, and whether a rule is broken (error) or somebody should look (warning). */
export const LAPSES = {
  conflict: 'error',
  'no-figure': 'error',
  'too-old': 'error',
  due: 'warning',
  missing: 'error',
  gap: 'warning',
  'too-young': 'warning',
  'deleted-early': 'error',
  'not-at-hand': 'error',
  unprotected: 'error',
} as const;

/** One thing that is not as it should be. */
export interface Lapse {
  source: string;
  kind: keyof typeof LAPSES;
  path?: string | undefined;
  /** What is so. */
  seen: string;
  /** Who asks for something else, where a regime does. */
  by?: string | undefined;
  /** What to do. */
  next: string;
}

const DAY_MS = 86_400_000;

/** All that the files themselves show. */
export function checkSource(source: Source, files: readonly LogFile[], now: Date): Lapse[] {
  const { name, window } = source;
  const lapses: Lapse[] = [
    ...window.conflicts.map(
      (seen): Lapse => ({
        source: name,
        kind: 'conflict',
        seen,
        next: 'Decide, and write it in the policy.',
      }),
    ),
    ...window.open.map(
      ({ regime, asks }): Lapse => ({
        ...{
          source: name,
          kind: 'no-figure',
          seen: `${regime} has no figure of its own (${asks})`,
        },
        next: `Write periods: { ${regime}: 180 days } with what your own reasons give.`,
      }),
    ),
  ];
  if (files.length === 0) {
    const next = 'Is it written at all, and elsewhere? Mend the globs or the logging.';
    lapses.push({
      source: name,
      kind: 'missing',
      seen: `no file fits ${source.files.join(', ')}`,
      next,
    });
    return lapses;
  }
  for (const file of files) lapses.push(...checkFile(source, file, now));
  return [...lapses, ...gapsIn(name, files), ...reachOf(source, files, now)];
}

function checkFile({ name, archive, window, move }: Source, file: LogFile, now: Date): Lapse[] {
  const { path, modifiedMs, mode } = file;
  const found: Lapse[] = [];
  const isOlder = (period: Period): boolean => modifiedMs < periodBefore(now, period).getTime();
  const age = `last written ${day(modifiedMs)}`;
  const next =
    archive === undefined
      ? 'Have its writer delete it: ir retention plan --for logrotate'
      : 'ir retention apply --dry-run';
  if (window.atMost !== undefined && isOlder(window.atMost.period)) {
    const { period, by } = window.atMost;
    found.push({
      source: name,
      kind: 'too-old',
      path,
      seen: `${age}, kept at most ${periodText(period)}`,
      by,
      next,
    });
  } else if (window.keep !== undefined && isOlder(window.keep)) {
    found.push({
      source: name,
      kind: 'due',
      path,
      seen: `${age}, kept for ${periodText(window.keep)}`,
      next,
    });
  }
  const isAway = move !== undefined && path.startsWith(`${move.to}/`);
  if (isAway && window.atHand !== undefined && !isOlder(window.atHand.period)) {
    const { period, by } = window.atHand;
    found.push({
      source: name,
      kind: 'not-at-hand',
      path,
      seen: `moved away, and ${age}: to be at hand for ${periodText(period)}`,
      by,
      next: 'Move it back, and make move_after longer.',
    });
  }
  const faults = [
    (mode & 0o004) !== 0 && 'anybody may read it',
    (mode & 0o022) !== 0 && 'others than its owner may write it',
    !file.isFile && 'it is no plain file',
  ].filter((fault) => fault !== false);
  if (faults.length > 0)
    found.push({
      source: name,
      kind: 'unprotected',
      path,
      seen: `mode ${mode.toString(8).padStart(4, '0')}: ${faults.join(', ')}`,
      next: `chmod 0640 ${quoted(path)}`,
    });
  return found;
}

const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** Rotated files that ought to be between others: `log.1`, `log.3`; `log-20261101`, `log-20261104`. */
function gapsIn(source: string, files: readonly LogFile[]): Lapse[] {
  const series = new Map<string, { at: number; path: string }[]>();
  for (const { path } of files) {
    const dated = /^(.*?)(\d{4})-?(\d\d)-?(\d\d)(?!\d)(.*?)(?:\.(?:gz|xz|bz2|zst|lz4))?$/s.exec(
      path,
    );
    const numbered = /^(.*\.)(\d{1,4})(?:\.(?:gz|xz|bz2|zst|lz4))?$/s.exec(path);
    const put = (key: string, at: number): void =>
      void series.set(key, [...(series.get(key) ?? []), { at, path }]);
    if (dated !== null) {
      const [, head = '', year, month, date, tail = ''] = dated;
      const ms = Date.UTC(Number(year), Number(month) - 1, Number(date));
      if (Number(month) <= 12 && Number(date) <= 31) put(`d ${head} ${tail}`, ms / DAY_MS);
    } else if (numbered !== null) put(`n ${numbered[1]}`, Number(numbered[2]));
  }
  return [...series].flatMap(([key, all]) => {
    const sorted = all.sort((a, b) => a.at - b.at);
    const steps = sorted.slice(1).map((one, index) => one.at - sorted[index]!.at);
    const usual = [...steps].sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 1;
    const expected = key.startsWith('n') ? 1 : usual;
    if (sorted.length < (key.startsWith('n') ? 2 : 4)) return [];
    return steps.flatMap((step, index): Lapse[] => {
      if (step <= expected * 1.5 || expected === 0) return [];
      const [from, to] = [sorted[index]!.path, sorted[index + 1]!.path];
      const count = Math.round(step / expected) - 1;
      return [
        {
          source,
          kind: 'gap',
          path: to,
          seen: `${count} ${count === 1 ? 'file is' : 'files are'} missing between it and ${from}`,
          next: 'Find out whether nothing was logged, or something was taken away.',
        },
      ];
    });
  });
}

function reachOf({ name, window }: Source, files: readonly LogFile[], now: Date): Lapse[] {
  const { atLeast } = window;
  if (atLeast === undefined) return [];
  const oldest = Math.min(...files.map(({ modifiedMs }) => modifiedMs));
  if (oldest <= periodBefore(now, atLeast.period).getTime()) return [];
  return [
    {
      source: name,
      kind: 'too-young',
      seen: `the oldest file was last written ${day(oldest)}, ${Math.floor((now.getTime() - oldest) / DAY_MS)} days back`,
      by: bound(atLeast),
      next: 'Is the source younger than that? If not, older files were deleted too early.',
    },
  ];
}

const bound = ({ period, by }: Bound): string => `at least ${periodText(period)}: ${by}`;
