/**
 * What the domain asks of a store; `src/store/` implements it. Nothing here says what a store is made of: how it
 * keeps others out while it appends, how it searches text and how it comes to a newer form are its own affair.
 */
import type { FileAccount, Finding } from '../detect/finding.ts';
import type { Turn } from '../logs/turns.ts';
import type { CustodyEvent, EvidenceItem, WrittenBag } from './evidence.ts';
import type {
  ActionState,
  ClockDoubt,
  CommandRun,
  Incident,
  Instant,
  JournalEntry,
  Note,
  StepState,
} from './incident.ts';
import type {
  Asset,
  Clock,
  DecisionItem,
  Hold,
  Item,
  ItemRows,
  Notice,
  RoleHolder,
  Task,
} from './items.ts';
import type { Renumbered } from './join-journals.ts';
import type { StoredEntry } from './journal-chain.ts';
import type { NewEntry } from './journal-entry.ts';
import { settledVariables } from './kinds/note-kinds.ts';
import type { IncidentState, Rows } from './projections.ts';

/** A report that was written for the incident. */
export interface RenderedReport {
  /** Hash of the entry. */
  id: string;
  seq: number;
  at: string;
  actor: string;
  path: string;
  sha256: string;
  template: string;
}

/** An evidence source: a log file that findings cite, as first saved. */
export interface SourceFile extends FileAccount {
  /** E-001, E-002, ... within the incident, in order of first saving. */
  evidenceNo: string;
  savedAt: string;
  savedBy: string;
  /** The folder in which its path was named; unknown of files that an older version saved. */
  folder?: string | undefined;
}

/** The incident as it stands. Its notes and its journal can be long and are read on their own. */
export interface IncidentDetail {
  incident: Incident;
  steps: readonly StepState[];
  commandRuns: readonly CommandRun[];
  /** Changes to systems, oldest first. */
  actions?: readonly ActionState[];
  findings: readonly Finding[];
  sources: readonly SourceFile[];
  /** What was taken into keeping, by number. */
  evidence: readonly EvidenceItem[];
  /** Who had it, oldest first. */
  custody: readonly CustodyEvent[];
  /** Bags that were written, oldest first. */
  bags: readonly WrittenBag[];
  /** Reports that were written, oldest first. */
  reports?: readonly RenderedReport[];
  clocks: readonly Clock[];
  roles: readonly RoleHolder[];
  decisions: readonly DecisionItem[];
  tasks: readonly Task[];
  assets: readonly Asset[];
  notices: readonly Notice[];
  /** Legal holds, lifted ones among them. */
  holds?: readonly Hold[];
  /** Values of playbook variables that notes settled, by name. */
  variables: Readonly<Record<string, string>>;
  /** Entries whose time does not go with that of the one before, oldest first. */
  clockDoubts: readonly ClockDoubt[];
  /** How many entries are of kinds that this version does not know, by kind. */
  unknownKinds: Readonly<Record<string, number>>;
  /** Hash of the latest journal entry of this incident, hex: its chain head. */
  head: string;
}

/** The detail as rows give it, each kind of them in its order. */
export function detailOf(
  state: IncidentState & { incident: Incident },
  unknownKinds: Readonly<Record<string, number>>,
  head: string,
): IncidentDetail {
  return {
    incident: state.incident,
    steps: inOrder(state.steps, ({ stepId }) => [stepId]),
    commandRuns: inOrder(state.commandRuns, ({ seq, id }) => [seq, id]),
    actions: inOrder(state.actions, ({ seq, id }) => [seq, id]),
    findings: inOrder(state.findings, ({ firstUs, id }) => [firstUs ?? Infinity, id]),
    // E-1000 comes after E-999.
    sources: inOrder(state.sources, ({ evidenceNo, path }) => [
      ...[evidenceNo.length, evidenceNo, path],
    ]),
    evidence: inOrder(state.evidence, ({ evidenceNo, seq, id }) => [
      ...[evidenceNo.length, evidenceNo, seq, id],
    ]),
    custody: inOrder(state.custody, ({ seq, id }) => [seq, id]),
    bags: inOrder(state.bags, ({ seq, id }) => [seq, id]),
    reports: inOrder(state.reports, ({ seq, id }) => [seq, id]),
    clocks: inOrder(state.clocks, entered),
    roles: inOrder(state.roles, entered),
    decisions: inOrder(state.decisions, entered),
    tasks: inOrder(state.tasks, entered),
    assets: inOrder(state.assets, entered),
    notices: inOrder(state.notices, entered),
    holds: inOrder(state.holds, entered),
    variables: settledVariables(inOrder(state.notes, ({ seq, id }) => [seq, id])),
    clockDoubts: inOrder(state.clockDoubts, ({ seq, id }) => [seq, id]),
    ...{ unknownKinds, head },
  };
}

