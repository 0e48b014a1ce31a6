/** How it was detected: what the logs showed when findings were saved first, and how long it had been there. */
import type { Evidence, Finding } from '../detect/finding.ts';
import { levelRank } from '../events/level.ts';
import { durationText } from '../events/words.ts';
import type { JournalEntry, KeyTimes } from '../incidents/incident.ts';
import type { SourceFile } from '../incidents/incident-store.ts';
import type { AttackItem, ReportModel, SignItem } from './report-model.ts';
import { microsInstant } from './report-words.ts';
import type { TechniqueNames } from './technique-names.ts';

/** The gravest findings that are told; the others stand in the table. */
const MOST_SIGNS = 5;

interface Known {
  timeline: readonly AttackItem[];
  times: KeyTimes;
  sources: readonly SourceFile[];
  techniqueNames: TechniqueNames;
}

/** The first saving of findings: on most incidents, the moment in which somebody looked. */
export function firstSigns(
  journal: readonly JournalEntry[],
  known: Known,
): Omit<ReportModel['detection'], 'notes'> {
  const saving = journal.find(
    ({ type, payload }) => type === 'timeline_saved' && payload !== undefined,
  );
  const { findings = [] } = (saving?.payload ?? {}) as { findings?: readonly Finding[] };
  const grave = findings.filter(({ level }) => levelRank(level) >= levelRank('medium'));
  const gravest = [...(grave.length > 0 ? grave : findings)]
    .sort(
      (a, b) =>
        levelRank(b.level) - levelRank(a.level) ||
        (a.firstUs ?? Infinity) - (b.firstUs ?? Infinity) ||
        (a.id < b.id ? -1 : 1),
    )
    .slice(0, MOST_SIGNS);
  return {
    savedAt: saving?.at ?? null,
    savedBy: saving?.actor ?? null,
    findings: findings.length,
    signs: gravest.map((finding) => signOf(finding, known)),
  };
}

function signOf(finding: Finding, { timeline, times, sources, techniqueNames }: Known): SignItem {
  const { id, rule, level, count, firstUs, evidence } = finding;
  const firstAt = microsInstant(firstUs);
  return {
    number: timeline.find((item) => item.id === id)?.number ?? '',
    title: rule.title,
    level,
    techniques: rule.techniques.map((technique) => ({
      id: technique,
      name: techniqueNames.get(technique) ?? '',
    })),
    count,
    isLeast: finding.isLeast === true,
    files: [...new Set(evidence.map((one) => fileText(one, sources)))],
    firstAt,
    delay: firstAt === null ? null : delayText(firstAt, times),
  };
}

function fileText({ sha256, file }: Evidence, sources: readonly SourceFile[]): string {
  const source =
    sources.find((one) => sha256 !== '' && one.sha256 === sha256) ??
    sources.find(({ path }) => path === file);
  return source === undefined ? file : `${source.evidenceNo} ${source.path}`;
}

/** Between its first event and the moment in which it was known, or else the incident opened. */
function delayText(firstAt: string, { detected, declared }: KeyTimes): string | null {
  const known = detected ?? declared;
  if (known === undefined) return null;
  const delayMs = Date.parse(known) - Date.parse(firstAt);
  const what = detected === undefined ? 'the incident was opened' : 'it was detected';
  return delayMs === 0
    ? `when ${what}`
    : `${durationText(Math.abs(delayMs))} ${delayMs > 0 ? 'before' : 'after'} ${what}`;
}
