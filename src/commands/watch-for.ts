/** `ir watch --for INC-...`: what is known of an incident, as rules, and what is said when it is seen again. */
import type { Indicator } from '../detect/indicators/indicator.ts';
import type { Indicators } from '../detect/indicators/indicator-rules.ts';
import type { IndicatorList } from '../detect/indicators/read-indicators.ts';
import { SOUGHT_KINDS, type Sought } from '../detect/indicators/trace-rules.ts';
import { refusedError } from '../errors.ts';
import { visible } from '../events/visible.ts';
import { plural } from '../events/words.ts';
import type { Trace } from '../host/trace.ts';
import { quoteWord } from '../processes/quote.ts';
import type { LiveFinding } from '../watch/live-finding.ts';
import type { CommandContext } from './context.ts';
import { withIncident } from './incident-access.ts';

/** What is looked for. */
export interface KnownOfIncident {
  key: string;
  /** When it was closed, microseconds; absent: it is open. */
  closedUs: number | undefined;
  indicators: Indicators;
}

/** The incident's indicators, accounts and traces, beside those of other lists. @throws IrError (exit 6) where nothing is known of it */
export async function knownOfIncident(
  context: CommandContext,
  lists: readonly IndicatorList[],
): Promise<KnownOfIncident> {
  const { columnsOf } = await import('../detect/indicators/columns.ts');
  const { createIndicators } = await import('../detect/indicators/indicator-rules.ts');
  const { INDICATOR_KINDS } = await import('../detect/indicators/indicator.ts');
  const { withTraces } = await import('../detect/indicators/trace-rules.ts');
  const { standingIndicators } = await import('./ioc-of-incident.ts');
  const { tracesSeenAgain } = await import('./traces-of-incident.ts');
  const isListed = (kind: string): boolean => (INDICATOR_KINDS as readonly string[]).includes(kind);
  return withIncident(context, async (store, { id, key, status, times }) => {
    const traces = await tracesSeenAgain(store, id);
    const standing = await standingIndicators(store, id);
    const rows = [
      ...standing.map(({ type, value, seq }) => ({ kind: type, value, line: seq })),
      ...traces.map(({ kind, value }) => ({ kind, value, line: 0 })),
    ].filter(({ kind }) => isListed(kind)) as Indicator[];
    const sought = traces.filter(isSought);
    if (rows.length + sought.length === 0)
      throw refusedError(
        `of ${key} nothing is known that could be seen again`,
        'Add indicators (ir ioc add, ir ioc extract --add), accounts (ir asset add) or save its findings (ir timeline --save).',
      );
    const indicators = columnsOf(rows);
    context.say(
      `${key}: looks for ${plural(indicators.length, 'indicator')} and ${plural(sought.length, 'trace')}`,
    );
    const own: IndicatorList = { path: key, format: 'text', indicators, problems: [], untold: 0 };
    const closedUs =
      status === 'closed' ? Date.parse(times.closed ?? '1970-01-01T00:00:00Z') * 1000 : undefined;
    return {
      key,
      closedUs,
      indicators: withTraces(createIndicators([...lists, own]), sought, key),
    };
  });
}

const isSought = (trace: Trace): trace is Trace & Sought =>
  (SOUGHT_KINDS as readonly string[]).includes(trace.kind);

/** Says once of each finding what of the incident it saw again, and how to reopen it. */
export function createReturns({ say }: Pick<CommandContext, 'say'>): {
  take(live: LiveFinding, about: KnownOfIncident | undefined): void;
} {
  const said = new Set<string>();
  return {
    take({ state, finding }, about) {
      const ofIncident = finding.indicators?.filter(({ file }) => file === about?.key) ?? [];
      if (about === undefined || ofIncident.length === 0) return;
      const { key, closedUs } = about;
      const isKnown = said.has(finding.id);
      if (state === 'closed') said.delete(finding.id);
      else said.add(finding.id);
      // The lines of the incident itself are no return.
      const lastUs = finding.lastUs ?? finding.atUs;
      if (isKnown || (closedUs !== undefined && lastUs !== undefined && lastUs <= closedUs)) return;
      const seen = [...new Set(ofIncident.map(({ kind, value }) => `${kind} ${value}`))].join(', ');
      const reason = quoteWord(visible(`seen again: ${seen}`));
      say(
        closedUs === undefined
          ? `of ${key}, which is open, was seen: ${seen}. To keep it: ir note --incident ${key} ${reason}`
          : `of ${key} was seen again: ${seen}. If it is the same intruder: ir reopen --incident ${key} --reason ${reason}`,
      );
    },
  };
}
