/** Hashes of correlation groups over access lines, without making strings for the usual groupings. */
import { scanAccess } from '../logs/formats/access-scan.ts';
import type { AccessSpans } from '../logs/formats/access-spans.ts';
import type { FieldReader } from '../sigma/compiled-rule.ts';
import type { AccessView } from './access-view.ts';
import { groupKey } from './plan.ts';
import { hashGroup, hashRange } from './sketch.ts';

/** The hash of the group that the scanned line belongs to, equal to `hashGroup`; undefined when it has none. */
export type GroupHash = (text: string) => number | undefined;

const PROBE = '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /probe/path?q=1 HTTP/1.1" 200 1';
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
    return (text) => {
      const first = text.charCodeAt(spans.clientStart);
      const isNumber = first >= 48 && first <= 57;
      return isNumber ? hashRange(text, spans.clientStart, spans.clientEnd) : hashOfGroup(text);
    };
  }
  if (group === '/probe/path') {
    return (text) =>
      text.charCodeAt(spans.targetStart) === SLASH
        ? hashRange(text, spans.targetStart, pathEnd(spans))
        : hashOfGroup(text);
  }
  return hashOfGroup;
}

const pathEnd = ({ queryStart, targetEnd }: AccessSpans): number =>
  queryStart < 0 ? targetEnd : queryStart - 1;
