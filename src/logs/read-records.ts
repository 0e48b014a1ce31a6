/** Reads a file that is one document of records (CloudTrail); a record counts as a line. */
import { isSkip } from '../events/event.ts';
import type { Clock } from './clock.ts';
import type { LogFormat } from './formats/log-format.ts';
import { countSkip, type LineAccount } from './line-account.ts';
import { decodeUtf8, type EventSink } from './read-events.ts';

/**
 * Hands each record of `text` to `sink`.
 * @param text the whole file as latin1, so that offsets handed out are byte offsets
 */
export function readRecords(
  text: string,
  format: LogFormat,
  clock: Clock,
  account: LineAccount,
  sink: EventSink,
): void {
  for (const record of format.records?.split(text) ?? []) {
    account.lines += 1;
    const recordText = decodeUtf8(record.text);
    clock.offset = record.offset;
    const parsed = format.parse(recordText, clock);
    if (isSkip(parsed)) {
      countSkip(account, parsed.skip, account.lines, recordText);
    } else {
      account.parsed += 1;
      sink(parsed, recordText, record.offset);
    }
  }
}
