/** Finds the records of utmp and lastlog, each as a line in the manner of utmpdump. */
import { isIPv4 } from 'node:net';
import type { RecordSplitter, TextRecord } from '../log-format.ts';
import {
  LASTLOG_BYTES,
  lastlogRecord,
  type UtmpLayout,
  type UtmpRecord,
  utmpLayout,
  utmpRecord,
} from './layout.ts';

/** Records between two places at which reading may begin anew. */
const RESTART_RECORDS = 1024;

/**
 * A splitter of records that are all as long.
 * @param read the line of a record, or why there is none; `index` counts from 0
 */
export function createSplitter(
  bytesOf: (head: Buffer) => number,
  read: (bytes: Buffer, index: number) => { text: string; skip?: string } | undefined,
): RecordSplitter {
  let [held, offset, size] = ['', 0, 0];
  const recordOf = (text: string, isWhole: boolean): TextRecord[] => {
    const index = Math.floor(offset / size);
    const found = isWhole
      ? read(Buffer.from(text, 'latin1'), index)
      : { text: '', skip: 'truncated record' };
    const at = offset;
    offset += text.length;
    if (found === undefined) return [];
    const restart = index % RESTART_RECORDS === 0 ? { restart: at } : {};
    return [{ ...found, ...restart, offset: at, line: index + 1, isDecoded: true }];
  };
  return {
    push(text) {
      held += text;
      if (size === 0) size = bytesOf(Buffer.from(held, 'latin1'));
      const records: TextRecord[] = [];
      let at = 0;
      for (; at + size <= held.length; at += size)
        records.push(...recordOf(held.slice(at, at + size), true));
      held = held.slice(at);
      return records;
    },
    end: () => (held === '' ? [] : recordOf(held, false)),
  };
}

/** A splitter of utmp. @param prefix what its lines begin with */
export function createUtmpSplitter(prefix: string): RecordSplitter {
  let layout: UtmpLayout | undefined;
  return createSplitter(
    (head) => {
      layout = utmpLayout(head);
      return layout?.bytes ?? 384;
    },
    (bytes) => {
      const record = layout === undefined ? undefined : utmpRecord(bytes, layout);
      if (record === 'empty') return { text: '', skip: 'a record of zeros, never used or wiped' };
      if (record === undefined) return { text: '', skip: 'damaged record' };
      return { text: prefix + lineOf(record) };
    },
  );
}

/** A splitter of lastlog: accounts that never logged in have no line. */
export const createLastlogSplitter = (): RecordSplitter =>
  createSplitter(
    () => LASTLOG_BYTES,
    (bytes, index) => {
      const record = lastlogRecord(bytes);
      if (record === 'empty') return undefined;
      if (record === undefined) return { text: '', skip: 'damaged record' };
      const fields = [String(index), safe(record.line), safe(record.host)];
      return { text: `lastlog ${inBrackets([...fields, timeText(record.seconds, 0)])}` };
    },
  );

const lineOf = ({
  type,
  pid,
  id,
  user,
  line,
  host,
  address,
  seconds,
  micros,
}: UtmpRecord): string =>
  inBrackets([
    ...[String(type), String(pid).padStart(5, '0'), safe(id), safe(user), safe(line), safe(host)],
    ...[addressText(address), timeText(seconds, micros)],
  ]);

const inBrackets = (fields: readonly string[]): string =>
  fields.map((field) => `[${field}]`).join(' ');

/** Who fails to log in chooses his name: it cannot end a field. */
const safe = (text: string): string =>
  text.replace(
    /[^\x20-\x7e]|[[\]\\]/g,
    (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );

function addressText(bytes: Buffer): string {
  if (bytes.subarray(4).every((byte) => byte === 0)) return [...bytes.subarray(0, 4)].join('.');
  const groups = Array.from({ length: 8 }, (_, group) =>
    bytes.readUInt16BE(group * 2).toString(16),
  );
  const mapped = [...bytes.subarray(12)].join('.');
  const isMapped = bytes.readUInt16BE(10) === 0xffff && bytes.subarray(0, 10).every((b) => b === 0);
  return isMapped && isIPv4(mapped) ? mapped : groups.join(':');
}

const timeText = (seconds: number, micros: number): string =>
  `${new Date(seconds * 1000).toISOString().slice(0, 19)},${String(micros).padStart(6, '0')}+00:00`;
