/**
 * What a report knows: plain JSON, made from one incident. Templates see this and nothing else, and
 * `ir report --json` prints it. What is not known is null, and each gap that matters is a question.
 * All text may come from attackers; templates escape it.
 */
import type { Level } from '../events/level.ts';
import type { Instant, KeyTimes, Phase, StepState } from '../incidents/incident.ts';
import type { ReportStory, ReviewFacts } from './report-story.ts';

/** The sections of the report, which questions are sorted into. */
export const SECTIONS = [
  'summary',
  'impact',
  'times',
  'attack',
  'response',
  'checklist',
  'changes',
  'factors',
  'wentWell',
  'wentBadly',
  'lucky',
  'actions',
  'custody',
] as const;

/** A section of the post-mortem. */
export type Section = (typeof SECTIONS)[number];

/** Something that the writer must still answer. */
export interface Question {
  section: Section;
  text: string;
  /** The command that answers it; empty when a decision is asked for. */
  command: string;
}

/** A note as the report shows it. */
export interface NoteItem {
  at: Instant;
  actor: string;
  /** What counts now. */
  text: string;
  /** When what it tells happened, where somebody said so. */
  happenedAt: Instant | null;
  /** What it said before it was corrected, oldest first. */
  replaced: readonly string[];
  /** Set when the note no longer counts; the report strikes it out. */
  withdrawn: { at: Instant; actor: string; reason: string } | null;
}

/** Something still to do, by whom and when. */
export interface ActionItem extends NoteItem {
  /** Written as `@owner` in the note. */
  owner: string | null;
  /** Written as `due 2026-12-01`. */
  due: string | null;
}

/** A key time of the incident. */
export interface KeyTimeItem {
  name: keyof KeyTimes;
  meaning: string;
  at: Instant | null;
}

/** A span between two key times. */
export interface MetricItem {
  /** MTTD, MTTA, MTTC, MTTR. */
  name: string;
  title: string;
  /** How it is computed, in words. */
  definition: string;
  durationMs: number | null;
  /** The duration for reading, such as `2h 5m`. */
  text: string | null;
  /** Names of those of its two times that are not known. */
  missing: readonly string[];
}

/** A log line that a finding cites. */
export interface CitedLine {
  /** Evidence number and line, such as `E-001:1234`; the file's name where it was not saved. */
  reference: string;
  file: string;
  line: number;
  raw: string;
  /** Characters of the line that were left out here. */
  cut: number;
}

/** One of the findings that were saved first. */
export interface SignItem {
  /** F-01; empty when the table of findings does not have it. */
  number: string;
  /** Of the rule. */
  title: string;
  level: Level;
  techniques: readonly { id: string; name: string }[];
  count: number;
  /** There may be more events than `count`. */
  isLeast: boolean;
  /** The log files that it cites, with their evidence numbers. */
  files: readonly string[];
  firstAt: Instant | null;
  /** `4h 1m before it was detected`; null where one of the two times is not known. */
  delay: string | null;
}

/** A finding as the report tells it. */
export interface AttackItem {
  /** Of the finding, stable over reruns. */
  id: string;
  /** F-01, F-02, ... in time order. */
  number: string;
  firstAt: Instant | null;
  lastAt: Instant | null;
  level: Level;
  title: string;
  techniques: readonly string[];
  tactics: readonly string[];
  count: number;
  /** The values by ECS field, cut to a few each. */
  entities: readonly { field: string; values: readonly string[]; more: number }[];
  references: readonly string[];
  cited: CitedLine | null;
}

/** Findings of one rule that are told in one row: the noise around the attack. */
export interface BackgroundItem {
  title: string;
  level: Level;
  findings: number;
  events: number;
  firstAt: Instant | null;
  lastAt: Instant | null;
}

/** Something to look for elsewhere: a value that findings of medium level and above name. */
export interface IndicatorItem {
  /** What it is: `address`, `account`, `file`, ... */
  kind: string;
  value: string;
  firstAt: Instant | null;
  /** Numbers of the findings (F-01). */
  findings: readonly string[];
}

/** One statement of the story, with the findings behind it. */
export interface StoryItem {
  label: string;
  text: string;
  findings: readonly string[];
}

/** An ATT&CK technique (id) or tactic (slug) and the findings that show it, in order of first appearance. */
export interface GroupItem {
  id: string;
  /** The technique's name; the tactic's in words. */
  name: string;
  firstAt: Instant | null;
  /** Numbers of the findings (F-01). */
  findings: readonly string[];
}

/** One thing that was done in response. */
export interface ResponseItem {
  at: Instant;
  actor: string;
  /** What happened, in words. */
  text: string;
  /** A command as it was run; empty for everything else. */
  command: string;
  /** A note that was corrected or withdrawn later. */
  isStruck: boolean;
  /** Of the incident when it was written, and whether something was done by it. */
  phase: Phase;
  isAct: boolean;
}

/** A step and what became of it. */
export interface ChecklistItem {
  id: string;
  title: string;
  isRequired: boolean;
  status: StepState['status'] | 'not_applicable';
  reason: string;
  at: Instant | null;
  actor: string;
  /** It counts as done, and its command was never started from here. */
  isDoneWithoutRun: boolean;
}

/** The steps of one phase. */
export interface ChecklistPhase {
  phase: Phase;
  title: string;
  done: number;
  waived: number;
  open: number;
  steps: readonly ChecklistItem[];
}

/** A command that changed something and is not known to be undone. */
export interface ChangeItem {
  at: Instant;
  actor: string;
  host: string;
  stepTitle: string;
  risk: string;
  command: string;
  exitCode: number | null;
  /** How to undo it, quoted for reading; empty when the playbook has no undo. */
  undo: string;
}

