/**
 * The case as the domain sees it. Everything here is a projection of the journal; the journal is the truth.
 */
export const PHASES = [
  'triage',
  'containment',
  'eradication',
  'recovery',
  'post_incident',
] as const;

/** The part of the response that an incident is in; playbook steps belong to one. */
export type Phase = (typeof PHASES)[number];

/** How far a report is: nobody else saw it, somebody reads it, it may go out. */
export const REVIEW_STATES = ['draft', 'in_review', 'approved'] as const;

/** How far a report is. */
export type ReviewState = (typeof REVIEW_STATES)[number];

/** Whether an incident is being worked on. A closed one can be reopened. */
export const STATUSES = ['open', 'on_hold', 'closed'] as const;

/** One of `STATUSES`. */
export type Status = (typeof STATUSES)[number];

/** What an incident turned out to be: real or not, and whether the attack succeeded. */
export const DETERMINATIONS = [
  'suspected',
  'confirmed',
  'blocked',
  'failed_attempt',
  'false_positive',
] as const;

/** One of `DETERMINATIONS`. */
export type Determination = (typeof DETERMINATIONS)[number];

/** The gravest first. */
export const SEVERITIES = ['SEV1', 'SEV2', 'SEV3', 'SEV4'] as const;

/** One of `SEVERITIES`. */
export type Severity = (typeof SEVERITIES)[number];

/** The least first. */
export const DEGREES = ['none', 'low', 'medium', 'high'] as const;
/** Impact (what it does) and urgency (how soon it must be handled). */
export type Degree = (typeof DEGREES)[number];

/** RFC 3339 UTC with milliseconds or microseconds. */
export type Instant = string;

/** The times of an incident's life, in the order in which they usually come. */
export const TIME_NAMES = [
  'occurred',
  'detected',
  'acknowledged',
  'declared',
  'contained',
  'eradicated',
  'recovered',
  'closed',
] as const;

/** Each time is its own field and set on its own; undefined means not yet or not known. */
export type KeyTimes = Record<(typeof TIME_NAMES)[number], Instant | undefined>;

/** What notes may be about; `note` where nobody said. */
export const NOTE_KINDS = [
  'note',
  'detection',
  'impact',
  'factor',
  'went_well',
  'went_badly',
  'lucky',
  'action_item',
] as const;
/** What a note is about; the post-mortem sorts by it. */
export type NoteKind = (typeof NOTE_KINDS)[number];

/** What commands are run for, in the order of a step. */
export const RUN_ROLES = ['collect', 'check', 'run', 'verify', 'undo'] as const;
/** What a command is run for: to keep what would be lost, to look before, to act, to read the state back, to take it back. */
export type RunRole = (typeof RUN_ROLES)[number];

/** What became of data that nobody else should have: the words of STIX. */
export const LOSSES = [
  'none',
  'suspected_loss',
  'contained',
  'confirmed_loss',
  'exploited_loss',
] as const;

/** The Traffic Light Protocol, version 2.0: with whom it may be shared. */
export const TLPS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;

/** How an incident came to be known: by ourselves, from outside, from a partner. */
export const FOUND_BY = [
  'own_monitoring',
  'own_staff',
  'customer',
  'partner',
  'authority',
  'researcher',
  'attacker',
  'other',
] as const;

/** Kinds of data that may be affected: the words of STIX, and personal data by what laws ask for. */
export const DATA_KINDS = [
  'personal',
  'health',
  'payment',
  'financial',
  'credentials',
  'proprietary',
  'legal',
  'classified',
  'system',
] as const;

/** Facts of a case that nothing else shows: what they say starts clocks. Those nobody knows are absent. */
export interface CaseFacts {
  dataKinds?: readonly string[] | undefined;
  records?: number | undefined;
  people?: number | undefined;
  /** ISO 3166-1 codes of the countries of the people affected. */
  countries?: readonly string[] | undefined;
  loss?: (typeof LOSSES)[number] | undefined;
  tlp?: (typeof TLPS)[number] | undefined;
  /** A name that says nothing, for where the title would say too much. */
  codename?: string | undefined;
  /** Written for counsel. */
  isPrivileged?: boolean | undefined;
  foundBy?: (typeof FOUND_BY)[number] | undefined;
  /** How they came in. */
  vector?: string | undefined;
  /** Keys of other incidents. */
  duplicateOf?: string | undefined;
  mergedInto?: string | undefined;
  partOf?: string | undefined;
}

/** The names of the facts. */
export const FACT_NAMES = [
  'dataKinds',
  'records',
  'people',
  'countries',
  'loss',
  'tlp',
  'codename',
  'isPrivileged',
  'foundBy',
  'vector',
  'duplicateOf',
  'mergedInto',
  'partOf',
] as const satisfies readonly (keyof CaseFacts)[];

