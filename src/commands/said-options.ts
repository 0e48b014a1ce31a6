/** The options of `ir timeline` that say something of single files. */
import { usageError } from '../errors.ts';
import { type ForPaths, readForPaths, type SaidOfFiles } from '../logs/said-of-files.ts';
import type { Settings } from '../settings.ts';

/** As commander gives them, each `GLOB=VALUE`. */
export interface SaidOptions {
  as?: readonly string[];
  skew?: readonly string[];
  host?: readonly string[];
  exclude?: readonly string[];
}

const UNIT_US: Readonly<Record<string, number>> = {
  '': 1_000_000,
  us: 1,
  ms: 1000,
  s: 1_000_000,
  m: 60_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
};

/**
 * What they say, zones included.
 * @throws IrError (exit 2) for one that cannot be read
 */
export function readSaid(
  { zone, zones, isZoneGiven }: Settings,
  options: SaidOptions,
): SaidOfFiles {
  const read = (texts: readonly string[] | undefined, flag: string, value: string) =>
    (texts ?? []).map((text) => readForPaths(text, flag, value));
  const excluded = options.exclude ?? [];
  if (excluded.includes('')) throw usageError('--exclude: the glob is empty');
  return {
    zone,
    isZoneGiven,
    zones,
    formats: read(options.as, '--as', 'FORMAT'),
    hosts: read(options.host, '--host', 'NAME'),
    skews: read(options.skew, '--skew', 'TIME').map(readSkew),
    excluded,
  };
}

function readSkew({ glob, value }: ForPaths<string>): ForPaths<number> {
  const us = spanUs(value);
  if (us === undefined) {
    throw usageError(
      `--skew: "${value}" is no time to add`,
      'Write +90s for a clock that was 90 seconds slow, -1h30m for one that was fast.',
    );
  }
  return { glob, value: us };
}

/** Microseconds of `+90s`, `-1h30m`, `250ms`, `90`; undefined for what is no length of time. */
export function spanUs(text: string): number | undefined {
  const [, sign = '', parts = ''] =
    /^([+-]?)((?:\d+(?:\.\d+)?(?:us|ms|min|[smhd]|$))+)$/.exec(text) ?? [];
  if (parts === '') return undefined;
  let us = 0;
  for (const [, count, unit = ''] of parts.matchAll(/(\d+(?:\.\d+)?)(us|ms|min|[smhd])?/g))
    us += Number(count) * (UNIT_US[unit] ?? 0);
  return Math.round(sign === '-' ? -us : us);
}

/** The number of threads. @throws IrError (exit 2) */
export function readWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{1,2}$/.test(text)) {
    throw usageError(`--workers is no number from 0 to 99: "${text}"`);
  }
  return Number(text);
}
