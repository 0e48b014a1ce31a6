/** `ir grep` where fields or times count, or are wanted: events of the engine instead of lines. */

import type { FilterOptions } from '../detect/event-filter.ts';
import { type StreamedEvent, streamEvents } from '../detect/event-stream.ts';
import { type SessionSign, signOf } from '../detect/follow.ts';
import { withContext } from '../detect/search/context-lines.ts';
import { compileLineTest, createSpans } from '../detect/search/line-test.ts';
import type { SearchQuery } from '../detect/search/query.ts';
import type { FoundLine, FoundPart } from '../detect/search/search-files.ts';
import type { AnalyseOptions } from '../detect/session.ts';
import { compileWhere } from '../detect/where/compile.ts';
import { fieldReader } from '../detect/where/fields.ts';
import { usageError } from '../errors.ts';
import type { Event } from '../events/event.ts';
import { assertColumn, withOwnNames } from './columns.ts';
import type { CommandContext } from './context.ts';
import {
  type Asked,
  counted,
  ending,
  type GrepResult,
  type LinesResult,
  type Tally,
} from './grep-result.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { spanUs } from './said-options.ts';
import { savedIf } from './save-lines.ts';
import { readOptions } from './timeline.ts';

/** Searches events; see `grep`. */
export async function grepEvents(
  context: CommandContext,
  asked: Asked,
): Promise<CommandOutcome<GrepResult>> {
  const { options, paths, query } = asked;
  if (options.by !== undefined) assertColumn(options.by);
  const isText = context.settings.format === 'text' && asked.columns === undefined;
  const settings: AnalyseOptions = {
    ...readOptions(context, options),
    order: options.sort ?? (options.around === undefined ? 'file' : 'time'),
    areAllWanted: isText,
    isHashed: false,
  };
  const filter = { ...settings.filter, ...(query.patterns.length > 0 && { grep: query }) };
  const found =
    options.around === undefined
      ? await streamEvents(paths, { ...settings, filter })
      : await aroundEvents(context, asked, { ...settings, filter });
  const reasons = (): string[] => incompleteness(found.unread, found.files, {});
  if (found.whyNothing !== undefined) context.say(`Nothing found: ${found.whyNothing}.`);
  const tally: Tally = { found: 0, reasons };
  const isMatch = options.around === undefined ? () => true : matcherOf(filter, query);
  const end = ending(tally);
  if (options.by !== undefined || options.count === true) {
    const counts = countsOf(found.events, options.by, tally);
    return { result: { kind: 'counts', by: options.by ?? 'file', counts }, ...end };
  }
  if (!isText) {
    const events = tallied(found.events, isMatch, tally);
    const { columns } = asked;
    return { result: { kind: 'events', columns, events: withOwnNames(events, columns) }, ...end };
  }
  const parts = counted(eventLines(found.events, query, isMatch), tally);
  const { inputs } = found;
  const shown = asked.around === undefined ? parts : withContext(parts, inputs, asked.around);
  const pathOf = (file: number): string => inputs[file]?.path ?? '';
  const lines: LinesResult = { kind: 'lines', pathOf, parts: shown, spansIn: createSpans(query) };
  return { result: await savedIf(context, options, lines, inputs), ...end };
}

type IsMatch = (event: StreamedEvent) => boolean;

async function* tallied(
  events: AsyncIterable<StreamedEvent>,
  isMatch: IsMatch,
  tally: Tally,
): AsyncGenerator<StreamedEvent> {
  for await (const event of events) {
    if (isMatch(event)) tally.found += 1;
    yield event;
  }
}

