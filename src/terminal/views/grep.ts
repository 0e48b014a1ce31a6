/** `ir grep`: lines with their place, events, or counts. */
import type {
  CountsResult,
  EventsResult,
  GrepResult,
  LinesResult,
} from '../../commands/grep-result.ts';
import type { EventsResult as TimelineEvents } from '../../commands/timeline.ts';
import type { FoundLine } from '../../detect/search/search-files.ts';
import { usageError } from '../../errors.ts';
import { csvRecord } from '../csv.ts';
import { neutralise, neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { view as eventsView } from './events.ts';

/** How `ir grep` is shown. */
export const view: View<GrepResult> = {
  text(result, style) {
    if (result.kind === 'counts') return countsText(result, style);
    if (result.kind === 'events') return eventsView.text(asEvents(result), style);
    // Where somebody looks on, what a log says must not act on the terminal; programs get the bytes of the file.
    return isForEyes(style) ? shownLines(result, style) : plainLines(result);
  },
  async *jsonStream(result) {
    yield* documents(result);
  },
  async *jsonl(result) {
    yield* documents(result);
  },
  rows(result) {
    if (result.kind === 'events') return eventsView.rows!(asEvents(result));
    throw usageError('counts have no such form', 'Try --format csv or --format jsonl.');
  },
  async *csv(result) {
    if (result.kind === 'counts') {
      yield csvRecord([result.by, 'count']);
      for await (const { value, count } of result.counts) yield csvRecord([value, count]);
    } else if (result.kind === 'events') {
      yield* eventsView.csv!(asEvents(result)) as AsyncIterable<string>;
    }
  },
};

const isForEyes = ({ isTerminal, paint }: Style): boolean => isTerminal || paint.level > 0;

async function* documents(result: GrepResult): AsyncGenerator<unknown> {
  if (result.kind === 'counts') {
    for await (const { value, count } of result.counts) yield { [result.by]: value, count };
  } else if (result.kind === 'events') yield* eventsView.jsonl!(asEvents(result));
}

/** As `ir timeline --all` has them. */
const asEvents = ({ events, columns }: EventsResult): TimelineEvents => ({
  events: { events, files: [], brokenRules: [], whyNothing: undefined },
  columns,
});

async function* countsText({ by, counts }: CountsResult, { paint }: Style): AsyncGenerator<string> {
  for await (const { value, count } of counts) {
    const text = neutraliseLine(value);
    if (by === 'file') yield `${paint.magenta(text)}:${count}\n`;
    else yield `${String(count).padStart(8)} ${value === '' ? paint.dim(`(no ${by})`) : text}\n`;
  }
}

/** As ripgrep prints them: the place, what was found in red, and a rule where lines were left out. */
async function* shownLines(
  { pathOf, parts, spansIn }: LinesResult,
  { paint }: Style,
): AsyncGenerator<Uint8Array> {
  for await (const { lines } of parts) {
    let part = '';
    for (const { file, line, bytes, isContext, isApart } of lines) {
      if (isApart === true) part += `${paint.dim('--')}\n`;
      const text = Buffer.from(bytes).toString('utf8').replace(/\r$/, '');
      const sign = paint.dim(isContext === true ? '-' : ':');
      let shown = '';
      let from = 0;
      for (const [start, end] of isContext === true ? [] : spansIn(text)) {
        shown += safe(text.slice(from, start)) + paint.red.bold(safe(text.slice(start, end)));
        from = end;
      }
      const path = paint.magenta(neutraliseLine(pathOf(file)));
      part += `${path}${sign}${paint.green(String(line))}${sign}${shown}${safe(text.slice(from))}\n`;
    }
    yield Buffer.from(part, 'utf8');
  }
}

/** Tabs stay, as in a grep. */
const safe = (text: string): string => neutralise(text).replaceAll('\n', '\\n');

const FIRST_BYTES = 1 << 16;

/** The lines as they are in the file, behind their place. Each part is handed out when it is found. */
async function* plainLines({ pathOf, parts }: LinesResult): AsyncGenerator<Uint8Array> {
  let name = '';
  let file = -1;
  for await (const { lines } of parts) {
    let buffer = Buffer.allocUnsafe(FIRST_BYTES);
    let length = 0;
    for (const found of lines) {
      if (found.file !== file) {
        file = found.file;
        name = neutraliseLine(pathOf(file));
      }
      const head = headOf(name, found);
      const most = head.length * 3 + found.bytes.length + 1;
      if (length + most > buffer.length) {
        yield buffer.subarray(0, length);
        buffer = Buffer.allocUnsafe(Math.max(FIRST_BYTES, most));
        length = 0;
      }
      length += buffer.write(head, length, 'utf8');
      buffer.set(found.bytes, length);
      length += found.bytes.length;
      buffer[length++] = 10;
    }
    yield buffer.subarray(0, length);
  }
}

function headOf(name: string, { line, isContext, isApart }: FoundLine): string {
  const sign = isContext === true ? '-' : ':';
  return `${isApart === true ? '--\n' : ''}${name}${sign}${line}${sign}`;
}
