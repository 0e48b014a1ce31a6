/** `ir timeline --save --copy-evidence`: the log files that were read, into the store under the numbers that they have. */
import { resolve } from 'node:path';
import type { FileAccount } from '../detect/finding.ts';
import type { CommandContext } from './context.ts';
import { keepEvidence } from './evidence-keep.ts';
import { withIncident } from './incident-access.ts';
import type { SavedTimeline } from './save-timeline.ts';

/** Of a member of an archive the archive is copied. What cannot be copied is said, and ends nothing. */
export async function copyLogs(
  context: CommandContext,
  saved: SavedTimeline,
  files: readonly FileAccount[],
): Promise<SavedTimeline> {
  const read = files.filter(({ sha256, path }) => sha256 !== '' && path !== '-');
  const hashOf = new Map(read.map(({ path, sha256 }) => [path, sha256]));
  const paths = [...new Set(read.map(({ path }) => path.split('!/', 1)[0]!))];
  const kept = await withIncident(
    context,
    (store, { id }) =>
      keepEvidence(
        context,
        store,
        id,
        paths.map((path) => ({
          ...{ path: resolve(context.settings.cwd, path), title: path },
          ...{ method: 'logical', tool: 'ir' },
        })),
      ),
    saved.incident,
  );
  for (const { path, reason } of kept.failed) context.say(`${path} is NOT copied: ${reason}`);
  const other = kept.added.filter(
    ({ title, sha256 }) => hashOf.has(title) && hashOf.get(title) !== sha256,
  );
  for (const { title, evidenceNo } of other) {
    context.say(`${title} changed since it was read: what was copied is ${evidenceNo}`);
  }
  const count = kept.added.length + kept.known.length;
  context.say(`Copied as evidence: ${count} of ${paths.length} log files.`);
  return saved;
}
