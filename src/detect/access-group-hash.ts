/** Hashes of correlation groups over access lines, without making strings for the usual groupings. */
import { scanAccess } from '../logs/formats/access-scan.ts';
import type { AccessSpans } from '../logs/formats/access-spans.ts';
import type { FieldReader } from '../sigma/compiled-rule.ts';
import type { Source } from './access-sources.ts';
import type { AccessView } from './access-view.ts';
import { groupKey } from './plan.ts';
import { hashGroup } from './sketch.ts';

/** The hash of the group that the scanned line belongs to; undefined when it has none. Equal to `hashGroup`. */
export type GroupHash = (text: string, source: Source) => number | undefined;

const PROBE = '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /probe/path?q=1 HTTP/1.1" 200 1';
const SLASH = 47;

/** Finds out by a probe what a group is made of: the client, the path, or something else. */
export function createGroupHash(
  groupBy: readonly FieldReader[],
  spans: AccessSpans,
  view: AccessView,
): GroupHash {
  scanAccess(PROBE, 0, PROBE.length, spans);
  view.move(PROBE, 0, '192.0.2.1', true);
  const group = groupKey(groupBy, view.event);
  if (group === '192.0.2.1') {
    return (_text, source) => (source.isIp ? source.hash : hashOf(groupKey(groupBy, view.event)));
  }
  if (group === '/probe/path') {
    return (text) =>
      text.charCodeAt(spans.targetStart) === SLASH
        ? hashRange(text, spans.targetStart, pathEnd(spans))
        : hashOf(groupKey(groupBy, view.event));
  }
  return () => hashOf(groupKey(groupBy, view.event));
}

const hashOf = (group: string | undefined): number | undefined =>
  group === undefined ? undefined : hashGroup(group);

const pathEnd = ({ queryStart, targetEnd }: AccessSpans): number =>
  queryStart < 0 ? targetEnd : queryStart - 1;

function hashRange(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
