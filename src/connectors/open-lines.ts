/** A stream to a collector that answers nothing: held open, and what the system has not taken yet is waited for. */
import type { Socket } from 'node:net';
import type { Reach } from './connector.ts';
import { remoteError } from './exchange.ts';
import { openSocket } from './open-socket.ts';

const HINT = 'What was sent last may not have arrived: nothing there says so.';

/** An open stream. */
export interface Lines {
  /** @throws IrError (exit 5) where it is cut */
  send(text: string | Buffer): Promise<void>;
  /** All of it has left when it resolves. */
  close(): Promise<void>;
}

/** Opens it with the first text. */
export function openLines(reach: Reach, standardPort: number): Lines {
  const { shown } = reach.place;
  let socket: Promise<Socket> | undefined;
  let failure: Error | undefined;
  const open = async (): Promise<Socket> => {
    const stream = await openSocket(reach, standardPort, HINT);
    stream.setTimeout(reach.timeoutMs, () =>
      stream.destroy(new Error(`no answer within ${reach.timeoutMs / 1000} s`)),
    );
    return stream.on('error', (error) => {
      failure = error;
    });
  };
  return {
    async send(text) {
      const stream = await (socket ??= open());
      if (failure !== undefined || stream.destroyed)
        throw remoteError(`${shown}: the connection was cut`, HINT);
      await new Promise<void>((done, fail) => {
        stream.write(text, (error) =>
          error == null ? done() : fail(remoteError(`${shown}: ${error.message}`)),
        );
      });
    },
    async close() {
      if (socket === undefined) return;
      const stream = await socket;
      await new Promise<void>((done) => {
        stream.once('close', () => done());
        stream.end();
      });
    },
  };
}
