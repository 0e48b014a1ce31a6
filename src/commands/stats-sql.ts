/** `ir stats --sql`: a question in SQL over the events, as rows. */
import { streamEvents } from '../detect/event-stream.ts';
import { FIELD_NAMES, fieldReader, type ReadField } from '../detect/where/fields.ts';
import { EXIT, usageError } from '../errors.ts';
import { STDIN_PATH } from '../logs/walk.ts';
import type { CommandContext } from './context.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { isPiped } from './read-stdin.ts';
import type { StatsOptions } from './stats.ts';
import { readOptions } from './timeline.ts';

/** What the view shows. */
export interface SqlResult {
  columns: readonly string[];
  rows: Iterable<readonly unknown[]>;
}

/** A column of the table: what fills it. */
interface Column {
  name: string;
  read(
    event: Parameters<ReadField>[0],
    raw: string,
    place: { file: string; line: number },
  ): unknown;
}

/** `source_ip` of `source.ip`; `time` of `@timestamp`, as text in UTC that SQLite's date functions read. */
const columnsOf = (): Column[] => [
  { name: 'file', read: (_, __, { file }) => file },
  { name: 'line', read: (_, __, { line }) => line },
  { name: 'time', read: ({ timeUs }) => timeText(timeUs) },
  ...FIELD_NAMES.filter((name) => name !== '@timestamp').map((name) => ({
    name: name.replaceAll('.', '_'),
    read: fieldReader(name),
  })),
];

const timeText = (timeUs: number | undefined): string | undefined =>
  timeUs === undefined ? undefined : new Date(Math.floor(timeUs / 1000)).toISOString();

/** Reads the paths into a table and asks it. */
export async function statsSql(
  context: CommandContext,
  paths: readonly string[],
  options: StatsOptions & { sql: string },
): Promise<CommandOutcome<SqlResult>> {
  if (options.by !== undefined || options.over !== undefined || options.top !== undefined)
    throw usageError('--sql asks for itself what --by, --over and --top ask', 'Leave them out.');
  const { createEventTable } = await import('../store/event-table.ts');
  const words = new Set(options.sql.toLowerCase().match(/\w+/g));
  const isAll = options.sql.includes('*') && !/\(\s*\*\s*\)/.test(options.sql);
  // What is not asked for is not kept.
  const columns = columnsOf().filter(({ name }) => isAll || words.has(name.toLowerCase()));
  const kept = columns.length > 0 ? columns : columnsOf().slice(0, 1);
  const table = createEventTable(
    kept.map(({ name }) => name),
    options.sql,
  );
  try {
    const inputs = paths.length > 0 ? paths : [isPiped() ? STDIN_PATH : '.'];
    const settings = { ...readOptions(context, options), isHashed: false, order: 'file' as const };
    const found = await streamEvents(inputs, settings);
    if (found.whyNothing !== undefined) context.say(`No events: ${found.whyNothing}.`);
    for await (const { event, raw, file, line } of found.events)
      table.add(kept.map(({ read }) => cellOf(read(event, raw, { file, line }))));
    const { columns: names, rows } = table.ask();
    const result = { columns: names, rows };
    const unread = incompleteness(found.unread, found.files, options);
    if (unread.length === 0) return { result };
    return { result, exit: EXIT.unreadableInput, reasons: () => unread };
  } finally {
    table.close();
  }
}

function cellOf(value: unknown): string | number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' || typeof value === 'string') return value;
  return Array.isArray(value) ? value.join(',') : JSON.stringify(value);
}
