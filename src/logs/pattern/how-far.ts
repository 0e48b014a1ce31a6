/** How far a line has the form of a pattern: for people who write one. */
import { createClock } from '../clock.ts';
import type { FormatDocument } from './format-document.ts';
import { parsePattern } from './parse-pattern.ts';
import { phraseReader } from './read-phrases.ts';

/** Where the best of the patterns stops. */
export interface HowFar {
  pattern: string;
  /** 1-based column of the line at which it does not go on. */
  column: number;
  /** What the pattern wants there; empty when it ends and the line does not. */
  expected: string;
}

const REST = '$unmatched';

/** The pattern for whole lines that fits the longest beginning of `line`; undefined when one fits the line. */
export function howFar(document: FormatDocument, line: string): HowFar | undefined {
  let best: HowFar | undefined;
  for (const pattern of document.lines.flatMap(({ patterns }) => patterns)) {
    if (restOf(pattern, line, document) === '') return undefined;
    const far = beginning(pattern, line, document);
    if (best === undefined || far.column > best.column) best = far;
  }
  return best;
}

function beginning(pattern: string, line: string, document: FormatDocument): HowFar {
  const nodes = parsePattern(pattern);
  for (let count = nodes.length; count > 0; count -= 1) {
    const from = nodes[count]?.at ?? pattern.length;
    const rest = restOf(`${pattern.slice(0, from)}{${REST}:text}`, line, document);
    if (rest === undefined) continue;
    const to = nodes[count + 1]?.at ?? pattern.length;
    return { pattern, column: line.length - rest.length + 1, expected: pattern.slice(from, to) };
  }
  return { pattern, column: 1, expected: pattern.slice(0, nodes[1]?.at ?? pattern.length) };
}

/** What is left of the line behind the pattern; undefined where it does not fit. */
function restOf(pattern: string, line: string, document: FormatDocument): string | undefined {
  const phrase = { patterns: [pattern], set: [], by: [], cases: [] };
  try {
    const event = { timeUs: undefined, timeConfidence: 'none' as const, format: document.name };
    const reader = phraseReader([phrase], document);
    const variables = reader.read(line, event, createClock({ zone: 'UTC' }));
    return typeof variables === 'function' ? (variables(REST) ?? '') : undefined;
  } catch {
    // A text field before the rest takes all of it: nothing can be told there.
    return undefined;
  }
}
