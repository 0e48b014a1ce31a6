/**
 * What the watch hands on: findings as they open, go on and close, each step of each with a number of its own. They stand in
 * the log of the watch before anybody is told, so that whoever takes them can say where to go on.
 */
import type { Finding } from '../detect/finding.ts';
import type { FindingState } from '../detect/sink.ts';

/** One step of a finding. */
export interface LiveFinding {
  /** Counts all steps of a watch, from 1, over restarts; none is used twice, none is left out. */
  seq: number;
  /**
   * `open` once for each `finding.id`, then `going-on` whenever it has doubled, then `closed` once. What has ended when
   * it is first seen is only ever `closed`.
   */
  state: FindingState;
  /** When it was noted, milliseconds since the epoch, by the watch's clock. */
  notedMs: number;
  /** The events are older than the watch: they stood in the logs when it began. Nobody is to be woken for them. */
  isReplayed: boolean;
  finding: Finding;
}

/**
 * Takes live findings exactly once, over restarts and crashes. It keeps `position` where it keeps what it makes of them and
 * writes both in one transaction; the watch hands it everything behind that position, in order.
 */
export interface LiveSink {
  /** In messages to people. */
  readonly name: string;
  /** The number of the last step whose effects are kept; 0 before the first. Asked once, when the watch begins. */
  position(): Promise<number>;
  /**
   * Takes the next steps. Called again with the same ones, and later ones, when it throws.
   * @param nowMs the watch's clock: whatever goes by time goes by this
   */
  take(findings: readonly LiveFinding[], nowMs: number): Promise<void>;
  /** Called about once a second also where nothing came: what goes by time alone is done here. */
  tick?(nowMs: number): Promise<void>;
}
