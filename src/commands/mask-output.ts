/** `--mask`: a command that runs so that nothing it prints, writes, sends or saves holds what should not be told. */
import { maskItem } from '../masking/mask-item.ts';
import type { Masker } from '../masking/masker.ts';
import type { MaskAsk } from '../settings.ts';
import type { CommandContext } from './context.ts';
import { type Masking, openMasking } from './mask-options.ts';
import type { CommandOutcome } from './outcome.ts';

type Body<R> = (context: CommandContext) => Promise<CommandOutcome<R>>;

/** Runs it. Its result is masked as it is read, and what is made of it once more. */
export async function masked<R>(
  context: CommandContext,
  ask: MaskAsk,
  body: Body<R>,
): Promise<CommandOutcome<R>> {
  const masking = openMasking(context.settings, ask);
  const { masker } = masking;
  const outcome = await body(within(context, masking));
  const reasons = outcome.reasons;
  masking.flush();
  return {
    ...outcome,
    result: maskItem(outcome.result, masker),
    // A page holds its rows packed, and its script under a hash: nothing may be changed in it any more, nor in a PDF.
    ...(['html', 'pdf'].includes(context.settings.format)
      ? {}
      : { shown: (pieces: AsyncIterable<string | Uint8Array>) => maskedPieces(pieces, masking) }),
    ...(reasons === undefined ? {} : { reasons: () => reasons().map((text) => masker.text(text)) }),
    exitAfter() {
      masking.close();
      return outcome.exitAfter?.();
    },
  };
}

/** What the command itself says and saves. */
const within = (context: CommandContext, { masker, flush }: Masking): CommandContext => ({
  ...{ settings: context.settings, ask: context.ask, now: context.now, randomId: context.randomId },
  ...(context.columns === undefined ? {} : { columns: context.columns }),
  // Asked for when it is needed, and not before: who asks listens to signals.
  get signal() {
    return context.signal;
  },
  say: (text) => context.say(masker.text(text)),
  progress: (text) => context.progress(masker.text(text)),
  masked<T>(item: T): T {
    const shown = maskItem(item, masker);
    flush();
    return shown;
  },
});

/** Whole lines at a time. */
async function* maskedPieces(
  pieces: AsyncIterable<string | Uint8Array>,
  { masker, flush }: Masking,
): AsyncGenerator<string | Uint8Array> {
  let kept = '';
  for await (const piece of pieces) {
    if (typeof piece !== 'string') {
      if (kept !== '') yield finished(kept, masker, flush);
      kept = '';
      const bytes = masker.bytes(Buffer.from(piece.buffer, piece.byteOffset, piece.length));
      flush();
      yield bytes;
      continue;
    }
    const text = kept + piece;
    const end = text.lastIndexOf('\n') + 1;
    kept = text.slice(end);
    if (end > 0) yield finished(text.slice(0, end), masker, flush);
  }
  if (kept !== '') yield finished(kept, masker, flush);
}

function finished(text: string, masker: Masker, flush: () => void): string {
  const shown = masker.text(text);
  flush();
  return shown;
}
