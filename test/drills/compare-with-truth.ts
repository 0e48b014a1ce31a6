/** Compares the findings of a timeline with the answers of a drill. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Finding } from '../../src/detect/finding.ts';
import { type Level, levelRank } from '../../src/events/level.ts';

/** One row of `truth.jsonl`. */
export interface TruthRow {
  file: string;
  line: number;
  act: string;
  technique: string;
  entities: Record<string, string[]>;
}

export interface Comparison {
  /** Act to the findings that tell of it. */
  found: ReadonlyMap<string, readonly Finding[]>;
  /** Acts without a finding. */
  missed: readonly string[];
  /** Findings that accuse benign lines. */
  falseFindings: readonly Finding[];
}

/** Reads the answers of the drill in `folder`. */
export const readTruth = (folder: string): TruthRow[] =>
  readFileSync(join(folder, 'truth.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthRow);

/**
 * A finding is true when most of the lines it shows are an attacker's; it tells of the acts those lines
 * belong to.
 */
export function compareWithTruth(
  findings: readonly Finding[],
  truth: readonly TruthRow[],
  folder: string,
): Comparison {
  const actOf = new Map(truth.map(({ file, line, act }) => [`${file}:${line}`, act]));
  const found = new Map<string, Finding[]>();
  const falseFindings: Finding[] = [];
  for (const finding of findings) {
    const acts = finding.evidence.map(({ file, line }) =>
      actOf.get(`${relative(folder, file)}:${line}`),
    );
    const attacks = acts.filter((act) => act !== undefined);
    if (attacks.length * 2 <= acts.length) {
      falseFindings.push(finding);
      continue;
    }
    for (const act of new Set(attacks)) found.set(act, [...(found.get(act) ?? []), finding]);
  }
  const missed = [...new Set(truth.map(({ act }) => act))].filter((act) => !found.has(act));
  return { found, missed, falseFindings };
}

/** The strongest level among findings; undefined when there is none. */
export const strongest = (findings: readonly Finding[]): Level | undefined =>
  [...findings].sort((a, b) => levelRank(b.level) - levelRank(a.level))[0]?.level;

/** What a person wants to read of a comparison. */
export function describeComparison({ found, missed, falseFindings }: Comparison): string {
  const lines: string[] = [];
  for (const [act, findings] of found) {
    lines.push(`found   ${act} (${strongest(findings)})`);
    for (const { rule, level, count } of findings) {
      if (act !== 'background-noise')
        lines.push(`          ${level} ${rule.name || rule.title} x${count}`);
    }
  }
  for (const act of missed) lines.push(`missed  ${act}`);
  for (const { rule, level, count, evidence } of falseFindings) {
    lines.push(`false   ${level} ${rule.name || rule.title} x${count}`);
    for (const { file, line, raw } of evidence) {
      lines.push(`          ${file}:${line} ${raw.slice(0, 200)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
