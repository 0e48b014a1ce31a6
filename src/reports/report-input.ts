/** What a report is made from; the command gathers it. Plain data, no handles. */
import type { ToldStatement } from '../detect/story/tell.ts';
import type { ClockLine } from '../incidents/clock-state.ts';
import type { CustodyEvent, EvidenceItem } from '../incidents/evidence.ts';
import type { ActionState, Instant, Phase } from '../incidents/incident.ts';
import type { WholeIncident } from '../incidents/incident-store.ts';
import type { Metrics } from '../incidents/key-times.ts';
import type { ToldEntry } from '../incidents/tell-journal.ts';
import type { Advice } from './recommendations.ts';
import type { DraftItem, ReviewFacts } from './report-story.ts';
import type { TechniqueNames } from './technique-names.ts';

/** A step of the playbook as far as a report needs it. */
export interface PlaybookStep {
  id: string;
  phase: Phase;
  title: string;
  isRequired: boolean;
  /** False when the step's condition does not hold for this incident. */
  applies: boolean;
  /** It counts as done, and its command was never started from here. */
  isDoneWithoutRun?: boolean;
  /** Absent for a step without a command. */
  command?: {
    risk: string;
    /** The argv as the playbook writes it, with `{{ placeholders }}`. */
    run: readonly string[];
    undo: readonly string[] | undefined;
    /** The undo with its values filled in, quoted for reading. */
    undoText: string;
  };
}

/** What a report says of the playbook. */
export interface PlaybookFacts {
  title: string;
  steps: readonly PlaybookStep[];
}

/** An action with what the rules of the case say of it. */
export interface ReportAction extends ActionState {
  /** Something of it is, or may be, on a system. */
  isInPlace: boolean;
  /** A stage of it began that never reported back. */
  isUnsettled: boolean;
  /** When it was read back and found in place; undefined where it never was. */
  verifiedAt: Instant | undefined;
}

/** All that a report is made from. */
export interface ReportInput {
  detail: WholeIncident;
  metrics: Metrics;
  /** Who has the report made. */
  author: string;
  review: ReviewFacts;
  /** By section; absent where nobody wrote any. */
  written: Readonly<Record<string, string>>;
  /** The story of the findings. */
  story: readonly ToldStatement[];
  techniqueNames: TechniqueNames;
  /** The incident's clock doubts, a sentence each. */
  doubtfulTimes: readonly string[];
  /** What is kept, each with who has it and the transfer that is open. */
  evidence: readonly (EvidenceItem & { holder: string; open: CustodyEvent | undefined })[];
  /** In the order in which they were planned. */
  actions: readonly ReportAction[];
  /** Undefined when the incident follows none, or it could not be loaded. */
  playbook: PlaybookFacts | undefined;
  /** How the clocks stood at the last entry that is told of, and what is shown with them. */
  clocks: readonly ClockLine[];
  advice: string;
  /** What can be advised. */
  recommended: readonly Advice[];
  /** Of all clocks that run or ran. */
  drafts: readonly DraftItem[];
  /** The journal in words. */
  told: readonly ToldEntry[];
  /** Does the store verify, and if not, what is wrong? Nothing that only concerns other incidents. */
  chain: { isIntact: boolean; problem: string | undefined };
}
