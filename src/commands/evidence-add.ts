/** `ir evidence add`: files and folders into the keeping of the incident. */
import { usageError } from '../errors.ts';
import { findFiles, type LeftOut } from '../evidence/find-files.ts';
import type { CommandContext } from './context.ts';
import { type KeptEvidence, keepEvidence } from './evidence-keep.ts';
import { readInstant, withIncident } from './incident-access.ts';

/** What `ir evidence add` did. */
export interface EvidenceAddResult extends KeptEvidence {
  /** Key of the incident. */
  incident: string;
  leftOut: readonly LeftOut[];
  head: string;
}

/** The options of `ir evidence add`. */
export interface EvidenceAddOptions {
  reference?: boolean | undefined;
  title?: string | undefined;
  method?: string | undefined;
  host?: string | undefined;
  tool?: string | undefined;
  clockOffset?: string | undefined;
  collectedAt?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** Adds every file that the paths name or hold. */
export async function addEvidence(
  context: CommandContext,
  paths: readonly string[],
  options: EvidenceAddOptions,
): Promise<EvidenceAddResult> {
  const said = readSaid(context, options);
  return withIncident(context, async (store, { id, key }) => {
    const { files, leftOut } = await findFiles(paths, context.settings.cwd, store.folder);
    if (options.title !== undefined && files.length > 1) {
      throw usageError(
        `--title names one file, and here are ${files.length}`,
        'Add them one by one.',
      );
    }
    const wanted = files.map(({ title, origin, path }) => ({
      ...said,
      ...{ title: options.title ?? title, origin, path },
    }));
    const kept = await keepEvidence(context, store, id, wanted);
    const { head } = await store.load(id);
    return { incident: key, ...kept, leftOut, head };
  });
}

function readSaid(context: CommandContext, options: EvidenceAddOptions) {
  const { method, host, tool, since, until } = options;
  const from = readInstant(context, since, '--since');
  const to = readInstant(context, until, '--until');
  if ((from === undefined) !== (to === undefined)) {
    throw usageError('--since and --until stand together: the time that the content is about');
  }
  const clockOffsetMs = readOffset(options.clockOffset);
  return {
    ...{ method: method ?? 'logical', host, tool: tool ?? 'ir', clockOffsetMs },
    keptAs: options.reference === true ? ('reference' as const) : ('copy' as const),
    collectedAt: readInstant(context, options.collectedAt, '--collected-at'),
    covers: from === undefined || to === undefined ? undefined : { from, to },
  };
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `+1.5s`, `-200ms`, `2m`: how far the clock was ahead, in milliseconds. @throws IrError (exit 2) */
function readOffset(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const found = /^([+-]?)(\d{1,9}(?:\.\d{1,6})?)(ms|s|m|h)$/.exec(text.trim());
  if (found === null) {
    throw usageError(
      `--clock-offset: "${text}" is not a time such as 1.5s, -200ms or 2m`,
      'Say how far the clock of that host was ahead; behind with a minus.',
    );
  }
  const [, sign, amount, unit = 's'] = found;
  return Math.round(Number(amount) * UNITS[unit]!) * (sign === '-' ? -1 : 1);
}
