import type { ExportResult } from '../../commands/evidence-export.ts';
import { grouped, plural } from '../../events/words.ts';
import { wrap } from '../layout.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** How `ir evidence export` is shown. */
export const view: View<ExportResult> = {
  text(result, style) {
    const { incident, path, holds, files, bytes, signedBy, encryptedTo, sha256 } = result;
    const what = holds === 'case' ? `The whole case ${incident}` : `Evidence of ${incident}`;
    const lines = [
      `${what} is written as a bag: ${path} (${plural(files, 'file')}, ${grouped(bytes)} bytes).`,
      signedBy === undefined
        ? 'It is NOT signed: sign it with --sign-with KEY.'
        : `It is signed by ${signedBy}.`,
      encryptedTo.length === 0
        ? 'It is not encrypted.'
        : `It is encrypted for ${plural(encryptedTo.length, 'key')}.`,
      `Known by the SHA-256 of its tag manifest: ${sha256}`,
      `README.txt in it has the ${signedBy === undefined ? 'command that checks' : 'two commands that check'} it without ir.`,
    ];
    return `${lines.flatMap((line) => wrap(line, style.width)).join('\n')}\n`;
  },
  json: withNulls,
};
