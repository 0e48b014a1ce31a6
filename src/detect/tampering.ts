/** Findings about the logs themselves: records that were taken out of them. */
import { createHash } from 'node:crypto';
import { grouped } from '../events/words.ts';
import {
  type AuditTrails,
  addTrails,
  type MissingRecords,
  missingIn,
  missingRecords,
} from './audit-trail.ts';
import { ecsDocument } from './ecs-document.ts';
import type { CitedLine } from './evidence.ts';
import type { Finding } from './finding.ts';
import { evidenceAt } from './findings.ts';
import { fileOf, type Location } from './location.ts';
import type { JudgeInput } from './same-answer.ts';
import type { ScanResult } from './scan-task.ts';

/** What is needed to tell of it. */
export interface TamperInput extends Pick<JudgeInput, 'accepts' | 'cite'> {
  ofLines: Omit<Parameters<typeof evidenceAt>[1], 'cited'>;
}

const RULE = {
  id: 'audit-records-missing',
  name: 'audit_records_missing',
  title: 'Records missing from the audit log',
  level: 'medium',
  tactics: ['defense-evasion'],
  techniques: ['T1070', 'T1070.002'],
} as const satisfies Finding['rule'];

/** A finding for each place where records are missing, of which a line before or after takes part. */
export function* tamperingIn(
  byFile: readonly (readonly Pick<ScanResult, 'trails'>[])[],
  { accepts, cite, ofLines }: TamperInput,
): Generator<void, Finding[], void> {
  const missing = byFile.flatMap((parts) => {
    const trails: AuditTrails = new Map();
    for (const part of parts) addTrails(trails, part.trails);
    return missingRecords(trails);
  });
  const cited = yield* cite(new Set(missing.flatMap(placesOf)));
  return missing
    .filter((one) =>
      placesOf(one).some((location) => {
        const { event, raw = '' } = cited.get(location) ?? {};
        return event !== undefined && accepts(event, raw, location);
      }),
    )
    .map((one) => findingOf(one, { ...ofLines, cited }));
}

const placesOf = ({ before, after }: MissingRecords): Location[] => [
  before.location,
  after.location,
];

function findingOf(
  one: MissingRecords,
  input: TamperInput['ofLines'] & { cited: ReadonlyMap<Location, CitedLine> },
): Finding {
  const { host, before, after } = one;
  const evidence = placesOf(one).map((location) => evidenceAt(location, input));
  const [first, last] = evidence;
  const path = input.files[fileOf(before.location)]?.path ?? '';
  const key = [RULE.id, path, host, before.serial, after.serial].join('\u0001');
  const event = input.cited.get(before.location)?.event;
  const message =
    `${grouped(missingIn(one))} records are missing from the audit log between ` +
    `number ${before.serial} and number ${after.serial}, though the kernel numbers them without a hole and nearly all others are there: ` +
    'somebody may have cut out what was recorded between these two lines';
  return {
    id: createHash('sha256').update(key).digest('hex').slice(0, 16),
    rule: RULE,
    level: RULE.level,
    firstUs: Math.min(before.timeUs, after.timeUs),
    lastUs: Math.max(before.timeUs, after.timeUs),
    atUs: Math.min(before.timeUs, after.timeUs),
    count: missingIn(one),
    entities: { ...(host !== '' && { 'host.hostname': [host] }), 'log.file.path': [path] },
    evidence: [first!, last!],
    event: { ...(event === undefined ? {} : ecsDocument(event, first)), message },
  };
}
