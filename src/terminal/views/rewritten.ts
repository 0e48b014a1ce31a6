import type { RewriteResult } from '../../commands/rewrite-files.ts';
import { neutralise } from '../neutralise.ts';
import type { Output, View } from '../view.ts';

/** Copies that were written, or the copy itself. */
export const view: View<RewriteResult> = {
  text(result): Output {
    if (result.kind === 'bytes')
      // A terminal must not act on what a log says.
      return process.stdout.isTTY === true ? harmless(result.pieces) : result.pieces;
    const { files, leftOut, counts, notes } = result;
    const kinds = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
    const lines = [
      ...files.map(({ path, output }) => `${path} -> ${output}`),
      ...leftOut.map(({ path, reason }) => `${path}: left out, ${reason}`),
      ...(kinds.length === 0 ? [] : [`Masked: ${kinds.join(', ')}`]),
      ...notes,
    ];
    return lines.map((line) => `${neutralise(line)}\n`).join('');
  },
  json(result) {
    if (result.kind === 'bytes') throw new Error('a copy has no JSON form');
    const { files, leftOut, counts, notes } = result;
    return { files, leftOut, counts, notes };
  },
};

async function* harmless(pieces: AsyncIterable<Buffer>): AsyncGenerator<string> {
  for await (const piece of pieces) yield neutralise(piece.toString('utf8'));
}
