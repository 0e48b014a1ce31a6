/** Where the records of a CloudTrail file are. */
import { createRecordSplitter, type ListKeys } from './json-split.ts';
import type { RecordSplitter, TextRecord } from './log-format.ts';

const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;

/** Keys whose array holds the records: S3 delivery, `aws cloudtrail lookup-events`. */
const LIST_KEYS: ReadonlySet<string> = new Set(['Records', 'records', 'Events', 'events']);

/** True for the first characters of a file whose records are not one a line. */
export function looksLikeRecords(head: string): boolean {
  const start = skipBlanks(head, 0);
  const first = head.charCodeAt(start);
  if (first === OPEN_BRACKET) return hasTrailKeys(head);
  if (first !== OPEN_BRACE) return false;
  const inner = skipBlanks(head, start + 1);
  const isListFirst = /^"(?:Records|records|Events|events)"\s*:\s*\[/.test(
    head.slice(inner, inner + 200),
  );
  // A pretty-printed object breaks the line after its brace.
  const isPretty = head.slice(start, inner).includes('\n');
  return isListFirst || isPretty ? hasTrailKeys(head) : false;
}

/** Keys that records have and lists of event names about CloudTrail have not. */
function hasTrailKeys(head: string): boolean {
  if (head.includes('"CloudTrailEvent"')) return true;
  if (!head.includes('"awsRegion"') && !head.includes('"userIdentity"')) return false;
  return head.includes('"eventVersion"') || head.includes('"eventName"');
}

/** A record names its own keys; what it holds is not the list of a document. */
const KEYS: ListKeys = {
  isList: (key) => LIST_KEYS.has(key),
  isOfRecord: (key) => key.startsWith('event') || key === 'userIdentity',
};

/** Makes a splitter: the elements of `Records`, of a plain array, or objects that follow one another. */
export const cloudTrailSplitter = (isInside: boolean): RecordSplitter =>
  createRecordSplitter(isInside ? undefined : KEYS);

/** The records of a text that is there as a whole. */
export function splitCloudTrail(text: string): readonly TextRecord[] {
  const splitter = cloudTrailSplitter(false);
  return [...splitter.push(text), ...splitter.end()];
}

const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);

function skipBlanks(text: string, from: number): number {
  let position = from;
  while (position < text.length && isBlank(text.charCodeAt(position))) position += 1;
  return position;
}