const entered = ({ seq, id }: Item): [number, string] => [seq, id];

/** Rows in the order of the first of their values in which they differ. */
function inOrder<T>(
  rows: ReadonlyMap<string, T>,
  valuesOf: (row: T) => readonly (string | number)[],
): T[] {
  const keyed = [...rows.values()].map((row) => ({ row, values: valuesOf(row) }));
  keyed.sort((a, b) => {
    const at = a.values.findIndex((value, index) => value !== b.values[index]);
    return at === -1 ? 0 : a.values[at]! < b.values[at]! ? -1 : 1;
  });
  return keyed.map(({ row }) => row);
}

/** An action and its incident's key. */
export interface OpenAction {
  incident: string;
  action: ActionState;
}

/** With what is read on its own. */
export interface WholeIncident extends IncidentDetail {
  notes: readonly Note[];
  journal: readonly JournalEntry[];
}

/** Reads the incident with all its notes and its journal. */
export async function loadWhole(store: IncidentStore, id: string): Promise<WholeIncident> {
  const detail = await store.load(id);
  return { ...detail, notes: await store.notes(id), journal: await store.journal(id) };
}

/** The first entry of an incident that does not hold, or the place where the store's log breaks. */
export interface JournalProblem {
  /** Key of the incident, or its id where none is known. */
  incident: string;
  seq: number;
  reason: string;
}

/** What `ir verify` found. `isIntact` only where nothing at all is wrong. */
export interface VerifyResult {
  isIntact: boolean;
  entries: number;
  incidents: number;
  erasedPayloads: number;
  /** The store's head: it covers every entry of every incident. */
  head: string;
  /** At most one for each incident. */
  problems: readonly JournalProblem[];
  /** Rows that differ from what the journal says; one sentence part each. `rebuild` mends them. */
  staleProjections: readonly string[];
  /** What is wrong with the store around the journal; one sentence part each. */
  storeProblems: readonly string[];
  /** Can `rebuild` work? Not on a journal that does not hold, and not where there is no place for the rows. */
  canRebuild: boolean;
  /** How many entries are of kinds that this version does not know, by kind. */
  unknownKinds: Readonly<Record<string, number>>;
  /** Entries whose time does not go with that of the one before, of all incidents. */
  clockDoubts: readonly (ClockDoubt & { incident: string })[];
}

/** What a head that was noted elsewhere stands for. */
export interface KnownHead {
  /** Key of the incident. */
  incident: string;
  /** The entry that had just been added. */
  seq: number;
  /** `entry`: the hash of that entry; `store`: the head of the store; `converted`: the entry's hash before the journal was converted. */
  of: 'entry' | 'store' | 'converted';
}

/** What a search is limited to. */
export interface SearchOptions {
  /** Id of the one incident that is searched. */
  incident?: string | undefined;
  /** Most places that are given. */
  limit: number;
}

/** Where words were found. */
export interface FoundTexts {
  /** The newest first. */
  places: readonly FoundText[];
  /** How many there are. */
  total: number;
}

/** One text that holds the words. */
export interface FoundText {
  /** Key of the incident. */
  incident: string;
  seq: number;
  at: string;
  type: string;
  /** The text around the words. */
  text: string;
}

/** Who takes in what another store wrote, when and why. */
export interface TakenBy {
  actor: string;
  at: Instant;
  reason: string;
}

/** What came of bringing two journals of an incident together. */
export interface Merged {
  /** Entries that were not here. */
  taken: number;
  /** Payloads that were here, and had been erased there. */
  erased: number;
  /** Both had gone on: an entry `chains_joined` says so. */
  isJoined: boolean;
  /** What has another number from now on than it had in one of the two. */
  moved: readonly Renumbered[];
}

