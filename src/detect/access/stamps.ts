/** The times of access lines: lines of one second have the same stamp, byte for byte, and are not read again. */
import type { ByteChunk } from '../../logs/chunks.ts';
import type { Clock } from '../../logs/clock.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import { accessTime } from '../../logs/formats/access-time.ts';

/** The stamp that was read last, and its time. */
export interface AccessStamps {
  /** Forgets the last stamp: the next line may be of another clock. */
  begin(): void;
  /** Microseconds since the epoch, or NaN; as `accessTime`. */
  timeOf(chunk: ByteChunk, spans: AccessSpans, clock: Clock): number;
}

/** `10/Oct/2025:13:55:36 +0200` */
const USUAL_LENGTH = 26;

/** Makes the memory of one stamp. */
export function createStamps(): AccessStamps {
  const last = new DataView(new ArrayBuffer(USUAL_LENGTH));
  const known = { isKnown: false, timeUs: 0, confidence: 'exact' as Clock['confidence'] };

  const isLast = (view: DataView, at: number): boolean =>
    last.getInt32(17, true) === view.getInt32(at + 17, true) &&
    last.getInt32(13, true) === view.getInt32(at + 13, true) &&
    last.getInt32(9, true) === view.getInt32(at + 9, true) &&
    last.getInt32(4, true) === view.getInt32(at + 4, true) &&
    last.getInt32(0, true) === view.getInt32(at, true) &&
    last.getInt32(22, true) === view.getInt32(at + 22, true) &&
    last.getUint8(8) === view.getUint8(at + 8) &&
    last.getUint8(21) === view.getUint8(at + 21);

  return {
    begin() {
      known.isKnown = false;
    },
    timeOf({ bytes, view }, spans, clock) {
      const at = spans.timeStart;
      const isUsual = spans.timeEnd - at === USUAL_LENGTH && spans.timeEnd <= bytes.length;
      if (isUsual && known.isKnown && isLast(view, at)) {
        clock.confidence = known.confidence;
        return known.timeUs;
      }
      const timeUs = accessTime(bytes, spans, clock);
      known.isKnown = isUsual && !Number.isNaN(timeUs);
      if (!known.isKnown) return timeUs;
      known.timeUs = timeUs;
      known.confidence = clock.confidence;
      for (let index = 0; index < USUAL_LENGTH; index += 1) {
        last.setUint8(index, bytes[at + index] as number);
      }
      return timeUs;
    },
  };
}
