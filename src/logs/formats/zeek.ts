/**
 * Zeek's own text form: columns between tabs, named and typed by comments above them. A row is what Zeek writes as JSON,
 * and is read as that.
 */
import type { Event, Skip } from '../../events/event.ts';
import { skip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { Wrapped } from '../envelopes/wrapped.ts';
import type { LogFormat } from './log-format.ts';
import { readEpoch } from './time-text.ts';

/** What the comments say. */
interface Columns {
  header: string;
  separator: string;
  setSeparator: string;
  empty: string;
  unset: string;
  path: string | undefined;
  names: readonly string[];
  types: readonly string[];
}

const MARKER = '#fields';

let latest: Columns | undefined;

function columnsOf(header: string): Columns {
  if (latest?.header === header) return latest;
  const lines = header.split('\n');
  const separator = byteOf(lines.find((line) => line.startsWith('#separator '))?.slice(11) ?? '\t');
  const valuesOf = (name: string): readonly string[] =>
    lines
      .findLast((line) => line.startsWith(`#${name}${separator}`))
      ?.split(separator)
      .slice(1) ?? [];
  latest = {
    header,
    separator,
    setSeparator: valuesOf('set_separator')[0] ?? ',',
    empty: valuesOf('empty_field')[0] ?? '(empty)',
    unset: valuesOf('unset_field')[0] ?? '-',
    path: valuesOf('path')[0],
    names: valuesOf('fields'),
    types: valuesOf('types'),
  };
  return latest;
}

/** The byte that is written as `\x09`. */
const byteOf = (text: string): string =>
  text.replace(/\\x([\da-fA-F]{2})/, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

/** Line ends, separators and backslashes were escaped; other control bytes stand as `\\x01` in JSON, too. */
const unescaped = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:x(0[9ad]|[2-7][\da-fA-F])|\\)/g, (_, hex?: string) =>
        hex === undefined ? '\\' : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

const INNER = /^(?:set|vector)\[(\w+)\]$/;

function typedValue(text: string, type: string, columns: Columns): unknown {
  const inner = INNER.exec(type)?.[1];
  if (inner !== undefined)
    return text === columns.empty
      ? []
      : text.split(columns.setSeparator).map((item) => typedValue(item, inner, columns));
  if (type === 'bool') return text === 'T';
  if (text === columns.empty) return '';
  const isNumber = /^(?:count|int|port|double|interval|time)$/.test(type) && Number.isFinite(+text);
  return isNumber ? Number(text) : unescaped(text);
}

/** The row as the object that Zeek writes as JSON; undefined when it has not the columns of the header. */
function recordOf(line: string, columns: Columns): Record<string, unknown> | undefined {
  const cells = line.split(columns.separator);
  if (cells.length !== columns.names.length) return undefined;
  const record: Record<string, unknown> = Object.create(null);
  if (columns.path !== undefined) record['_path'] = columns.path;
  for (const [index, name] of columns.names.entries()) {
    const cell = cells[index] as string;
    if (cell !== columns.unset)
      record[name] = typedValue(cell, columns.types[index] ?? '', columns);
  }
  return record;
}

function unwrap(line: string, clock: Clock): Wrapped | undefined {
  const header = clock.header();
  const record = header === undefined ? undefined : recordOf(line, columnsOf(header));
  if (record === undefined) return undefined;
  const timeUs = typeof record['ts'] === 'number' ? readEpoch(record['ts'], clock) : undefined;
  const plain = (payload: string): Event => ({
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : 'exact',
    format: 'zeek',
    message: payload,
    'event.kind': 'event',
    'event.dataset': 'zeek',
  });
  return {
    payload: JSON.stringify(record),
    stream: undefined,
    own: {},
    timeUs,
    timeConfidence: timeUs === undefined ? 'none' : 'exact',
    plain,
  };
}

const parse = (_line: string, _clock: Clock): Event | Skip =>
  skip('not the columns that the header names');

/** Zeek's logs as it writes them unless it is told to write JSON. */
export const format: LogFormat = {
  name: 'zeek',
  title: 'Zeek (and Bro), columns with a header',
  url: 'https://docs.zeek.org/en/current/log-formats.html',
  order: 2,
  sources: [{ products: ['zeek'] }],
  detect: () => false,
  parse,
  unwrap,
  header: {
    marker: MARKER,
    fits: (header) => {
      const { names } = columnsOf(header);
      return names.length > 1 ? names.length : 0;
    },
  },
  splittable: true,
  samples: [
    {
      lines: [
        '#separator \\x09',
        '#set_separator\t,',
        '#empty_field\t(empty)',
        '#unset_field\t-',
        '#path\tssh',
        '#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tauth_success\tclient',
        '#types\ttime\tstring\taddr\tport\taddr\tport\tbool\tstring',
        '1795514401.123456\tCabc\t203.0.113.9\t41000\t192.0.2.10\t22\tF\tSSH-2.0-Go',
      ],
      expect: {
        time: '2026-11-24T10:00:01.123456Z',
        'source.ip': '203.0.113.9',
        'source.port': 41000,
        'destination.ip': '192.0.2.10',
        'destination.port': 22,
      },
    },
    {
      lines: [
        '#separator \\x09',
        '#path\tftp',
        '#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tuser\tcommand',
        '#types\ttime\taddr\tport\taddr\tport\tstring\tstring',
        '1795514402.000001\t2001:db8::9\t41001\t2001:db8::1\t21\tbob\tPASS',
      ],
      expect: {
        time: '2026-11-24T10:00:02.000001Z',
        'source.ip': '2001:db8::9',
        'user.name': 'bob',
      },
    },
  ],
};