/** Entries to be added, or what decides on them. */
export type Decision =
  | readonly NewEntry[]
  | ((before: IncidentDetail | undefined) => readonly NewEntry[]);

/**
 * A workspace's cases: the journal, which only grows, and the rows made from it. Failures of the storage are
 * `IrError`s (exit 7).
 */
export interface IncidentStore {
  /** The workspace folder, in which files lie. */
  readonly folder: string;
  /** What people call it: that folder, or the address of a server. */
  readonly name: string;
  /**
   * Adds entries and what they change, all or nothing, durable when the promise resolves. A function is called
   * with the incident as it stands, and nothing else is added before its entries are; it may throw to refuse, and
   * must do nothing else, as a store may have to call it again. A `payload_erased` entry takes the payload that it
   * names away in the same breath. An incident that is opened becomes the current one.
   * @param turn awaited between parts of a long addition; where it throws, nothing is added
   * @returns the entries that were asked for
   */
  append(incidentId: string, entries: Decision, turn?: Turn): Promise<readonly JournalEntry[]>;
  /**
   * Takes in all entries of an incident that another store wrote, as they are; what they say becomes rows here.
   * @throws IrError (exit 6) when this store has the incident; exit 7 when their chains do not hold
   */
  adopt(incidentId: string, entries: readonly StoredEntry[]): Promise<void>;
  /**
   * Takes in what another store wrote of an incident, which this one may have as well: each writer's chain stays what it is, what
   * was erased in either is gone. Where both went on apart, an entry of `by` says what was taken in.
   * @throws IrError (exit 7) when the chains do not hold, or both went on as one writer
   */
  merge(incidentId: string, entries: readonly StoredEntry[], by: TakenBy): Promise<Merged>;
  /** The entries of an incident as they are stored, in the order of their numbers; none of one that is not here. */
  entries(incidentId: string): Promise<readonly StoredEntry[]>;
  /** What the head that begins with this hex text stands for, if there is exactly one. */
  findHead(start: string): Promise<KnownHead | undefined>;
  /** By key (INC-2026-0001, any case) or id. */
  find(keyOrId: string): Promise<Incident | undefined>;
  /** By key. */
  list(): Promise<readonly Incident[]>;
  /** Another number than before, once another process or connection has written. */
  version(): Promise<number>;
  /** Throws when there is no such incident. */
  load(incidentId: string): Promise<IncidentDetail>;
  /** The notes of an incident, oldest first; with `latest` only so many of the newest. */
  notes(incidentId: string, latest?: number): Promise<readonly Note[]>;
  /** The note that the entry of that number added. */
  note(incidentId: string, seq: number): Promise<Note | undefined>;
  /** The items of a collection, in the order in which they were entered, withdrawn ones among them. */
  items<N extends ItemRows | 'sightings'>(incidentId: string, name: N): Promise<readonly Rows[N][]>;
  /**
   * Entries of all incidents that hold all these words, the newest first; a word that ends in `*` stands for all that
   * begin so. What was erased is not found.
   */
  search(words: string, options: SearchOptions): Promise<FoundTexts>;
  /** How many notes an incident has. */
  countNotes(incidentId: string): Promise<number>;
  /** Actions of all incidents that are, or may be, in place on a system, or were planned and never run. */
  actionsInPlace(): Promise<readonly OpenAction[]>;
  /** The journal entries of an incident, or those of one kind, in the order of their numbers. */
  journal(incidentId: string, type?: string): Promise<readonly JournalEntry[]>;
  /** The key that the next incident of that year gets. */
  nextKey(year: number): Promise<string>;
  currentIncidentId(): Promise<string | undefined>;
  setCurrentIncidentId(incidentId: string): Promise<void>;
  /**
   * Where several can be told at once: calls back after entries were added to the incident, by whomever. The journal says which.
   * @returns ends it
   */
  listen?(incidentId: string, onNews: () => void): Promise<() => Promise<void>>;
  verify(): Promise<VerifyResult>;
  /**
   * Makes every row anew from the journal, all or nothing.
   * @throws IrError (exit 7) when the journal itself does not hold
   */
  rebuild(): Promise<void>;
  /** Leaves no trace in the store's files of what was erased or replaced. */
  scrub(): Promise<void>;
  close(): Promise<void>;
}