/** A case as it stands. */
export interface Incident {
  /** 128 random bits, hex. */
  id: string;
  /** Human key such as INC-2026-0001. */
  key: string;
  title: string;
  description: string;
  severity: Severity;
  impact: Degree;
  urgency: Degree;
  /** Playbook id such as ssh-brute-force; empty when none was chosen. */
  type: string;
  phase: Phase;
  status: Status;
  determination: Determination;
  times: KeyTimes;
  openedBy: string;
  isDrill: boolean;
  /** When each phase was last entered; those never entered are absent. */
  phaseEntered: Partial<Record<Phase, Instant>>;
  facts: CaseFacts;
}

/** A step of the chosen playbook as it stands in this incident. */
export interface StepState {
  stepId: string;
  phase: Phase;
  status: 'pending' | 'done' | 'waived';
  /** Reason when waived. */
  reason: string;
  at: Instant | undefined;
  actor: string;
}

/** A note as it stands, with what was changed of it. */
export interface Note {
  /** Hash of the entry that added it. */
  id: string;
  seq: number;
  at: Instant;
  actor: string;
  /** As it was first written; the last correction counts. */
  text: string;
  kind: NoteKind;
  /** Values of playbook variables that the note settles. */
  variables: Readonly<Record<string, string>> | undefined;
  stepId: string | undefined;
  /** When what it tells happened; undefined where nobody said. */
  happenedAt: Instant | undefined;
  /** Oldest first; the last one counts. */
  corrections: readonly NoteCorrection[];
  /** Set once the note no longer counts. */
  withdrawn: NoteWithdrawal | undefined;
}

/** What a note says instead, by an entry of its own. */
export interface NoteCorrection {
  seq: number;
  at: Instant;
  actor: string;
  text: string;
  reason: string;
}

/** That a note no longer counts, by an entry of its own. */
export interface NoteWithdrawal {
  seq: number;
  at: Instant;
  actor: string;
  reason: string;
}

/** A command that a step ran, with what came back. */
export interface CommandRun {
  /** 128 random bits, hex; start and end of the run name it. */
  id: string;
  role: RunRole;
  /** Of the entry that started it. */
  seq: number;
  stepId: string;
  at: Instant;
  actor: string;
  host: string;
  argv: readonly string[];
  exitCode: number | undefined;
  durationMs: number;
  stdoutSha256: string;
  stderrSha256: string;
  /** First 4,000 characters. */
  stdoutHead: string;
  stderrHead: string;
}

/** How an action stands: `started` and `undoing` are those that have not reported back. */
export const ACTION_STATES = [
  'planned',
  'started',
  'applied',
  'verified',
  'failed',
  'kept',
  'undoing',
  'undone',
  'expired',
] as const;

/** A change to a system as the journal knows it. */
export interface ActionState {
  /** 128 random bits, hex. */
  id: string;
  /** ... within the incident. */
  no: string;
  /** Of the entry that proposed it. */
  seq: number;
  at: Instant;
  actor: string;
  /** Of the catalogue, or the step whose command it is. */
  name: string;
  risk: 'read' | 'change' | 'disruptive' | 'destructive';
  host: string;
  target: string;
  values: Readonly<Record<string, string>>;
  stepId: string | undefined;
  /** When it runs out. */
  until: Instant | undefined;
  /** Why it cannot be taken back; undefined where it can. */
  irreversible: string | undefined;
  /** What was rendered for it, as JSON; undefined where the entry has none. */
  plan: string | undefined;
  /** SHA-256 of what the snapshot printed before and after it; undefined where there is none. */
  before: string | undefined;
  after: string | undefined;
  state: (typeof ACTION_STATES)[number];
  changedAt: Instant;
  changedBy: string;
  reason: string;
}

/** An entry whose time does not go with that of the entry before it in the same incident. */
export interface ClockDoubt {
  /** Hash of the entry. */
  id: string;
  seq: number;
  at: Instant;
  /** The entry before. */
  before: { seq: number; at: Instant };
  /** `back`: earlier than the one before; `ahead`: so much later that the clock may have run ahead. */
  kind: 'back' | 'ahead';
}

/** Who makes entries in one incident. Others of the same name have other ids, as in every other incident. */
export interface Actor {
  /** 128 random bits, hex. */
  id: string;
  name: string;
}

/** One entry of the journal. */
export interface JournalEntry {
  incident: string;
  /** Id of the store that wrote it. */
  writer: string;
  /** Higher than that of every entry of the incident that its writer knew; 1, 2, 3, ... with one writer. */
  seq: number;
  at: Instant;
  /** Name of who made it, or what stands for one that was erased. */
  actor: string;
  /** What the hash covers in place of the name. */
  actorId: string;
  type: string;
  /** Undefined when the payload was erased; its hash remains. */
  payload: unknown;
  /** 128 random bits that are hashed with the payload; undefined when it was erased. */
  salt: string | undefined;
  payloadHash: string;
  /** Hash of the entry before it of the same incident and writer. */
  prevHash: string;
  hash: string;
}
