/** What an incident holds besides notes and evidence: clocks, roles, decisions, tasks, assets, indicators. */
import type { Stamp } from './entry-kind.ts';
import type { Incident, Instant, NoteWithdrawal, Phase } from './incident.ts';
import type { Change, Known, Rows } from './projections.ts';

/** What all of them have. Nothing is edited away: what no longer counts is withdrawn. */
export interface Item {
  /** 128 random bits, hex. */
  id: string;
  /** Number of the entry that added it; people name it by that. */
  seq: number;
  enteredAt: Instant;
  enteredBy: string;
  withdrawn?: NoteWithdrawal | undefined;
}

/** How a clock ended. */
export interface Settlement {
  outcome: 'submitted' | 'waived';
  /** When it was sent, or when nothing had to be sent any more. */
  at: Instant;
  to?: string | undefined;
  reference?: string | undefined;
  /** Id of the evidence that holds what was sent. */
  evidence?: string | undefined;
  reason: string;
  seq: number;
  enteredAt: Instant;
  enteredBy: string;
}

/** A deadline that runs or ran; `clock_started` says what its members mean. */
export interface Clock extends Item {
  rule: string;
  ruleSha256: string;
  trigger: string;
  triggeredAt: Instant;
  dueAt: Instant;
  after?: string | undefined;
  reason: string;
  title?: string | undefined;
  cite?: string | undefined;
  recipient?: string | undefined;
  stamps?: Readonly<Record<string, string>> | undefined;
  zone?: string | undefined;
  country?: string | undefined;
  isAtOnce?: true | undefined;
  isContractual?: true | undefined;
  settled?: Settlement | undefined;
}

/** Who has which role in the response, from when on. */
export interface RoleHolder extends Item {
  role: string;
  person: string;
  contact?: string | undefined;
  from?: Instant | undefined;
  until?: Instant | undefined;
  replaces?: string | undefined;
  reason: string;
}

/** What was decided, and why. */
export interface DecisionItem extends Item {
  text: string;
  why: string;
  by?: string | undefined;
  instead?: readonly string[] | undefined;
}

/** How a task stands. */
export const TASK_STATES = ['open', 'done', 'dropped'] as const;

/** Something to do that is in no playbook. */
export interface Task extends Item {
  title: string;
  owner?: string | undefined;
  due?: Instant | undefined;
  phase?: Phase | undefined;
  state: (typeof TASK_STATES)[number];
  /** When it was done, dropped or taken up again, and by whom. */
  changed?: { at: Instant; actor: string; note: string } | undefined;
}

/** What an asset is. */
export const ASSET_TYPES = ['host', 'account', 'data_set', 'service', 'network', 'other'] as const;

/** Whether an asset was taken over. */
export const ASSET_STATES = [
  'to_be_determined',
  'compromised',
  'not_compromised',
  'unknown',
] as const;

/** A host, an account, a data set: what is or may be affected. */
export interface Asset extends Item {
  type: (typeof ASSET_TYPES)[number];
  name: string;
  state: (typeof ASSET_STATES)[number];
  owner?: string | undefined;
  address?: string | undefined;
  holds?: string | undefined;
  comment?: string | undefined;
  changed?: { at: Instant; actor: string } | undefined;
}

/** What is looked for in logs. */
export interface IndicatorItem extends Item {
  type: string;
  value: string;
  source: string;
  tlp?: string | undefined;
  firstSeen?: Instant | undefined;
  lastSeen?: Instant | undefined;
  comment?: string | undefined;
}

/** That an indicator was seen; its id is the hash of the entry. */
export interface Sighting extends Item {
  indicator: string;
  at: Instant;
  count: number;
  place: string;
  evidence?: string | undefined;
}

/** How an attempt to send a notice ended. `unsettled`: nobody knows whether it arrived. */
export const NOTICE_OUTCOMES = ['sent', 'failed', 'refused', 'given_up', 'unsettled'] as const;

/** One attempt to send a notice. */
export interface NoticeAttempt {
  attempt: number;
  outcome: (typeof NOTICE_OUTCOMES)[number];
  /** What the other side said, without secrets. */
  answer: string;
  at: Instant;
  /** The other side asked to be left alone until then. */
  notBefore?: Instant | undefined;
}

