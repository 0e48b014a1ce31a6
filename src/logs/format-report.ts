/** Which format reads a file, and why not another: what each claims of its first lines. */
import { closeSync, openSync } from 'node:fs';
import { type Event, isSkip } from '../events/event.ts';
import { createClock } from './clock.ts';
import { claims, SAMPLE_LINES, sampleLines } from './detect-format.ts';
import { FORMATS } from './formats/list.ts';
import type { LogFormat } from './formats/log-format.ts';
import { createAccount } from './line-account.ts';
import type { HowFar } from './pattern/how-far.ts';
import { HEAD_BYTES, type UndatedFile } from './prepare.ts';
import { createEventReader } from './read-events.ts';
import { readHead } from './spool.ts';
import { untimedAdvice } from './untimed.ts';

/** What one format says of the first lines of a file. */
export interface Claim {
  format: string;
  /** How many of them it claims. */
  lines: number;
  /** The first that it does not, 1-based, with what it says of it; undefined when it claims all. */
  refused: { line: number; text: string; reason: string; howFar?: HowFar | undefined } | undefined;
}

/** What the first lines of a file came to. */
export interface FormatReport {
  path: string;
  /** The format that reads the file; empty when none claims a line. */
  format: string;
  /** How many lines were looked at (of documents of records: none). */
  lines: number;
  isRecords: boolean;
  /** Formats of what its lines wrap, by stream. */
  streams: Readonly<Record<string, string>>;
  claims: readonly Claim[];
  /** Events by the format that read them, lines that joined one, and lines that were not read, by reason. */
  events: Readonly<Record<string, number>>;
  joined: number;
  skips: Readonly<Record<string, number>>;
  /** Set when none of the events has a time: which setting adds one. */
  advice?: string | undefined;
}

/** Why a line is none of a format, for formats that can tell. */
export type Explain = (format: LogFormat, line: string) => HowFar | undefined;

/**
 * Reads the beginning of a file and says what each format makes of it.
 * @param asked names of formats that are reported though they claim nothing
 */
export function reportFormats(
  file: UndatedFile,
  asked: readonly string[],
  explain: Explain,
): FormatReport {
  const head = readFileHead(file);
  const lines = file.isRecords ? [] : sampleLines(head).filter((line) => line !== '');
  const found = FORMATS.map((format) => claimOf(format, lines, asked, explain));
  const told = found.filter(({ format, lines: count }) => count > 0 || asked.includes(format));
  told.sort((a, b) => b.lines - a.lines);
  return {
    path: file.path,
    format: file.format?.name ?? '',
    lines: lines.length,
    isRecords: file.isRecords,
    streams: file.streams,
    claims: told,
    ...readLines(file, head),
  };
}

/** The first 64 KiB of a file that was prepared. */
export function readFileHead({ absolute, contentBytes }: UndatedFile): string {
  const descriptor = openSync(absolute, 'r');
  try {
    return readHead(descriptor, Math.min(HEAD_BYTES, contentBytes)).toString('utf8');
  } finally {
    closeSync(descriptor);
  }
}

function claimOf(
  format: LogFormat,
  lines: readonly string[],
  asked: readonly string[],
  explain: Explain,
): Claim {
  let count = 0;
  let refused: Claim['refused'];
  for (const [index, text] of lines.entries()) {
    if (claims(format, text, false)) count += 1;
    else refused ??= { line: index + 1, text, reason: '' };
  }
  if (refused === undefined || (count === 0 && !asked.includes(format.name)))
    return { format: format.name, lines: count, refused };
  const parsed = format.parse(refused.text, createClock({ zone: 'UTC' }));
  const reason = isSkip(parsed) ? parsed.skip : 'it does not look like a line of the format';
  return {
    format: format.name,
    lines: count,
    refused: { ...refused, reason, howFar: explain(format, refused.text) },
  };
}

/** What a run would make of the lines. */
function readLines(
  { format, streams, headers, isRecords }: UndatedFile,
  head: string,
): Pick<FormatReport, 'events' | 'joined' | 'skips' | 'advice'> {
  const events: Record<string, number> = {};
  let timed = 0;
  const account = createAccount();
  const reader = createEventReader({
    format,
    streams,
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', headers }),
    account,
    sink: ({ format: by, timeUs }: Event) => {
      events[by] = (events[by] ?? 0) + 1;
      if (timeUs !== undefined) timed += 1;
    },
  });
  if (isRecords && format?.records !== undefined) {
    const records = format.records.splitter(false).push(head).slice(0, SAMPLE_LINES);
    for (const { text, offset } of records) reader.line(text, offset);
  } else for (const [index, line] of sampleLines(head).entries()) reader.line(line, index);
  reader.end();
  const skips = Object.fromEntries([...account.skips].map(([why, { count }]) => [why, count]));
  const isUntimed = timed === 0 && Object.keys(events).length > 0;
  const advice = isUntimed ? untimedAdvice(format?.name ?? '') : undefined;
  return { events, joined: account.joined, skips, ...(isUntimed ? { advice } : {}) };
}
