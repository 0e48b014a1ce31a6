/** `ir push`: events, findings or the incident to where others look for them. */
import type { SinkDocument } from '../connectors/connector.ts';
import { pushDocuments } from '../connectors/push-documents.ts';
import { alertDocument } from '../detect/alert-document.ts';
import { EXIT, usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { counted, incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { openPlace, type PlaceOptions } from './places.ts';
import type { ReceiptResult } from './table-result.ts';
import { readOptions, type TimelineOptions } from './timeline.ts';

/** What is pushed. */
export type PushKind = 'events' | 'findings' | 'incident';

/** The options of `ir push`. */
export interface PushOptions extends PlaceOptions, TimelineOptions {
  what?: PushKind;
  dryRun?: boolean;
}

/** Documents, and what became of the files they are read from. */
interface Documents {
  documents: AsyncIterable<SinkDocument>;
  reasons(): readonly string[];
}

/** Sends them; what is there already is not sent twice where the place knows ids. */
export async function push(
  context: CommandContext,
  word: string,
  paths: readonly string[],
  options: PushOptions,
): Promise<CommandOutcome<ReceiptResult>> {
  const { what = 'events' } = options;
  if (what === 'incident' && paths.length > 0)
    throw usageError('--what incident takes no paths: it is the current one');
  if (what !== 'incident' && paths.length === 0)
    throw usageError('no logs are named', 'Write them behind the place: ir push PLACE logs/');
  const { connector, reach } = await openPlace(context, word, options);
  const { shown } = reach.place;
  if (connector.sink === undefined) {
    throw usageError(
      `nothing can be written to ${reach.place.scheme}://`,
      `${connector.title} is read: ir pull ${shown}`,
    );
  }
  const { documents, reasons } = await documentsOf(context, what, paths, options);
  if (options.dryRun === true) return dryRun(shown, documents);
  const pushed = await pushDocuments(connector.sink(reach), documents, ({ sent }) =>
    context.progress(`${shown}: ${sent} sent`),
  );
  context.progress('');
  const { sent, written, known, refused, examples } = pushed;
  const lines = [
    [
      `${counted(written, 'document')} written to ${shown}${known > 0 ? `, ${known} had been there` : ''}`,
    ],
    ...(refused === 0 ? [] : [[`${counted(refused, 'document')} refused by the place:`]]),
    ...examples.map(({ id, reason }) => [`  ${id}: ${reason}`]),
  ];
  const next =
    connector.source === undefined
      ? []
      : [{ command: `ir timeline ${shown}`, shows: 'what is there now' }];
  const result: ReceiptResult = {
    lines,
    next: what === 'events' ? next : [],
    document: { place: shown, what, sent, written, known, refused, examples },
  };
  if (refused > 0) return { result, exit: EXIT.remoteFailed };
  const unread = reasons();
  return unread.length === 0
    ? { result }
    : { result, exit: EXIT.unreadableInput, reasons: () => unread };
}

async function dryRun(
  shown: string,
  documents: AsyncIterable<SinkDocument>,
): Promise<CommandOutcome<ReceiptResult>> {
  let count = 0;
  let first: SinkDocument | undefined;
  for await (const document of documents) {
    first ??= document;
    count += 1;
  }
  const lines = [
    [`${counted(count, 'document')} would be sent to ${shown}; nothing was.`],
    ...(first === undefined ? [] : [['The first:'], [JSON.stringify(first.fields)]]),
  ];
  return {
    result: {
      lines,
      next: [],
      document: { place: shown, would_send: count, first: first?.fields },
    },
  };
}

async function documentsOf(
  context: CommandContext,
  what: PushKind,
  paths: readonly string[],
  options: PushOptions,
): Promise<Documents> {
  if (what === 'events') return eventDocuments(context, paths, options);
  if (what === 'findings') return findingDocuments(context, paths, options);
  return { documents: incidentDocument(context), reasons: () => [] };
}

async function eventDocuments(
  context: CommandContext,
  paths: readonly string[],
  options: PushOptions,
): Promise<Documents> {
  const { streamEvents } = await import('../detect/event-stream.ts');
  const { createOwnDocuments } = await import('../detect/own-documents.ts');
  const { loadResolver } = await import('../detect/load-mappings.ts');
  const settings = readOptions(context, options);
  const toDocument = createOwnDocuments(await loadResolver(settings.env));
  const stream = await streamEvents(paths, {
    ...settings,
    ...{ order: 'file', areAllWanted: true, isHashed: false },
  });
  return {
    documents: (async function* () {
      for await (const event of stream.events) yield toDocument(event);
    })(),
    reasons: () => incompleteness(stream.unread, stream.files, options),
  };
}

async function findingDocuments(
  context: CommandContext,
  paths: readonly string[],
  options: PushOptions,
): Promise<Documents> {
  const { analyse } = await import('../detect/analyse.ts');
  const found = await analyse(paths, readOptions(context, options));
  return {
    documents: (async function* () {
      for (const finding of found.findings) {
        const { id, rule, atUs, firstUs } = finding;
        yield { id, timeUs: atUs ?? firstUs, fields: alertDocument(finding), text: rule.title };
      }
    })(),
    reasons: () => incompleteness(found.unread, found.files, options),
  };
}

async function* incidentDocument(context: CommandContext): AsyncGenerator<SinkDocument> {
  const { showIncident } = await import('./show-incident.ts');
  const { incident, metrics } = await showIncident(context);
  const now = context.now();
  yield {
    id: `${incident.id}-${now.toISOString()}`,
    timeUs: now.getTime() * 1000,
    fields: {
      '@timestamp': now.toISOString(),
      event: {
        kind: 'state',
        dataset: 'ir.incident',
        original: JSON.stringify({ ...incident, metrics }),
      },
      message: `${incident.key} ${incident.title}`,
    },
    text: `${incident.key} ${incident.title}`,
  };
}
