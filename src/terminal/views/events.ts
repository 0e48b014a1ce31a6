/** `ir timeline --all`: every event, one line each, or one ECS document a line. */
import type { EventsResult } from '../../commands/timeline.ts';
import type { StreamedEvent } from '../../detect/event-stream.ts';
import { rfc3339, rfc3339At } from '../../events/rfc3339.ts';
import { csvRecord } from '../csv.ts';
import { columnsCsv, columnsText, onlyColumns } from '../exports/columns.ts';
import { shorten } from '../layout.ts';
import type { View } from '../view.ts';
import { accountLines } from './timeline-account.ts';

/** How `ir timeline --all` is shown. */
export const view: View<EventsResult> = {
  async *text({ events, columns }, style) {
    if (columns !== undefined) {
      yield* columnsText(documentsOf(events.events), columns, style);
      return;
    }
    const { paint, offsetAt = () => 0 } = style;
    for await (const streamed of events.events) {
      const { event } = streamed;
      const { timeUs } = event;
      const time =
        timeUs === undefined
          ? '-'.padEnd(rfc3339At(0, offsetAt(0)).length)
          : rfc3339At(timeUs, offsetAt(timeUs / 1000));
      const host = event['host.hostname'] ?? event['source.ip'] ?? '-';
      const text = `${host} ${event['process.name'] ?? event.format}: ${event.message ?? streamed.raw}`;
      const width = Math.max(40, style.width - time.length - 1);
      yield `${paint.dim(time)} ${shorten(text, width, style)}\n`;
    }
    yield* accountLines(
      { files: events.files, brokenRules: events.brokenRules, rulesRun: 0 },
      style,
    );
  },
  jsonStream: ({ events, columns }) => onlyColumns(documentsOf(events.events), columns),
  jsonl: ({ events, columns }) => onlyColumns(documentsOf(events.events), columns),
  rows: ({ events, columns }) => ({ rows: documentsOf(events.events), columns }),
  async *csv({ events, columns }) {
    if (columns !== undefined) {
      yield* columnsCsv(documentsOf(events.events), columns);
      return;
    }
    // Our own names: `@timestamp` is no formula to be disarmed.
    yield `${COLUMNS.join(',')}\r\n`;
    for await (const streamed of events.events) yield csvRecord(valuesOf(streamed));
  },
};

async function* documentsOf(
  events: AsyncIterable<StreamedEvent>,
): AsyncGenerator<StreamedEvent['document']> {
  for await (const { document } of events) yield document;
}

const COLUMNS = [
  '@timestamp',
  'event.dataset',
  'event.action',
  'event.outcome',
  'source.ip',
  'user.name',
  'host.hostname',
  'process.name',
  'message',
  'file',
  'line',
  'raw',
];

const valuesOf = ({ event, file, line, raw }: StreamedEvent): (string | number | undefined)[] => [
  event.timeUs === undefined ? undefined : rfc3339(event.timeUs),
  event['event.dataset'],
  event['event.action'],
  event['event.outcome'],
  event['source.ip'],
  event['user.name'],
  event['host.hostname'],
  event['process.name'],
  event.message,
  file,
  line,
  raw,
];
