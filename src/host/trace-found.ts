/** What the parts of the search for traces work with, and how they tell of one. */
import type { Ledger } from './check-ledger.ts';
import type { Machine } from './machine.ts';
import type { Observation } from './observation.ts';
import type { ContentSearch } from './search-content.ts';
import type { Trace } from './trace.ts';

/** What the check works with. */
export interface TraceCheck {
  machine: Machine;
  traces: readonly Trace[];
  search: ContentSearch;
  ledger: Ledger;
  /** Folders that hold what we know of the incident, such as the store: they would be found first. */
  own: readonly string[];
  progress(text: string): void;
}

/** An observation of a trace. */
export const traceFound = (
  { kind, value, from }: Trace,
  subject: string,
  {
    level,
    text,
    at,
    detail = {},
  }: Pick<Observation, 'level' | 'text'> & {
    at?: string;
    detail?: Observation['detail'];
  },
): Observation => ({
  ...{ kind: `trace-${kind}`, level, subject, text, at },
  detail: { trace: value, from, ...detail },
});
