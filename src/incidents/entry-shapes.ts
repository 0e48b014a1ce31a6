/** The small shapes that payloads are made of. */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type { Z } from './entry-kind.ts';
import {
  type CaseFacts,
  DEGREES,
  DETERMINATIONS,
  FACT_NAMES,
  FOUND_BY,
  type KeyTimes,
  LOSSES,
  NOTE_KINDS,
  PHASES,
  SEVERITIES,
  STATUSES,
  TIME_NAMES,
  TLPS,
} from './incident.ts';

/** Built with the zod that the caller has loaded. */
export const shapes = (z: Z) => ({
  text: z.string(),
  words: z.array(z.string()).readonly(),
  count: z.int().nonnegative(),
  /** 128 random bits: a name that no other store gives to something else. */
  id: z.string().regex(/^[0-9a-f]{32}$/),
  /** Also names an entry of the journal. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  /** RFC 3339, UTC, milliseconds or microseconds. */
  instant: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.(?:\d{3}){1,2}Z$/),
  signature: z.strictObject({
    key: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
  }),
  values: z.record(z.string(), z.string()).readonly(),
  severity: z.enum(SEVERITIES),
  degree: z.enum(DEGREES),
  determination: z.enum(DETERMINATIONS),
  status: z.enum(STATUSES),
  phase: z.enum(PHASES),
  noteKind: z.enum(NOTE_KINDS),
  timeName: z.enum(TIME_NAMES),
  times: z.custom<Partial<KeyTimes>>(
    (value) =>
      isObject(value) &&
      Object.keys(value).every((name) => (TIME_NAMES as readonly string[]).includes(name)),
  ),
  factName: z.enum(FACT_NAMES),
  facts: z.strictObject({
    dataKinds: z.array(z.string()).readonly().optional(),
    records: z.int().nonnegative().optional(),
    people: z.int().nonnegative().optional(),
    countries: z.array(z.string()).readonly().optional(),
    loss: z.enum(LOSSES).optional(),
    tlp: z.enum(TLPS).optional(),
    codename: z.string().optional(),
    isPrivileged: z.boolean().optional(),
    foundBy: z.enum(FOUND_BY).optional(),
    vector: z.string().optional(),
    duplicateOf: z.string().optional(),
    mergedInto: z.string().optional(),
    partOf: z.string().optional(),
  } satisfies Record<keyof CaseFacts, unknown>),
  /** The document that `ir timeline --json` gives; docs/output.md describes it. */
  finding: z.custom<Finding>((value) => isObject(value) && 'rule' in value && 'evidence' in value),
  file: z.custom<FileAccount>((value) => isObject(value) && 'path' in value && 'sha256' in value),
});

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;
