/** Compares the findings of a timeline with the answers of a drill. */
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Finding } from '../../src/detect/finding.ts';
import type { AnswerPart } from '../../src/drills/scenario.ts';
import { type Level, levelRank } from '../../src/events/level.ts';

/** One row of `truth.jsonl`. */
export interface TruthRow {
  file: string;
  line: number;
  chapter: string;
  technique: string;
  entities: Record<string, string[]>;
}

export interface Comparison {
  /** Chapter to the findings that tell of it. */
  found: ReadonlyMap<string, readonly Finding[]>;
  /** Chapters without a finding. */
  missed: readonly string[];
  /** Findings that accuse benign lines. */
  falseFindings: readonly Finding[];
}

/** First and last line of a part of the attack. */
export interface TruthAct {
  act: string;
  first: { time: string; file: string; line: number };
  last: { time: string; file: string; line: number };
}

/** What a reader should be able to say: the last rows of `truth.jsonl`. */
export interface TruthAnswer {
  part: AnswerPart;
  says: string;
  names: string[];
  bytes?: number;
  of: TruthAct[];
}

const rowsIn = (folder: string): (TruthRow | TruthAnswer)[] =>
  readFileSync(join(folder, 'truth.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthRow | TruthAnswer);

/** Reads which lines of the drill in `folder` are of the attack. */
export const readTruth = (folder: string): TruthRow[] =>
  rowsIn(folder).filter((row) => 'line' in row);

/** Reads what there is to say of the drill in `folder`. */
export const readAnswers = (folder: string): TruthAnswer[] =>
  rowsIn(folder).filter((row) => 'part' in row);

/**
 * A finding is true when most of the lines it shows are an attacker's; it tells of the chapters those lines
 * belong to.
 */
export function compareWithTruth(
  findings: readonly Finding[],
  truth: readonly TruthRow[],
  folder: string,
): Comparison {
  const chapterOf = new Map(truth.map(({ file, line, chapter }) => [`${file}:${line}`, chapter]));
  const found = new Map<string, Finding[]>();
  const falseFindings: Finding[] = [];
  for (const finding of findings) {
    const chapters = finding.evidence.map(({ file, line }) =>
      chapterOf.get(`${relative(folder, file)}:${line}`),
    );
    const attacks = chapters.filter((chapter) => chapter !== undefined);
    if (attacks.length * 2 <= chapters.length) {
      falseFindings.push(finding);
      continue;
    }
    for (const chapter of new Set(attacks))
      found.set(chapter, [...(found.get(chapter) ?? []), finding]);
  }
  const missed = [...new Set(truth.map(({ chapter }) => chapter))].filter(
    (chapter) => !found.has(chapter),
  );
  return { found, missed, falseFindings };
}

/** The strongest level among findings; undefined when there is none. */
export const strongest = (findings: readonly Finding[]): Level | undefined =>
  [...findings].sort((a, b) => levelRank(b.level) - levelRank(a.level))[0]?.level;

/** What a person wants to read of a comparison. */
export function describeComparison({ found, missed, falseFindings }: Comparison): string {
  const lines: string[] = [];
  for (const [chapter, findings] of found) {
    lines.push(`found   ${chapter} (${strongest(findings)})`);
    for (const { rule, level, count } of findings) {
      if (chapter !== 'background-noise')
        lines.push(`          ${level} ${rule.name || rule.title} x${count}`);
    }
  }
  for (const chapter of missed) lines.push(`missed  ${chapter}`);
  for (const { rule, level, count, evidence } of falseFindings) {
    lines.push(`false   ${level} ${rule.name || rule.title} x${count}`);
    for (const { file, line, raw } of evidence) {
      lines.push(`          ${file}:${line} ${raw.slice(0, 200)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
