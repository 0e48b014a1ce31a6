/** The global options of one run, built once from flags and environment. */
import { userInfo } from 'node:os';
import { suggestion, usageError } from './errors.ts';
import { type ForPaths, readForPaths } from './logs/said-of-files.ts';
import { assertZone, createZoneOffset } from './logs/time-zone.ts';

/** Forms of rows of a timeline for other programs. */
export const ROW_FORMATS = ['timesketch', 'timesketch-csv', 'bulk', 'ocsf', 'l2tcsv'] as const;

/** One of them. */
export type RowFormat = (typeof ROW_FORMATS)[number];

/** Output formats. */
export const FORMATS = [
  'text',
  'json',
  'jsonl',
  'csv',
  'md',
  'html',
  'pdf',
  'svg',
  ...ROW_FORMATS,
] as const;

/** One of the output formats. */
export type OutputFormat = (typeof FORMATS)[number];

/** The options of a run that all commands share. */
export interface Settings {
  format: OutputFormat;
  isInputAllowed: boolean;
  isQuiet: boolean;
  /** Is told what is being done, line by line? */
  isVerbose: boolean;
  isDebug: boolean;
  /** May long output on a terminal go through a pager? */
  isPaged: boolean;
  color: 'always' | 'never' | 'auto';
  /** Workspace folder from --store or IR_STORE; undefined: search upwards from `cwd`. */
  store: string | undefined;
  /** Incident key from --incident or IR_INCIDENT; undefined: the current one. */
  incident: string | undefined;
  /** IANA zone of log stamps that name none. */
  zone: string;
  /** Did the user name it? */
  isZoneGiven: boolean;
  /** The same for the logs whose paths a glob matches. */
  zones: readonly ForPaths<string>[];
  /** IANA zone in which people read and write times. */
  displayZone: string;
  /** Minutes east of UTC in it at a moment, milliseconds since the epoch. */
  displayOffsetAt(ms: number): number;
  cwd: string;
  /** Who acts: IR_ACTOR, else the login name. */
  actor: string;
  env: Readonly<Record<string, string | undefined>>;
  /** `--mask`: how what is printed, sent and saved is masked; absent: it is not. */
  masking?: MaskAsk;
}

/** What `--mask` and the options beside it say. */
export interface MaskAsk {
  method?: string | undefined;
  also?: readonly string[] | undefined;
  keyFile?: string | undefined;
  keepNetwork?: boolean | undefined;
}

/** The global flags as commander gives them. */
export interface RawSettings {
  format?: string;
  json?: boolean;
  input?: boolean;
  quiet?: boolean;
  verbose?: boolean;
  debug?: boolean;
  pager?: boolean;
  color?: string | boolean;
  store?: string;
  incident?: string;
  tz?: string | readonly string[];
  displayTz?: string;
  mask?: boolean;
  maskMethod?: string;
  maskAlso?: readonly string[];
  maskKey?: string;
  maskKeepNetwork?: boolean;
}

/** Folds flags and environment into `Settings`. Throws a usage error on a value that is not one of its words. */
export function buildSettings(raw: RawSettings, env: NodeJS.ProcessEnv, cwd: string): Settings {
  const format = raw.format ?? (raw.json === true ? 'json' : 'text');
  if (!FORMATS.includes(format as OutputFormat)) {
    throw usageError(`unknown format "${format}"`, suggestion(format, FORMATS));
  }
  const { zone, isZoneGiven, zones } = readZones([raw.tz ?? []].flat());
  const displayZone = raw.displayTz ?? 'UTC';
  assertZone(displayZone, '--display-tz');
  return Object.freeze({
    format: format as OutputFormat,
    isInputAllowed: raw.input !== false && !env['CI'],
    isQuiet: raw.quiet === true,
    isVerbose: raw.verbose === true && raw.quiet !== true,
    isDebug: raw.debug === true,
    isPaged: raw.pager !== false,
    color: readColor(raw.color),
    store: raw.store ?? nonEmpty(env['IR_STORE']),
    incident: raw.incident ?? nonEmpty(env['IR_INCIDENT']),
    zone,
    isZoneGiven,
    zones,
    displayZone,
    displayOffsetAt: createZoneOffset(displayZone),
    cwd,
    ...readMask(raw),
    actor: nonEmpty(env['IR_ACTOR']) ?? loginName(env),
    env,
  });
}

function readMask(raw: RawSettings): { masking?: MaskAsk } {
  const { mask, maskMethod: method, maskAlso: also, maskKey, maskKeepNetwork } = raw;
  const given = {
    '--mask-method': method,
    '--mask-also': also,
    '--mask-key': maskKey,
    '--mask-keep-network': maskKeepNetwork,
  };
  if (mask === true)
    return { masking: { method, also, keyFile: maskKey, keepNetwork: maskKeepNetwork } };
  const [flag] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
  if (flag !== undefined) throw usageError(`${flag} goes with --mask`, 'Add --mask.');
  return {};
}

/** `--tz ZONE` is for all logs, `--tz GLOB=ZONE` for those that the glob matches; of each the last one holds. */
function readZones(texts: readonly string[]): Pick<Settings, 'zone' | 'isZoneGiven' | 'zones'> {
  let zone: string | undefined;
  const zones: ForPaths<string>[] = [];
  for (const text of texts) {
    const said = text.includes('=') ? readForPaths(text, '--tz', 'ZONE') : undefined;
    assertZone(said?.value ?? text, '--tz');
    if (said === undefined) zone = text;
    else zones.push(said);
  }
  return { zone: zone ?? 'UTC', isZoneGiven: zone !== undefined, zones };
}

function readColor(value: string | boolean | undefined): Settings['color'] {
  if (value === undefined || value === 'auto') return 'auto';
  if (value === true || value === 'always') return 'always';
  if (value === false || value === 'never') return 'never';
  throw usageError(
    `unknown --color value "${value}"`,
    suggestion(value, ['always', 'never', 'auto']),
  );
}

const nonEmpty = (value: string | undefined): string | undefined =>
  value === undefined || value === '' ? undefined : value;

function loginName(env: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch {
    return nonEmpty(env['USER']) ?? 'unknown';
  }
}
