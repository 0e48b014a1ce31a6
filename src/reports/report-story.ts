/** Those parts of the model that tell the case as a story: by stage, attack and response merged, what was missed, what to change. */
import type { Instant, Phase, ReviewState } from '../incidents/incident.ts';
import type { CauseItem } from './cause-tree.ts';
import type { ResponseItem, StoryItem } from './report-model.ts';

/** One question that a reader has, and the statements that answer it. */
export interface StageItem {
  id: 'in' | 'did' | 'took' | 'found' | 'stopped' | 'open';
  title: string;
  statements: readonly StoryItem[];
}

/** A row of the merged time line. */
export interface MergedItem {
  at: Instant | null;
  side: 'attacker' | 'responder';
  /** F-01; empty for what responders did. */
  number: string;
  /** Of a finding; empty for what responders did. */
  level: string;
  actor: string;
  text: string;
  command: string;
  reference: string;
  isStruck: boolean;
}

/** A log that showed the intrusion before anybody knew of it. */
export interface GapItem {
  /** E-001, or the path where it was not saved. */
  log: string;
  path: string;
  /** Since when it was there to be looked at; null: not known. */
  since: Instant | null;
  /** The earliest finding of medium level or above in it. */
  finding: string;
  rule: string;
  at: Instant;
  /** `4h 1m`: so much earlier than it was detected. */
  earlier: string;
}

/** Something to change, with what can be pasted where it is known. */
export interface RecommendationItem {
  kind: 'rule' | 'configuration' | 'policy' | 'plan' | 'training';
  text: string;
  /** What it follows from: techniques, steps, findings. */
  because: string;
  /** A rule, a line of nftables or of a WAF, a paragraph; empty where there is none. */
  ready: string;
}

/** A draft of what a law wants to be told. */
export interface DraftItem {
  number: string;
  title: string;
  cite: string;
  recipient: string;
  dueAt: Instant | null;
  state: string;
  items: readonly { text: string; known: readonly string[] }[];
}

/** A task that is open or was done. */
export interface TaskItem {
  number: string;
  title: string;
  owner: string | null;
  due: Instant | null;
  state: string;
  /** It is of what is learnt, as `ir note --kind action_item` writes it. */
  isActionItem: boolean;
}

/** The story. */
export interface ReportStory {
  stages: readonly StageItem[];
  merged: readonly MergedItem[];
  /** What was done, again, by the phase in which it was done. */
  byPhase: readonly { phase: Phase; title: string; items: readonly ResponseItem[] }[];
  gap: readonly GapItem[];
  /** The factors as a tree, in reading order. */
  causes: readonly CauseItem[];
  recommendations: readonly RecommendationItem[];
  drafts: readonly DraftItem[];
  tasks: readonly TaskItem[];
}

/** How far the report is, and who read it. */
export interface ReviewFacts {
  /** That of the last review, where nothing was added to the case since; else it is a draft. */
  state: ReviewState;
  /** Oldest first. */
  reviewers: readonly {
    person: string;
    state: ReviewState;
    at: Instant;
    /** Nothing was added to the case since. */
    isCurrent: boolean;
  }[];
}