/** An action on a system, and how it stands at the end of what the report covers. */
export interface SystemChangeItem {
  /** */
  number: string;
  /** Of the catalogue, or the step whose command it is. */
  name: string;
  target: string;
  host: string;
  risk: string;
  at: Instant;
  actor: string;
  /** When it was read back and found in place; null where it never was. */
  verifiedAt: Instant | null;
  /** `in place`, `undone`, `expired`, `never run`, `unknown` (it did not report back), `failed` (it may be in place), `final` (it cannot be taken back). */
  standing: 'in place' | 'undone' | 'expired' | 'never run' | 'unknown' | 'failed' | 'final';
  /** Since when it stands so, and who brought that about. */
  since: Instant;
  by: string;
  /** When it runs out; null where nothing ends it. */
  until: Instant | null;
  /** What was said with its last change: why it failed, or cannot be taken back. */
  reason: string;
}

/** A file that was read, with its checksum. */
export interface SourceItem {
  number: string;
  path: string;
  format: string;
  sha256: string;
  sizeBytes: number;
  lines: number;
  parsed: number;
  joined: number;
  skipped: number;
  savedAt: Instant;
  savedBy: string;
  problem: string | null;
}

/** A piece of evidence that is kept. */
export interface EvidenceRow {
  number: string;
  title: string;
  /** Machine and place that it is of. */
  from: string;
  method: string;
  sizeBytes: number;
  sha256: string;
  collectedAt: Instant;
  addedBy: string;
  holder: string;
  /** To whom it was handed who has not received it yet; null where nobody. */
  handedTo: string | null;
  /** Why it no longer counts; null while it does. */
  withdrawn: string | null;
}

/** The evidence that the report rests on, and the state of the journal. */
export interface Custody {
  sources: readonly SourceItem[];
  evidence: readonly EvidenceRow[];
  /** Chain head that this report was made from, hex. */
  head: string;
  /** Journal entries of the incident up to that head. */
  entries: number;
  isIntact: boolean;
  erasedPayloads: number;
  /** What is wrong with the chain or the store around it; null when nothing is. */
  problem: string | null;
  /** Entries whose time does not go with that of the one before, a sentence each. */
  clockDoubts: readonly string[];
}

/** A deadline. */
export interface ClockItem {
  number: string;
  title: string;
  rule: string;
  cite: string;
  recipient: string;
  triggeredAt: Instant;
  /** Null where the law names no time. */
  dueAt: Instant | null;
  state: string;
  countdown: string;
  reason: string;
}

/** What was decided, and why. */
export interface DecisionItem {
  at: Instant;
  actor: string;
  text: string;
  why: string;
  instead: readonly string[];
  /** Why it counts no more; null while it does. */
  withdrawn: string | null;
}

/** The whole report as data: what templates and JSON show. */
export interface ReportModel extends ReportStory {
  schema: 'ir.report/v1';
  /** Who had the report made. */
  author: string;
  review: ReviewFacts;
  /** What people wrote for each section; empty where nothing. */
  written: Readonly<Record<Section, string>>;
  /** Time of the last journal entry that the report covers. */
  asOf: Instant;
  incident: {
    key: string;
    title: string;
    description: string;
    severity: string;
    impact: string;
    urgency: string;
    determination: string;
    status: string;
    phase: string;
    type: string;
    playbook: string;
    openedBy: string;
    isDrill: boolean;
  };
  /** The story in a few sentences, made from facts of the case alone. */
  summary: readonly string[];
  /** How it came to be known: notes on it, and what was found in the logs first. */
  detection: {
    notes: readonly NoteItem[];
    savedAt: Instant | null;
    savedBy: string | null;
    /** The findings that were saved then. */
    findings: number;
    /** The gravest of them, at most five. */
    signs: readonly SignItem[];
  };
  impact: readonly NoteItem[];
  keyTimes: readonly KeyTimeItem[];
  metrics: readonly MetricItem[];
  attack: {
    findings: number;
    events: number;
    firstAt: Instant | null;
    lastAt: Instant | null;
    /** At most ten statements, to be read before the table. */
    story: readonly StoryItem[];
    indicators: readonly IndicatorItem[];
    timeline: readonly AttackItem[];
    background: readonly BackgroundItem[];
    tactics: readonly GroupItem[];
    techniques: readonly GroupItem[];
  };
  /** What is known of the data and people affected, and how it came to be. */
  facts: readonly { name: string; text: string }[];
  assets: readonly { name: string; type: string; state: string; owner: string; holds: string }[];
  /** Deadlines, as they stood at `asOf`. */
  clocks: readonly ClockItem[];
  /** Shown with deadlines. */
  advice: string;
  decisions: readonly DecisionItem[];
  /** Who has which role, in the order in which they took it. */
  people: readonly { role: string; person: string; from: Instant }[];
  response: readonly ResponseItem[];
  responders: readonly string[];
  checklist: readonly ChecklistPhase[];
  /** What was done to systems, taken back or not. */
  onSystems: readonly SystemChangeItem[];
  changes: readonly ChangeItem[];
  factors: readonly NoteItem[];
  wentWell: readonly NoteItem[];
  wentBadly: readonly NoteItem[];
  lucky: readonly NoteItem[];
  actions: readonly ActionItem[];
  custody: Custody;
  questions: readonly Question[];
  /** The same questions by section; every section is there. */
  ask: Readonly<Record<Section, readonly Question[]>>;
}
