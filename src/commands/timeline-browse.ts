/** `ir timeline --interactive`: findings, or with --all every event, in a full-screen browser. */
import { analyse } from '../detect/analyse.ts';
import { EXIT, refusedError, usageError } from '../errors.ts';
import { openBrowse } from './browse.ts';
import type { CommandContext } from './context.ts';
import { incompleteness } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { localPaths } from './remote-logs.ts';
import { geoOf, indicatorsOf, readOptions, type TimelineOptions } from './timeline.ts';

/** Options that are for what is printed. */
const PRINTED = {
  output: '--output',
  columns: '--columns',
  save: '--save',
  failOn: '--fail-on',
  strict: '--strict',
  flat: '--flat',
  mask: '--mask',
} as const;

/** Reads the paths and shows them until the browser is left. @throws IrError (exit 6) without a terminal */
export async function browseTimeline(
  context: CommandContext,
  paths: readonly string[],
  options: TimelineOptions & { mask?: boolean },
): Promise<CommandOutcome<{ lines: readonly string[] }>> {
  const { screen, settings } = context;
  const asked = Object.entries(PRINTED).find(
    ([name]) => options[name as keyof typeof PRINTED] !== undefined,
  )?.[1];
  if (asked !== undefined || settings.format !== 'text')
    throw usageError(
      `--interactive shows, and ${asked ?? `--format ${settings.format}`} is for what is written`,
      'Leave one of them out.',
    );
  if (paths.includes('-'))
    throw usageError('--interactive reads its keys where - would read the logs', 'Name files.');
  if (screen?.isPossible !== true)
    throw refusedError(
      '--interactive needs a terminal on standard input and output',
      'Without one: ir timeline PATHS, or --format html for a page to look around in.',
    );
  const local = await localPaths(context, paths, options);
  const indicators = await indicatorsOf(context, options);
  const geo = await geoOf(context, options);
  const reading = {
    ...readOptions(context, options),
    ...{ indicators, baseline: options.baseline, geo, shownAs: local.shownAs, isHashed: false },
  };
  const found = options.all === true ? undefined : await analyse(local.paths, reading);
  const { source, close } = await openBrowse(context, {
    ...{ paths: local.paths, options: reading, found },
  });
  context.progress('');
  try {
    await screen.browse(source);
  } finally {
    await close();
  }
  const unread = found === undefined ? [] : incompleteness(found.unread, found.files, options);
  const exit = unread.length === 0 ? {} : { exit: EXIT.unreadableInput, reasons: () => unread };
  return { result: { lines: [] }, ...exit };
}
