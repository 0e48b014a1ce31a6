/** What the engine reports: a rule that hit, repeated hits folded into one, with the evidence. */

import type { IrError } from '../errors.ts';
import type { Level } from '../events/level.ts';
import type { RuleCard } from '../sigma/compiled-rule.ts';
import type { Stage } from './attack.ts';
import type { FoundIndicator } from './indicators/indicator-rules.ts';
import type { Noise } from './noisy.ts';
import type { Story } from './story/story.ts';
import type { UnmatchableRule } from './unmatchable.ts';

/** A pointer into a source file that anyone can check. */
export interface Evidence {
  /** Path as the user named it. */
  file: string;
  /** SHA-256 of the whole file as read, hex; empty when it was not asked for. */
  sha256: string;
  /** 1-based. */
  line: number;
  /** Byte offset of the line's first byte (in the decompressed content for compressed files). */
  offset: number;
  /** The line as it stands in the file, without line ending, decoded as UTF-8. */
  raw: string;
  /** Time of the event, microseconds since the epoch. */
  timeUs: number | undefined;
}

/** One act that a rule saw, with its evidence, as JSON can carry it: cases and outputs hold it as it stands here. */
export interface Finding {
  /** Stable over reruns: hash of rule, entities, first evidence. 16 hex digits. */
  id: string;
  rule: RuleCard;
  level: Level;
  /**
   * First and last hit, microseconds since the epoch; undefined when the events have no time. Of a finding
   * that leads others: of all of them.
   */
  firstUs: number | undefined;
  lastUs: number | undefined;
  /** When the event that makes it one happened; absent in findings of older stores: `firstUs`. */
  atUs?: number | undefined;
  /** Number of events that hit the rule. */
  count: number;
  /** There may be more than `count`: those of one host among several, beyond what was kept. */
  isLeast?: boolean;
  /** How many of `count` are what the others led to (logins after failures); absent: one. */
  decided?: number;
  /** ECS field to the distinct values seen, those of others it leads included; at most 20 each. */
  entities: Readonly<Record<string, readonly string[]>>;
  /** First hits and the last one; at most 5. */
  evidence: readonly Evidence[];
  /** The first event's fields, nested as an ECS document, for machine output. */
  event: Readonly<Record<string, unknown>>;
  /** Below the level asked for and shown all the same: why. */
  raised?: string;
  /** Why it may be less than its rule says; its level is lowered where it was higher than that allows. */
  doubt?: string;
  /** The indicators that it is about, and where they were written; absent where there are none. */
  indicators?: readonly FoundIndicator[];
  /** Its rule hits what is ordinary here: all of its findings stand in this one. */
  noise?: Noise;
  /** What it leads; absent when it stands alone. */
  act?: Act;
}

/** The other findings of the same act: one technique, one actor, one target, without a long pause. */
export interface Act {
  /** Strongest first, then by time; at most `MOST_NAMED`. */
  others: readonly FoldedFinding[];
  /** Further ones that are only counted. */
  unnamed: number;
  /** ECS field to the number of values beyond those in `entities`. */
  furtherValues: Readonly<Record<string, number>>;
  /** First and last hit of the finding that leads, by itself; absent in findings of older stores. */
  lead?: Readonly<Pick<Finding, 'firstUs' | 'lastUs'>> | undefined;
}

/** A finding that another one leads. */
export interface FoldedFinding {
  id: string;
  rule: RuleCard;
  level: Level;
  firstUs: number | undefined;
  lastUs: number | undefined;
  count: number;
  doubt?: string;
  /** Its first piece of evidence; undefined when it has none. */
  evidence: Evidence | undefined;
}

/** How the lines of one source file were accounted for. */
export interface FileAccount {
  path: string;
  /** Hex; empty when it was not asked for or could not be made. */
  sha256: string;
  sizeBytes: number;
  /** Main format of the file, empty when nothing was recognised. */
  format: string;
  lines: number;
  parsed: number;
  /** Of these, the ones that no format knows and that are read by their stamp alone. */
  generic: number;
  joined: number;
  skipped: number;
  /** Reason to number of lines and the first example's line number. */
  skips: Readonly<Record<string, { count: number; firstLine: number; example: string }>>;
  /** NUL bytes in front of lines, as a crash leaves them, that were passed over; absent: none. */
  nulBytes?: number | undefined;
  firstUs: number | undefined;
  lastUs: number | undefined;
  /** Set when no event of the file has a time: which setting adds one. */
  advice?: string | undefined;
  /** Set when the file as a whole could not be read, or only in part: the reason. */
  problem: string | undefined;
}

/** A path that could not be read, in whole or in part. */
export interface PathProblem {
  path: string;
  problem: string;
}

/** An address or name, and how much was counted of it: requests, bytes or failed logins. */
export interface TopSource {
  value: string;
  count: number;
}

/** The result of `ir timeline` without `--all`. */
export interface Timeline {
  findings: readonly Finding[];
  /** What the findings tell of who got in, the gravest first; none where nobody did. */
  stories: readonly Story[];
  /** The findings by ATT&CK's tactics, in its order. */
  stages: readonly Stage[];
  files: readonly FileAccount[];
  /** Events per bucket of time, and the highest finding level in each. */
  histogram: {
    startUs: number;
    bucketUs: number;
    counts: readonly number[];
    marks: readonly (Level | undefined)[];
  };
  totals: { events: number; findings: number; byLevel: Readonly<Record<Level, number>> };
  top: {
    byRequests: readonly TopSource[];
    byBytes: readonly TopSource[];
    byFailedLogins: readonly TopSource[];
    /** There were so many sources that the counts are estimates. */
    isApproximate: boolean;
  };
  /** Rules that could not be loaded, each with its place: reported, the others ran. */
  brokenRules: readonly IrError[];
  rulesRun: number;
  /** Rules among them that could not match, whatever the lines say. */
  unmatchable: readonly UnmatchableRule[];
  /** Paths that could not be read, in whole or in part; not zero ends the command with exit 4. */
  unreadable: number;
  /** Which, and why. */
  unread: readonly PathProblem[];
  /** Where there was no event at all: the reason, as part of a sentence; else undefined. */
  whyNothing: string | undefined;
  /** Findings below the lowest level asked for. */
  hiddenFindings: number;
  /** Findings that another one leads: not among `findings`, but named or counted there. */
  foldedFindings: number;
}
