/** What the journal says now: the rows that are made from its entries, each kind of row declared once. */
import type { Finding } from '../detect/finding.ts';
import type { CustodyEvent, EvidenceItem, WrittenBag } from './evidence.ts';
import type {
  ActionState,
  Actor,
  ClockDoubt,
  CommandRun,
  Incident,
  Instant,
  Note,
  StepState,
} from './incident.ts';
import type { RenderedReport, SourceFile } from './incident-store.ts';
import type {
  Alert,
  Asset,
  Clock,
  DecisionItem,
  Hold,
  IndicatorItem,
  ItemRows,
  Notice,
  RoleHolder,
  Sighting,
  Silence,
  Task,
} from './items.ts';

/** Rows by their name. A store has a table for each. */
export interface Rows {
  actors: Actor;
  steps: StepState;
  notes: Note;
  commandRuns: CommandRun;
  actions: ActionState;
  findings: Finding;
  sources: SourceFile;
  evidence: EvidenceItem;
  custody: CustodyEvent;
  bags: WrittenBag;
  reports: RenderedReport;
  clockDoubts: ClockDoubt;
  clocks: Clock;
  roles: RoleHolder;
  decisions: DecisionItem;
  tasks: Task;
  assets: Asset;
  indicators: IndicatorItem;
  sightings: Sighting;
  notices: Notice;
  holds: Hold;
  alerts: Alert;
  silences: Silence;
}

/** The name of a kind of row. */
export type RowName = keyof Rows;

/** Files are told apart by content and path. */
export const sourceKey = (file: Pick<SourceFile, 'sha256' | 'path'>): string =>
  `${file.sha256}:${file.path}`;

/** What tells rows of one incident apart: a row takes the place of an earlier one with its key. */
export const KEY_OF: { readonly [N in RowName]: (row: Rows[N]) => string } = {
  actors: ({ id }) => id,
  steps: ({ stepId }) => stepId,
  notes: ({ id }) => id,
  commandRuns: ({ id }) => id,
  actions: ({ id }) => id,
  findings: ({ id }) => id,
  sources: sourceKey,
  evidence: ({ id }) => id,
  custody: ({ id }) => id,
  bags: ({ id }) => id,
  reports: ({ id }) => id,
  clockDoubts: ({ id }) => id,
  clocks: ({ id }) => id,
  roles: ({ id }) => id,
  decisions: ({ id }) => id,
  tasks: ({ id }) => id,
  assets: ({ id }) => id,
  indicators: ({ id }) => id,
  sightings: ({ id }) => id,
  notices: ({ id }) => id,
  holds: ({ id }) => id,
  alerts: ({ id }) => id,
  silences: ({ id }) => id,
};

/** All kinds of row, in the order in which they are written: actors first. */
export const ROW_NAMES = Object.keys(KEY_OF) as readonly RowName[];

/** Rows that an entry adds or replaces. */
export type Change = { readonly [N in RowName]?: readonly Rows[N][] } & {
  readonly incident?: Incident | undefined;
  /** Ids of findings that are no longer told on their own; they go before `findings` come. */
  readonly supersededFindings?: readonly string[];
};

/** Where the journal of an incident ends. */
export interface LastEntry {
  seq: number;
  at: Instant;
  /** Id of the store that wrote it. */
  writer: string;
  beside?: readonly Omit<LastEntry, 'beside'>[];
}

/** Every row of one incident, by key. Maps keep the order in which keys first appeared. */
export type IncidentState = { [N in RowName]: Map<string, Rows[N]> } & {
  incident: Incident | undefined;
  /** The newest entry; `beside`: those with its number that other stores wrote at the same time. */
  last: LastEntry | undefined;
};

/** What an entry's projection may look at: the state before it, as far as its kind needs it. */
export type Known = {
  readonly [N in
    | 'actors'
    | 'notes'
    | 'commandRuns'
    | 'actions'
    | 'sources'
    | 'evidence'
    | ItemRows]: ReadonlyMap<string, Rows[N]>;
} & Readonly<Pick<IncidentState, 'incident' | 'last'>>;

/** The state before the first entry. */
export const emptyState = (): IncidentState => ({
  ...(Object.fromEntries(ROW_NAMES.map((name) => [name, new Map()])) as {
    [N in RowName]: Map<string, Rows[N]>;
  }),
  incident: undefined,
  last: undefined,
});

/** Puts the rows of an entry's change into `state`, in place. */
export function absorb(
  state: IncidentState,
  { seq, at, writer }: Omit<LastEntry, 'beside'>,
  change: Change,
): void {
  const { last } = state;
  state.last =
    last?.seq === seq
      ? { seq, at, writer, beside: [last, ...(last.beside ?? [])] }
      : { seq, at, writer };
  if (change.incident !== undefined) state.incident = change.incident;
  for (const id of change.supersededFindings ?? []) state.findings.delete(id);
  for (const name in change) {
    if (Object.hasOwn(KEY_OF, name)) absorbRows(state, name as RowName, change);
  }
}

function absorbRows<N extends RowName>(state: IncidentState, name: N, change: Change): void {
  for (const row of (change[name] ?? []) as readonly Rows[N][]) {
    state[name].set(KEY_OF[name](row), row as never);
  }
}