/** What is to be told to somebody, and what became of it. */
export interface Notice extends Item {
  /** Sent once, however often what caused it is seen. */
  key: string;
  /** Name of the channel in the configuration. */
  channel: string;
  audience: string;
  tlp: string;
  subject: string;
  sha256: string;
  /** Chain head of the incident when it was written. */
  head: string;
  event?: string | undefined;
  text?: string | undefined;
  facts?: Readonly<Record<string, string>> | undefined;
  /** An attempt that began and was not reported back: by which process. */
  started?: { attempt: number; sender: string; at: Instant } | undefined;
  attempts: readonly NoticeAttempt[];
}

/** How an alert stands: seen and not yet told, told, over. */
export const ALERT_STATES = ['pending', 'firing', 'resolved'] as const;

/** Something that a watch saw and of which somebody is to know. */
export interface Alert extends Item {
  /** What is seen again under this key goes into this alert while it is not resolved. */
  key: string;
  /** Id of what raised it: a file of `templates/alerts`. */
  trigger: string;
  /** Name of the watch, and the number of the last step of a finding that went into it. */
  watch: string;
  position: number;
  title: string;
  level: string;
  state: (typeof ALERT_STATES)[number];
  count: number;
  /** Events of each finding in it, by its id. */
  counts: Readonly<Record<string, number>>;
  firstAt: Instant;
  lastAt: Instant;
  entities: Readonly<Record<string, readonly string[]>>;
  rules: readonly string[];
  /** Lines, each with its place. */
  evidence: readonly string[];
  why: string;
  /** What to do. */
  next: string;
  firedAt?: Instant | undefined;
  resolvedAt?: Instant | undefined;
  acknowledged?: { at: Instant; by: string; reason: string } | undefined;
  /** Id of the alert that it is a part of; empty where that is over. */
  inhibitedBy?: string | undefined;
  /** Key of the digest that told of it. */
  told?: string | undefined;
  /** Key of the incident that was opened for it. */
  incident?: string | undefined;
}

/** Alerts of which nobody is to be told for a time. */
export interface Silence extends Item {
  /** Title, id or file of a rule, with *. */
  rule?: string | undefined;
  /** A value of an entity, or a network. */
  entity?: string | undefined;
  /** This level and those below. */
  level?: string | undefined;
  from: Instant;
  until: Instant;
  reason: string;
}

/** What must be kept as it is, until it is lifted. */
export interface Hold extends Item {
  title: string;
  /** Globs of log files; those of the incident itself are always covered. */
  logs: readonly string[];
  reason: string;
  /** Who asked for it, such as a court. */
  authority?: string | undefined;
  lifted?: { at: Instant; actor: string; reason: string } | undefined;
}

/** The collections whose items are found by the `id` they were entered with, and where their rows are. */
export const ITEM_ROWS = {
  decision: 'decisions',
  indicator: 'indicators',
  clock: 'clocks',
  role: 'roles',
  task: 'tasks',
  asset: 'assets',
  notice: 'notices',
  hold: 'holds',
  alert: 'alerts',
  silence: 'silences',
} as const;

/** A collection of items. */
export type ItemName = keyof typeof ITEM_ROWS;

/** Name of the rows of a collection. */
export type ItemRows = (typeof ITEM_ROWS)[ItemName];

/** True for the collections that have rows. */
export const isItemName = (name: string): name is ItemName => Object.hasOwn(ITEM_ROWS, name);

/** The item that an entry adds. */
export const itemOf = <P extends { id: string }>(
  payload: P,
  { seq, at, actor }: Stamp,
): P & Item => ({
  ...payload,
  seq,
  enteredAt: at,
  enteredBy: actor,
});

/** The change that replaces one item of a collection; none where it is not known, as after an erasure. */
export function changeItem<N extends ItemRows>(
  known: Known & { incident: Incident },
  rows: N,
  id: string,
  change: (item: Rows[N]) => Rows[N],
): Change {
  const item = known[rows].get(id) as Rows[N] | undefined;
  return item === undefined ? {} : { [rows]: [change(item)] };
}

/** C-012: how people name an item: the letter of its collection, the number of the entry that made it, which no other item has. */
export const itemNumber = (letter: string, { seq }: Pick<Item, 'seq'>): string =>
  `${letter}-${String(seq).padStart(3, '0')}`;
