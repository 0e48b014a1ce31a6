import type { ExitCode } from '../errors.ts';

/** What a command ends with: data for the view, and an exit code when it is not 0. */
export interface CommandOutcome<R> {
  result: R;
  exit?: ExitCode;
  /** Is the result still being made while it is printed, until a signal ends that? */
  isLive?: boolean;
  /** Takes what would be printed, piece by piece. Absent: it is printed. */
  writeTo?(pieces: AsyncIterable<string | Uint8Array>): Promise<void>;
  /** Changes what is printed or written, piece by piece. */
  shown?(pieces: AsyncIterable<string | Uint8Array>): AsyncIterable<string | Uint8Array>;
  /** Asked once the result was printed, for results that are still being made then. Goes before `exit`. */
  exitAfter?(): ExitCode | undefined;
  /** Why the exit code is not 0, where the result alone would not say; asked once the result was printed. */
  reasons?(): readonly string[];
}