/** The most frequent value first; of equals the one that came first. Files in their order. */
async function* countsOf(
  events: AsyncIterable<StreamedEvent>,
  by: string | undefined,
  tally: Tally,
): AsyncGenerator<{ value: string; count: number }> {
  const counts = new Map<string, number>();
  for await (const event of events) {
    tally.found += 1;
    const values = by === undefined ? [event.file] : [columnValue(event, by) ?? ''].flat();
    for (const value of values) {
      const text = String(value);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  const rows = [...counts].map(([value, count]) => ({ value, count }));
  yield* by === undefined ? rows : rows.sort((a, b) => b.count - a.count);
}

/** The value of a field, or of the place of an event. */
function columnValue(streamed: StreamedEvent, name: string): unknown {
  if (name === 'log.file.path') return streamed.file;
  if (name === 'log.offset') return streamed.offset;
  if (name === 'ir.line') return streamed.line;
  const value = fieldReader(name)(streamed.event, streamed.raw);
  if (name !== '@timestamp') return value;
  return streamed.document['@timestamp'];
}

/** The lines of each event that are shown: those that hold the pattern, all where there is none. */
async function* eventLines(
  events: AsyncIterable<StreamedEvent>,
  query: SearchQuery,
  isMatch: IsMatch,
): AsyncGenerator<FoundPart> {
  const { holds } = compileLineTest(query);
  for await (const event of events) {
    const { input, line, offset, raw, others } = event;
    const all = [{ line, offset, raw }, ...others];
    const isHit = isMatch(event);
    const held = isHit ? all.filter((each) => holds(each.raw) !== query.isInverted) : all;
    const lines = (held.length > 0 ? held : all.slice(0, 1)).map(
      (each): FoundLine => ({
        ...{ file: input, line: each.line, offset: each.offset, isContext: !isHit },
        bytes: Buffer.from(each.raw, 'utf8'),
      }),
    );
    yield { file: input, count: isHit ? lines.length : 0, lines };
  }
}

/** Is an event one that was looked for, and not only near one in time? */
function matcherOf(
  { grep, where, sinceUs, untilUs }: AnalyseOptions['filter'],
  query: SearchQuery,
): IsMatch {
  const test = where === undefined ? undefined : compileWhere(where);
  const { holds } = compileLineTest(query);
  return ({ event, raw, others }) => {
    const { timeUs } = event;
    if (timeUs === undefined || timeUs < sinceUs || timeUs > untilUs) return false;
    if (test !== undefined && !test.test(event, raw)) return false;
    const texts = [raw, ...others.map((other) => other.raw)];
    return grep === undefined || texts.some(holds) !== query.isInverted;
  };
}

/** Every event of any log that happened shortly before or after one that was looked for, or in its session. */
async function aroundEvents(
  context: CommandContext,
  { paths, options }: Asked,
  settings: AnalyseOptions,
): ReturnType<typeof streamEvents> {
  if (paths.includes('-'))
    throw usageError('--around reads the logs twice, which - cannot be', 'Name files.');
  const isSession = options.around === 'session';
  const us = isSession ? 0 : spanUs(options.around ?? '');
  if (us === undefined || us < 0) {
    throw usageError(
      `--around: "${options.around}" is no length of time`,
      'Write 5m, 30s or 1h30m, or session.',
    );
  }
  const found = await streamEvents(paths, { ...settings, order: 'time' });
  const near = isSession ? createSigns() : createWindows(us);
  for await (const { event } of found.events) near.add(event);
  const filter = near.filter(settings.filter);
  if (filter === undefined) return { ...found, events: nothing() };
  context.progress('reading what happened around');
  return await streamEvents(paths, { ...settings, order: 'time', filter });
}

/** What was found, on the way to a filter for what is near; undefined where there was nothing. */
interface Near {
  add(event: Event): void;
  filter(own: FilterOptions): FilterOptions | undefined;
}

function createWindows(us: number): Near {
  const windows: [number, number][] = [];
  return {
    add({ timeUs }) {
      if (timeUs === undefined) return;
      const last = windows.at(-1);
      if (last !== undefined && timeUs - us <= last[1]) last[1] = timeUs + us;
      else windows.push([timeUs - us, timeUs + us]);
    },
    filter: () =>
      windows.length === 0
        ? undefined
        : {
            ...{ sinceUs: -Infinity, untilUs: Infinity, entities: [] },
            where: { kind: 'within', windows },
          },
  };
}

/** Further sessions are not shown: who looks at so many wants a narrower pattern. */
const MOST_SIGNS = 1_000;
const MINUTE_US = 60_000_000;

function createSigns(): Near {
  const signs = new Map<string, SessionSign>();
  let isFound = false;
  return {
    add(event) {
      isFound = true;
      const sign = signOf(event);
      if (sign === undefined || signs.size >= MOST_SIGNS) return;
      const minute = Math.floor(sign.atUs / MINUTE_US);
      signs.set(`${sign.host ?? ''} ${minute} ${sign.ids.join(' ')}`, sign);
    },
    filter: (own) => (isFound ? { ...own, signs: [...signs.values()] } : undefined),
  };
}

async function* nothing(): AsyncGenerator<never> {}
