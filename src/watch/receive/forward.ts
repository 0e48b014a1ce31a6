/**
 * Fluent forward: message, forward, packed and compressed packed mode, with acknowledgement.
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
import { gunzipSync } from 'node:zlib';
import { type Extension, NOT_WHOLE, readValue, writeMap } from './msgpack.ts';

/** Entries of one message as JSON lines, and what to answer once they are kept. */
export interface Forwarded {
  lines: string[];
  ack: Buffer | undefined;
}

/** Takes the bytes of a connection. @throws Error for what is none of it: the sender is cut off */
export type ForwardReader = (bytes: Buffer) => Forwarded[];

const MOST_BYTES = 16 << 20;

/** Makes the reader of a connection. */
export function createForwardReader(): ForwardReader {
  let held: Buffer = Buffer.alloc(0);
  return (bytes) => {
    held = held.length === 0 ? bytes : Buffer.concat([held, bytes]);
    const messages: Forwarded[] = [];
    let at = 0;
    while (at < held.length) {
      const read = wholeValue(held, at);
      if (read === undefined) break;
      at = read.end;
      messages.push(messageOf(read.value));
    }
    held = Buffer.from(held.subarray(at));
    if (held.length > MOST_BYTES) throw new Error(`a message of more than ${MOST_BYTES} bytes`);
    return messages;
  };
}

function wholeValue(bytes: Buffer, at: number): ReturnType<typeof readValue> | undefined {
  try {
    return readValue(bytes, at);
  } catch (error) {
    if (error === NOT_WHOLE) return undefined;
    throw error;
  }
}

function messageOf(value: unknown): Forwarded {
  if (!Array.isArray(value) || typeof value[0] !== 'string')
    throw new Error('no message of the forward protocol');
  const [tag, second, third, fourth] = value as [string, unknown, unknown, unknown];
  const isSingle = !Array.isArray(second) && !Buffer.isBuffer(second) && typeof second !== 'string';
  const options = isRecord(isSingle ? fourth : third) ? (isSingle ? fourth : third) : {};
  const { chunk, compressed } = options as { chunk?: unknown; compressed?: unknown };
  const entries = isSingle ? [[second, third]] : entriesOf(second, compressed);
  const id = Buffer.isBuffer(chunk) ? chunk.toString('utf8') : chunk;
  return {
    lines: entries.flatMap((entry) => lineOf(tag, entry)),
    ack: typeof id === 'string' ? writeMap({ ack: id }) : undefined,
  };
}

function entriesOf(entries: unknown, compressed: unknown): unknown[] {
  if (Array.isArray(entries)) return entries;
  const packed = Buffer.isBuffer(entries) ? entries : Buffer.from(entries as string, 'latin1');
  const bytes =
    compressed === 'gzip' ? gunzipSync(packed, { maxOutputLength: MOST_BYTES }) : packed;
  const found: unknown[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { value, end } = readValue(bytes, at);
    found.push(value);
    at = end;
  }
  return found;
}

function lineOf(tag: string, entry: unknown): string[] {
  if (!Array.isArray(entry) || !isRecord(entry[1])) return [];
  const record = entry[1];
  const time = timeOf(entry[0]);
  return [
    JSON.stringify(
      { ...(time === undefined ? {} : { '@timestamp': time }), tag, ...record },
      textOf,
    ),
  ];
}

/** Bytes of a record are text in nearly all logs. */
function textOf(_key: string, value: unknown): unknown {
  const { type, data } = (value ?? {}) as { type?: unknown; data?: unknown };
  return type === 'Buffer' && Array.isArray(data) ? Buffer.from(data).toString('utf8') : value;
}

function timeOf(value: unknown): string | undefined {
  const at = Array.isArray(value) ? value[0] : value;
  if (typeof at === 'number') return new Date(at * 1000).toISOString();
  const { type, bytes } = (at ?? {}) as Partial<Extension>;
  if (type !== 0 || bytes?.length !== 8) return undefined;
  const seconds = bytes.readUInt32BE(0);
  const micros = String(Math.floor(bytes.readUInt32BE(4) / 1000)).padStart(6, '0');
  return new Date(seconds * 1000).toISOString().replace(/\.\d+Z$/, `.${micros}Z`);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !Buffer.isBuffer(value);
