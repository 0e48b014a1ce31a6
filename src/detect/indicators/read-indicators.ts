/** Lists of indicators: text, CSV, STIX 2.1 and MISP JSON. What cannot be used is said with its line; the rest is used. */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { EXIT, IrError, messageOf, templateError } from '../../errors.ts';
import { reasonOf } from '../../logs/reason.ts';
import { columnsOf, type IndicatorColumns } from './columns.ts';
import { asKind, type Indicator, type IndicatorKind, recognise } from './indicator.ts';
import { readMisp } from './read-misp.ts';
import { readStix } from './read-stix.ts';

/** A list of indicators. */
export interface IndicatorList {
  path: string;
  format: 'text' | 'csv' | 'stix' | 'misp';
  indicators: IndicatorColumns;
  problems: readonly IrError[];
  /** Entries beyond the problems that are told. */
  untold: number;
}

/** A written indicator, before it is known to be one. */
export interface WrittenIndicator {
  /** Undefined: to be recognised. */
  kind: IndicatorKind | undefined;
  text: string;
  line: number;
  /** Why it cannot be used. */
  problem?: string;
}

const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const MAX_BYTES = 512 * 1024 * 1024;
/** What stands before the first bracket of a JSON text. */
const MOST_BLANKS = 1 << 16;
const MOST_PROBLEMS = 10;

/** Reads a list. Throws (exit 4) when the file cannot be read, (exit 3) when nothing in it is an indicator. */
export function readIndicators(path: string): IndicatorList {
  const { format, written } = writtenIn(bytesOf(path), path);
  const problems: IrError[] = [];
  let untold = 0;
  const refuse = (message: string, line: number): void => {
    if (problems.length < MOST_PROBLEMS) problems.push(templateError(message, { path, line }));
    else untold += 1;
  };
  const indicators = columnsOf(recognised(written, refuse));
  if (indicators.length === 0) {
    const [first] = problems;
    throw new IrError(
      `there is no indicator in it${first === undefined ? '' : `: ${first.message}`}`,
      {
        exit: EXIT.invalidTemplate,
        source: first?.source ?? { path },
        hint: 'Give one a line, a CSV file with a column "value", a STIX 2.1 bundle or a MISP event.',
      },
    );
  }
  return { path, format, indicators, problems, untold };
}

function* recognised(
  written: Iterable<WrittenIndicator>,
  refuse: (message: string, line: number) => void,
): Generator<Indicator> {
  for (const { kind, text: one, line, problem } of written) {
    const found = kind === undefined ? recognise(one) : asKind(kind, one);
    if (problem !== undefined) refuse(problem, line);
    else if (found === undefined)
      refuse(
        `"${one.slice(0, 100)}" is no address, network, domain, hash, URL or user agent`,
        line,
      );
    else yield { ...found, line };
  }
}

function bytesOf(path: string): Buffer {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    if (size > MAX_BYTES) throw new Error(`${size} bytes are more than a list of indicators has`);
    const bytes = readFileSync(descriptor);
    return bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? bytes.subarray(3) : bytes;
  } catch (error) {
    throw new IrError(`the indicators cannot be read: ${reasonOf(error)}`, {
      exit: EXIT.unreadableInput,
      source: { path },
      hint: 'Check the path and its permissions.',
    });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function writtenIn(
  bytes: Buffer,
  path: string,
): { format: IndicatorList['format']; written: Iterable<WrittenIndicator> } {
  if (/^\s*[[{]/.test(bytes.toString('latin1', 0, MOST_BLANKS))) {
    const text = bytes.toString('utf8');
    const value = parseJson(text, path);
    const isStix = isMap(value) && (value['type'] === 'bundle' || value['type'] === 'indicator');
    return isStix
      ? { format: 'stix', written: readStix(value, text) }
      : { format: 'misp', written: readMisp(value, text) };
  }
  const newline = bytes.indexOf(10);
  const header = bytes.toString('utf8', 0, newline < 0 ? undefined : newline);
  const columns = cellsOf(header.trim()).map((cell) => cell.trim().toLowerCase());
  const value = columns.findIndex((name) => VALUE_COLUMNS.includes(name));
  if (columns.length > 1 && value >= 0) {
    const type = columns.findIndex((name) => TYPE_COLUMNS.includes(name));
    return { format: 'csv', written: readCsv(bytes, value, type) };
  }
  return { format: 'text', written: readText(bytes) };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw templateError(`not valid JSON: ${messageOf(error)}`, { path });
  }
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function* numberedLines(bytes: Buffer): Generator<readonly [line: string, number: number]> {
  let number = 0;
  for (let from = 0; from < bytes.length; ) {
    const end = bytes.indexOf(10, from);
    number += 1;
    const line = bytes.toString('utf8', from, end < 0 ? undefined : end);
    yield [line.endsWith('\r') ? line.slice(0, -1) : line, number];
    if (end < 0) return;
    from = end + 1;
  }
}

function* readText(bytes: Buffer): Generator<WrittenIndicator> {
  for (const [written, line] of numberedLines(bytes)) {
    const one = written.replace(/(?:^|\s)[#;].*$/, '').trim();
    if (one === '') continue;
    // In a plain list, what is nothing else and looks like a product is a user agent; markup and records are not.
    const isAgent =
      /^[\w.-]+\/[\d.]|\s/.test(one) && !/[<>{}]/.test(one) && recognise(one) === undefined;
    yield { kind: isAgent ? 'user-agent' : undefined, text: one, line };
  }
}

const VALUE_COLUMNS = ['value', 'indicator', 'ioc', 'ioc_value', 'observable', 'indicator_value'];
const TYPE_COLUMNS = ['type', 'kind', 'ioc_type', 'indicator_type', 'observable_type'];

function* readCsv(bytes: Buffer, value: number, type: number): Generator<WrittenIndicator> {
  for (const [written, line] of numberedLines(bytes)) {
    if (line === 1 || written.trim() === '' || written.startsWith('#')) continue;
    const cells = cellsOf(written);
    const name = cells[type]?.trim().toLowerCase() ?? '';
    const kind = /agent/.test(name) ? 'user-agent' : undefined;
    yield { kind, text: cells[value] ?? '', line };
  }
}

/** The cells of a line; a quoted cell may hold commas, and doubled quotes. */
function cellsOf(line: string): string[] {
  const cells: string[] = [];
  for (let at = 0; at <= line.length; ) {
    if (line[at] === '"') {
      let cell = '';
      let from = at + 1;
      for (;;) {
        const end = line.indexOf('"', from);
        cell += line.slice(from, end < 0 ? undefined : end);
        from = end + 1;
        if (end < 0 || line[from] !== '"') break;
        cell += '"';
        from += 1;
      }
      cells.push(cell);
      const comma = line.indexOf(',', from);
      at = from === 0 || comma < 0 ? line.length + 1 : comma + 1;
    } else {
      const comma = line.indexOf(',', at);
      cells.push(line.slice(at, comma < 0 ? undefined : comma));
      at = comma < 0 ? line.length + 1 : comma + 1;
    }
  }
  return cells;
}
