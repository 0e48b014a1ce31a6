/** `ir timeline --interactive`: findings or events to what a full-screen browser shows and asks for. */
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { NO_RULES } from '../detect/choose-rules.ts';
import { entitiesOf, fieldsOf } from '../detect/event-entities.ts';
import { type EventList, openEvents, withBlocks } from '../detect/event-list.ts';
import type { Evidence, Finding, Timeline } from '../detect/finding.ts';
import { hashFile } from '../detect/hash-files.ts';
import { type AnalyseOptions, openSession, type Session } from '../detect/session.ts';
import { EXIT, IrError } from '../errors.ts';
import { addNote } from '../incidents/incident-rules.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { createZoneOffset } from '../logs/time-zone.ts';
import type {
  BrowseFinding,
  BrowseLine,
  BrowseMark,
  BrowseSource,
  BrowseZone,
  LineList,
} from './browse-source.ts';
import type { CommandContext } from './context.ts';
import { fileWindow } from './file-window.ts';
import { authorOf, withIncident } from './incident-access.ts';
import { belongsTo } from './lines-of-finding.ts';
import { findingItem } from './timeline-page.ts';

/** Lists of lines that are held open beside that of the start; of more, the oldest is closed. */
const MOST_OPEN = 4;
/** Lines read at once. */
const STRIDE = 64;

/** The source, and what ends it. */
export interface OpenedSource {
  source: BrowseSource;
  close(): Promise<void>;
}

/** What is browsed. */
export interface Browsed {
  paths: readonly string[];
  options: AnalyseOptions;
  /** Findings; absent: every event. */
  found?: Timeline | undefined;
}

/** Makes the source. @param context that of the command: bookmarks go into its incident */
export async function openBrowse(
  context: CommandContext,
  { paths, options, found }: Browsed,
): Promise<OpenedSource> {
  // A screen that is drawn is no place for passing lines.
  const quiet: AnalyseOptions = { ...options, progress: () => {}, say: () => {} };
  const events = found === undefined ? await openEvents(paths, options) : undefined;
  const held = createHeld(paths, quiet, events);
  const byRow = new Map<BrowseFinding, Finding>();
  const findings = found === undefined ? undefined : rowsOf(found.findings, byRow);
  const source: BrowseSource = {
    findings,
    events: events && listOf(events),
    remark: remarkOn(found, events),
    zones: zonesOf(context),
    async linesOf(row, signal) {
      const finding = byRow.get(row);
      if (finding === undefined) throw new Error('a finding of another run');
      const rules = [finding.rule.id, ...(finding.act?.others ?? []).map(({ rule }) => rule.id)];
      const accepts = await belongsTo(finding, quiet);
      const asked = { ...quiet, signal, ruleNames: [...new Set(rules)], isWithoutRules: false };
      const index = await held.add(openEvents(paths, asked, accepts));
      // Rules that look beyond the logs (quiet sources, a baseline) count no lines: what is cited stands.
      return index.count === 0 ? row.cited : listOf(index);
    },
    async eventsOf([, value], signal) {
      const filter = { ...quiet.filter, entities: [value] };
      return listOf(await held.add(openEvents(paths, { ...quiet, signal, ruleNames: [], filter })));
    },
    async around(line) {
      const plain = windowIn(plainFile(options.cwd, line.path), line);
      if (plain !== undefined) return plain;
      const file = (await held.files()).find(({ path }) => path === line.path);
      return file === undefined || file.isRecords ? undefined : windowIn(file, line);
    },
    bookmark: (mark, note) => bookmark(context, held.files, mark, note),
  };
  return { source, close: held.close };
}

/** Indexes and the session that stay open while somebody looks. */
interface Held {
  add(opening: Promise<EventList>): Promise<EventList>;
  /** The files that are read, opened when they are first asked for. */
  files(): Promise<readonly PreparedFile[]>;
  close(): Promise<void>;
}

function createHeld(
  paths: readonly string[],
  options: AnalyseOptions,
  first: EventList | undefined,
): Held {
  const open: EventList[] = [];
  let session: Promise<Session> | undefined;
  return {
    async add(opening) {
      const index = await opening;
      open.push(index);
      if (open.length > MOST_OPEN) await open.shift()!.close();
      return index;
    },
    async files() {
      if (first !== undefined) return first.files;
      session ??= openSession(paths, { ...options, workers: 0 }, async () => NO_RULES);
      return (await session).files;
    },
    async close() {
      for (const index of [...open, ...(first === undefined ? [] : [first])]) await index.close();
      await (await session)?.close();
    },
  };
}

function rowsOf(findings: readonly Finding[], byRow: Map<BrowseFinding, Finding>): BrowseFinding[] {
  const timeOf = ({ firstUs, atUs = firstUs }: Finding): number => atUs ?? Number.POSITIVE_INFINITY;
  return [...findings]
    .sort((a, b) => timeOf(a) - timeOf(b))
    .map((finding) => {
      const { atUs, untilUs, title, count, source, entities, techniques, notes } =
        findingItem(finding);
      const { id, level, evidence, act } = finding;
      const others = (act?.others ?? []).flatMap(({ evidence: one }) => one ?? []);
      const row: BrowseFinding = {
        ...{ id, level, atUs, untilUs, title, count, source, entities, techniques, notes },
        cited: citedList([...evidence, ...others], entities),
      };
      byRow.set(row, finding);
      return row;
    });
}

