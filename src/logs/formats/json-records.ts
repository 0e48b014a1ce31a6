/** JSON documents that are no lines: arrays, lists inside an object, pretty-printed objects. */

import { meaningsOf, plainName } from './json-aliases.ts';
import { findFields } from './json-fields.ts';
import { createRecordSplitter, type ListKeys } from './json-split.ts';
import type { RecordSplitter } from './log-format.ts';

/** Lists in which services export their records. */
const LIST_KEYS: ReadonlySet<string> = new Set(
  'records events value items entries results logs logevents'.split(' '),
);
/** A time, an account, an address or an action belongs to one record: what holds it is no list of them. */
const OF_RECORD: ReadonlySet<string> = new Set(['time', 'user', 'userId', 'ip', 'action', 'level']);

const KEYS: ListKeys = {
  isList: (key) => LIST_KEYS.has(key.toLowerCase()),
  isOfRecord: (key) => meaningsOf(plainName(key)).some(({ field }) => OF_RECORD.has(field)),
};

/** Takes documents apart into records. @param isInside as in `LogFormat` */
export const jsonSplitter = (isInside: boolean): RecordSplitter =>
  createRecordSplitter(isInside ? undefined : KEYS);

/** An object whose line ends behind its brace, somewhere in the text. */
const PRETTY = /(?:^|\n)[ \t]{0,8}\{[ \t]{0,8}\r?\n/;
/** Keys that logs have, for a first record that is longer than the text. */
const LOG_KEY =
  /"[\w@.-]{0,40}(?:time|date|timestamp|ts|level|created_?at|published)[\w.-]{0,20}"\s{0,8}:/i;

type JsonRecord = Readonly<Record<string, unknown>>;
type IsLog = (record: JsonRecord, text: string) => boolean;

/**
 * True for the first characters of a file whose records are not one a line.
 * @param isLog says whether a record is one of a log, as the reader of its lines would
 */
export function looksLikeDocument(head: string, isLog: IsLog): boolean {
  const start = head.search(/[^\s\ufeff\u001e]/);
  const first = head[start];
  if (first !== '{' && (first !== '[' || !/^\[\s{0,64}\{/.test(head.slice(start, start + 100))))
    return false;
  const splitter = createRecordSplitter(KEYS);
  const whole = splitter.push(head).slice(0, MAX_ASKED);
  const cut = splitter.end()[0];
  const isList = (whole[0]?.offset ?? cut?.offset ?? start) > start;
  if (!isList && !PRETTY.test(head)) return false;
  if (whole.some(({ text }) => isLogText(text, isLog))) return true;
  // The first record is longer than the head.
  return whole.length === 0 && cut?.text[0] === '{' && LOG_KEY.test(cut.text);
}

/** The first records may be cut: so many are asked. */
const MAX_ASKED = 20;

function isLogText(text: string, isLog: IsLog): boolean {
  if (text[0] !== '{') return false;
  try {
    return isLog(JSON.parse(text) as JsonRecord, text);
  } catch {
    return false;
  }
}

/** True when the fields of a record are those of a log. */
export function hasLogFields(record: JsonRecord): boolean {
  const found = findFields(record);
  if (found.has('time') || (found.has('level') && found.has('message'))) return true;
  // An audit record whose time is written in a way that nobody knows still says who did what.
  return found.has('action') && (found.has('user') || found.has('ip'));
}
