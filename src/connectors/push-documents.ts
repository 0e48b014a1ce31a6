/** Documents into a sink, in batches that it takes, with what became of each. */
import type { Sink, SinkDocument } from './connector.ts';

/** What became of all. */
export interface Pushed {
  sent: number;
  written: number;
  /** Had been there. */
  known: number;
  refused: number;
  /** Some of the refused ones, with what the place says. */
  examples: readonly { id: string; reason: string }[];
}

const MOST_EXAMPLES = 5;

/** @throws IrError (exit 5) where a batch did not arrive; what was sent before is told by `progress` */
export async function pushDocuments(
  sink: Sink,
  documents: AsyncIterable<SinkDocument>,
  progress: (pushed: Pushed) => void,
): Promise<Pushed> {
  await sink.prepare?.();
  const { limits } = sink;
  let pushed: Pushed = { sent: 0, written: 0, known: 0, refused: 0, examples: [] };
  let batch: SinkDocument[] = [];
  let bytes = 0;
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const full = batch;
    [batch, bytes] = [[], 0];
    const { written, known, refused } = await sink.write(full);
    pushed = {
      sent: pushed.sent + full.length,
      written: pushed.written + written,
      known: pushed.known + known,
      refused: pushed.refused + refused.length,
      examples: [...pushed.examples, ...refused].slice(0, MOST_EXAMPLES),
    };
    progress(pushed);
  };
  for await (const document of documents) {
    const size = sizeOf(document);
    if (batch.length > 0 && bytes + size > limits.bytes) await flush();
    batch.push(document);
    bytes += size;
    if (batch.length >= limits.documents) await flush();
  }
  await flush();
  await sink.close?.();
  return pushed;
}

/** About as many bytes as it takes; its text stands in it twice or thrice, and more is escaped. */
const sizeOf = ({ text }: SinkDocument): number => 1000 + 3 * Buffer.byteLength(text);
