/** The checksums of a backup that were written. */
import type { RecordResult } from '../../commands/check-backup.ts';
import { byteSize, plural } from '../../events/words.ts';
import { keptLines, unseenLines } from '../check-text.ts';
import { showInstant, wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir check backup record` is shown. */
export const view: View<RecordResult> = {
  text({ path, output, files, bytes, newestAt, offlineCopy, unseen, kept }, style) {
    const copy =
      offlineCopy === undefined ? '' : ` A copy out of reach is said to be: ${offlineCopy}.`;
    const lines = [
      ...wrap(
        `${path}: ${plural(files, 'file')}, ${byteSize(bytes)}, the newest of ${showInstant(newestAt, style.offsetAt)}.${copy}`,
        style.width,
      ),
      ...wrap(`Checksums: ${output}. Keep them where the backup is not.`, style.width),
      ...unseenLines({ unseen, furtherUnseen: 0 }, style),
      ...keptLines(kept, style),
    ];
    return `${lines.join('\n')}\n`;
  },
  json: withNulls,
};
