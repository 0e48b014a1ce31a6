/** `ir timeline --clock`. */
import { type ClockReport, reportClocks } from '../detect/clock-report.ts';
import { EXIT, usageError } from '../errors.ts';
import type { CommandContext } from './context.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { spanUs } from './said-options.ts';
import { readOptions, type TimelineOptions } from './timeline.ts';

const DEFAULT_GAP = '1h';
/** What says which findings or events are wanted, of which there are none. */
const NOT_WITH = ['all', 'save', 'rule', 'failOn'] as const;

/** Reads the paths and says what is known of the clock of each log. */
export async function timelineClock(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions & { gap?: string },
): Promise<CommandOutcome<ClockReport>> {
  const other = NOT_WITH.find((name) => options[name] !== undefined);
  if (other !== undefined) {
    const flag = other === 'failOn' ? 'fail-on' : other;
    throw usageError(`--clock does not go with --${flag}`, 'Leave out one of the two.');
  }
  const gap = options.gap ?? DEFAULT_GAP;
  const gapUs = spanUs(gap);
  if (gapUs === undefined || gapUs <= 0)
    throw usageError(`--gap: "${gap}" is no length of time`, 'Write 30m, 6h or 2d.');
  const result = await reportClocks(paths, readOptions(context, options), gapUs);
  const unread = incompleteness(result.unread, result.files, options);
  if (unread.length === 0) return { result };
  return { result, exit: EXIT.unreadableInput, reasons: () => unread };
}
