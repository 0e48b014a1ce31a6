/** The times of access lines: lines of one second have the same stamp, byte for byte, and are not read again. */
import type { Clock } from '../logs/clock.ts';
import type { AccessSpans } from '../logs/formats/access-spans.ts';
import { accessTime } from '../logs/formats/access-time.ts';

export interface AccessStamps {
  /** Forgets the last stamp: the next line may be of another clock. */
  begin(): void;
  /** Gives the bytes that the next texts were decoded from. */
  setBytes(bytes: DataView): void;
  /** Microseconds since the epoch, or NaN; as `accessTime`. */
  timeOf(text: string, spans: AccessSpans, clock: Clock): number;
}

/** `10/Oct/2025:13:55:36 +0200` */
const USUAL_LENGTH = 26;

/** Makes the memory of one stamp. */
export function createStamps(): AccessStamps {
  let bytes: DataView = new DataView(new ArrayBuffer(0));
  const last = new DataView(new ArrayBuffer(USUAL_LENGTH));
  const known = { isKnown: false, timeUs: 0, confidence: 'exact' as Clock['confidence'] };

  const isLast = (at: number): boolean =>
    last.getInt32(17, true) === bytes.getInt32(at + 17, true) &&
    last.getInt32(13, true) === bytes.getInt32(at + 13, true) &&
    last.getInt32(9, true) === bytes.getInt32(at + 9, true) &&
    last.getInt32(4, true) === bytes.getInt32(at + 4, true) &&
    last.getInt32(0, true) === bytes.getInt32(at, true) &&
    last.getInt32(22, true) === bytes.getInt32(at + 22, true) &&
    last.getUint8(8) === bytes.getUint8(at + 8) &&
    last.getUint8(21) === bytes.getUint8(at + 21);

  return {
    begin() {
      known.isKnown = false;
    },
    setBytes(next) {
      bytes = next;
    },
    timeOf(text, spans, clock) {
      const at = spans.timeStart;
      const isUsual = spans.timeEnd - at === USUAL_LENGTH && spans.timeEnd <= bytes.byteLength;
      if (isUsual && known.isKnown && isLast(at)) {
        clock.confidence = known.confidence;
        return known.timeUs;
      }
      const timeUs = accessTime(text, spans, clock);
      known.isKnown = isUsual && !Number.isNaN(timeUs);
      if (!known.isKnown) return timeUs;
      known.timeUs = timeUs;
      known.confidence = clock.confidence;
      for (let index = 0; index < USUAL_LENGTH; index += 1) {
        last.setUint8(index, bytes.getUint8(at + index));
      }
      return timeUs;
    },
  };
}
