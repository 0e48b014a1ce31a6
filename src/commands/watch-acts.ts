/** What acts on findings besides the screen: alerts, then blocks, which go into the incident that an alert may open. */
import type { Event } from '../events/event.ts';
import type { LiveSink } from '../watch/live-finding.ts';
import type { BlockOptions } from './block-sink.ts';
import type { CommandContext } from './context.ts';

/** As commander gives them. */
export interface ActOptions extends BlockOptions {
  /** Raises alerts. */
  alerts?: boolean;
  /** Opens the incident for what is told. */
  open?: boolean;
  /** Also for what stood in the logs before. */
  alertReplayed?: boolean;
  /** Name of the watch. */
  name?: string;
}

/** What takes findings and events. */
export interface Acts {
  sinks: readonly LiveSink[];
  onEvent: ((event: Event) => void) | undefined;
  close(): Promise<void>;
}

/** Opens what is asked for. @param singleRules ids of rules of which each event counts by itself. @throws IrError for options, triggers, a store that cannot be used */
export async function openActs(
  context: CommandContext,
  options: ActOptions,
  folder: string,
  singleRules: ReadonlySet<string>,
): Promise<Acts> {
  const { alerts, open = false, alertReplayed: replayed = false, name = 'main' } = options;
  const { blockSink } = await import('./block-sink.ts');
  const block = await blockSink(context, options, { folder, name, singleRules });
  const blocks = block === undefined ? [] : [block];
  if (alerts !== true && !open)
    return { sinks: blocks, onEvent: undefined, close: () => Promise.resolve() };
  const { openAlerts } = await import('./watch-alerts.ts');
  const { sink, onEvent, close } = await openAlerts(context, name, { open, replayed });
  return { sinks: [sink, ...blocks], onEvent, close };
}