/** Lines that are in memory already. */
function citedList(evidence: readonly Evidence[], entities: BrowseFinding['entities']): LineList {
  const seen = new Set<string>();
  const lines = evidence
    .filter(({ file, offset }) => {
      const place = `${offset} ${file}`;
      return seen.has(place) ? false : seen.add(place);
    })
    .map(({ file, offset, line, raw, timeUs }): BrowseLine => {
      return { atUs: timeUs, path: file, offset, line, text: raw };
    })
    .sort((a, b) => (a.atUs ?? 0) - (b.atUs ?? 0));
  return {
    count: lines.length,
    at: (number) => lines[number]!,
    detail: (number) => ({ line: lines[number]?.line ?? 0, entities, fields: [] }),
    find: () => Promise.resolve(),
  };
}

/** Lines of an index, read some at a time. */
function listOf(index: EventList): LineList {
  /** Strides by number; the oldest is forgotten. */
  const known = new Map<number, readonly BrowseLine[]>();
  const strideAt = (stride: number): readonly BrowseLine[] => {
    const found = known.get(stride);
    if (found !== undefined) return found;
    const from = stride * STRIDE;
    const numbers = Array.from(
      { length: Math.min(STRIDE, index.count - from) },
      (_, at) => from + at,
    );
    const lines = index.lines(numbers).map(({ timeUs, file, offset, raw }) => ({
      ...{ atUs: timeUs, path: index.files[file]?.path ?? '', offset, text: raw },
      line: undefined,
    }));
    known.set(stride, lines);
    if (known.size > 32) known.delete(known.keys().next().value!);
    return lines;
  };
  let last: { number: number; detail: ReturnType<LineList['detail']> } | undefined;
  return {
    count: index.count,
    at: (number) => strideAt(Math.floor(number / STRIDE))[number % STRIDE]!,
    detail(number) {
      if (last?.number !== number) {
        const { line, event } = index.event(number);
        const detail = { line, entities: entitiesOf(event), fields: fieldsOf(event) };
        last = { number, detail };
      }
      return last.detail;
    },
    find: index.find,
  };
}

function remarkOn(found: Timeline | undefined, events: EventList | undefined): string {
  if (events !== undefined) return events.count === 0 ? 'No events.' : '';
  if (found?.whyNothing !== undefined) return `No events: ${found.whyNothing}.`;
  const unread = found?.unread.length ?? 0;
  if (unread > 0) return `Not read in full: ${found?.unread[0]?.path}, and ${unread - 1} more.`;
  return found?.findings.length === 0 ? 'No findings.' : '';
}

function zonesOf({ settings }: CommandContext): BrowseZone[] {
  const machine = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const names = new Set([settings.displayZone, 'UTC', settings.zone, machine]);
  return [...names].filter(Boolean).map((name) => ({ name, offsetAt: createZoneOffset(name) }));
}

type Readable = Pick<PreparedFile, 'absolute' | 'contentState' | 'contentBytes'>;

function plainFile(cwd: string, path: string): Readable | undefined {
  const absolute = resolve(cwd, path) as Readable['absolute'];
  const found = statSync(absolute, { throwIfNoEntry: false });
  if (found?.isFile() !== true) return undefined;
  return { absolute, contentState: undefined, contentBytes: found.size };
}

function windowIn(file: Readable | undefined, line: BrowseLine): ReturnType<typeof fileWindow> {
  let found: ReturnType<typeof fileWindow>;
  if (file !== undefined)
    withBlocks(file, (blockAt) => (found = fileWindow(blockAt, file.contentBytes, line)));
  return found;
}

/** A note with the lines, each with its place and the SHA-256 of its file, as `ir grep --save` keeps them. */
async function bookmark(
  context: CommandContext,
  filesOf: () => Promise<readonly PreparedFile[]>,
  { finding, line }: BrowseMark,
  note: string,
): Promise<string> {
  const quiet: CommandContext = { ...context, say: () => {}, progress: () => {} };
  // What cannot be saved is refused before anything is read.
  await withIncident(quiet, () => Promise.resolve());
  const marked = line === undefined ? linesIn(finding?.cited) : [{ ...line }];
  const files = await filesOf();
  const lines: { path: string; sha256: string; offset: number; line: number; text: string }[] = [];
  for (const { path, offset, line: number, text } of marked) {
    const file = files.find((one) => one.path === path);
    const sha256 = file && (file.sha256 ?? (await hashFile(file, context.signal)));
    if (sha256 === undefined)
      throw new IrError(`${path} is gone or changed: nothing was noted`, {
        exit: EXIT.unreadableInput,
      });
    lines.push({ path, sha256, offset, line: number ?? 0, text });
  }
  const head = note.trim() === '' ? 'Bookmarked in the timeline' : note.trim();
  const text = [
    ...(finding === undefined ? [head] : [head, `${finding.title} (${finding.id})`]),
    ...lines.map((one) => `${one.path}:${one.line}: ${one.text}`),
  ].join('\n');
  return await withIncident(quiet, async (store, { id, key }) => {
    const entry = addNote(text, {}, authorOf(quiet));
    const [stored] = await store.append(id, [{ ...entry, payload: { ...entry.payload, lines } }]);
    return `Bookmarked in ${key}, entry ${stored?.seq}`;
  });
}

const linesIn = (list: LineList | undefined): BrowseLine[] =>
  list === undefined ? [] : Array.from({ length: list.count }, (_, number) => list.at(number));
