/**
 * Fluentd and Fluent Bit by their forward protocol, each batch acknowledged.
 * @see https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1
 */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Connector, Reach, Sink, SinkDocument } from './connector.ts';
import { remoteError } from './exchange.ts';
import { packed } from './msgpack.ts';
import { openSocket } from './open-socket.ts';

const PORT = 24224;
const HINT = 'It is not sent again: the place knows no ids. Look there before you do.';

/** A batch as one message: `[tag, [[time, record], ...], {chunk}]`. */
export function forwardMessage(
  tag: string,
  batch: readonly SinkDocument[],
  chunk: string,
  now: Date,
): Buffer {
  const entries = batch.map(({ timeUs, fields }) => [
    { seconds: (timeUs ?? now.getTime() * 1000) / 1_000_000 },
    fields,
  ]);
  return packed([tag, entries, { chunk, size: batch.length }]);
}

function sink(reach: Reach): Sink {
  const { path } = reach.place;
  let socket: Promise<Socket> | undefined;
  return {
    limits: { documents: 1000, bytes: 4_000_000 },
    async write(batch) {
      const stream = await (socket ??= openSocket(reach, PORT));
      const chunk = randomBytes(16).toString('base64');
      const isKept = heard(reach, stream, chunk);
      stream.write(forwardMessage(path === '' ? 'ir' : path, batch, chunk, reach.now()));
      await isKept;
      return { written: batch.length, known: 0, refused: [] };
    },
    async close() {
      if (socket === undefined) return;
      const stream = await socket.catch(() => undefined);
      stream?.end();
      stream?.destroy();
    },
  };
}

/** Resolves once the other side has said that it keeps the chunk; its name stands in the answer as it was sent. */
function heard({ place, timeoutMs }: Reach, stream: Socket, chunk: string): Promise<void> {
  return new Promise((done, fail) => {
    let held: Buffer = Buffer.alloc(0);
    const end = (error?: Error): void => {
      clearTimeout(timer);
      stream.off('data', hear).off('close', lost);
      if (error === undefined) done();
      else fail(error);
    };
    const hear = (bytes: Buffer): void => {
      held = Buffer.concat([held, bytes]).subarray(-1024);
      if (held.includes(chunk)) end();
    };
    const lost = (): void =>
      end(
        remoteError(
          `${place.shown}: the connection was cut before the batch was acknowledged`,
          HINT,
        ),
      );
    const timer = setTimeout(
      () =>
        end(remoteError(`${place.shown}: no answer within ${timeoutMs / 1000} s to a batch`, HINT)),
      timeoutMs,
    );
    stream.on('data', hear).on('close', lost);
  });
}

/** The connector. */
export const connector: Connector = {
  schemes: ['forward'],
  title: 'Fluentd and Fluent Bit by their forward protocol',
  example: 'forward://HOST:24224/TAG (TLS), forward+tcp://HOST:24224/TAG',
  url: 'https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1',
  secrets: {},
  sink,
};
