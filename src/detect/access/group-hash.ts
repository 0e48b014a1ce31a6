/** Hashes of correlation groups over access lines, without making strings for the usual groupings. */
import type { ByteChunk } from '../../logs/chunks.ts';
import { createClock } from '../../logs/clock.ts';
import type { AccessView } from '../../logs/formats/access-fields.ts';
import { scanAccess } from '../../logs/formats/access-scan.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import type { FieldReader } from '../../sigma/compiled-rule.ts';
import { groupKey } from '../plan.ts';
import { hashAddress, hashGroup, hashRange } from '../sketch.ts';

/** The hash of the group that the scanned line belongs to, equal to `hashGroup`; undefined when it has none. */
export type GroupHash = (chunk: ByteChunk) => number | undefined;

const PROBE = Buffer.from(
  '192.0.2.1 - - [01/Jan/2026:00:00:00 +0000] "GET /probe/path?q=1 HTTP/1.1" 200 1',
);
const SLASH = 47;

/**
 * Finds out by a probe what a group is made of: the client, the path, or something else.
 * @param seed of the hashes of paths, where they need not equal `hashGroup`
 */
export function createGroupHash(
  groupBy: readonly FieldReader[],
  spans: AccessSpans,
  view: AccessView,
  seed?: number,
): GroupHash {
  scanAccess(PROBE, 0, PROBE.length, spans);
  view.move(PROBE, 0, createClock({ zone: 'UTC', firstYear: 2026 }));
  const group = groupKey(groupBy, view.event);
  const hashOfGroup: GroupHash = () => {
    const key = groupKey(groupBy, view.event);
    return key === undefined ? undefined : hashGroup(key);
  };
  if (group === '192.0.2.1') {
    return (chunk) =>
      spans.clientAddress >= 0 ? hashAddress(spans.clientAddress) : hashOfGroup(chunk);
  }
  if (group === '/probe/path') {
    return (chunk) =>
      chunk.bytes[spans.targetStart] === SLASH
        ? hashRange(chunk.view, spans.targetStart, pathEnd(spans), seed)
        : hashOfGroup(chunk);
  }
  return hashOfGroup;
}

const pathEnd = ({ queryStart, targetEnd }: AccessSpans): number =>
  queryStart < 0 ? targetEnd : queryStart - 1;
