/** Hashes of correlation groups over access lines, without making strings for the usual groupings. */
import { scanAccess } from '../logs/formats/access-scan.ts';
import type { AccessSpans } from '../logs/formats/access-spans.ts';
import type { FieldReader } from '../sigma/compiled-rule.ts';
import type { AccessView } from './access-view.ts';
import { groupKey } from './plan.ts';
import { hashGroup, hashRange } from './sketch.ts';

/** The hash of the group that the scanned line belongs to, equal to `hashGroup`; undefined when it has none. */
export type GroupHash = (bytes: Uint8Array) => number | undefined;

const PROBE = Buffer.from(
  '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /probe/path?q=1 HTTP/1.1" 200 1',
);
const SLASH = 47;

/** Finds out by a probe what a group is made of: the client, the path, or something else. */
export function createGroupHash(
  groupBy: readonly FieldReader[],
  spans: AccessSpans,
  view: AccessView,
): GroupHash {
  scanAccess(PROBE, 0, PROBE.length, spans);
  view.move(PROBE, 0);
  const group = groupKey(groupBy, view.event);
  const hashOfGroup: GroupHash = () => {
    const key = groupKey(groupBy, view.event);
    return key === undefined ? undefined : hashGroup(key);
  };
  if (group === '192.0.2.1') {
    return (bytes) => {
      const first = bytes[spans.clientStart] as number;
      const isNumber = first >= 48 && first <= 57;
      return isNumber ? hashRange(bytes, spans.clientStart, spans.clientEnd) : hashOfGroup(bytes);
    };
  }
  if (group === '/probe/path') {
    return (bytes) =>
      bytes[spans.targetStart] === SLASH
        ? hashRange(bytes, spans.targetStart, pathEnd(spans))
        : hashOfGroup(bytes);
  }
  return hashOfGroup;
}

const pathEnd = ({ queryStart, targetEnd }: AccessSpans): number =>
  queryStart < 0 ? targetEnd : queryStart - 1;
