/** A stream to a collector that answers nothing: held open, and what the system has not taken yet is waited for. */
import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Reach } from './connector.ts';
import { remoteError } from './exchange.ts';

/** An open stream. */
export interface Lines {
  /** @throws IrError (exit 5) where it is cut */
  send(text: string | Buffer): Promise<void>;
  /** All of it has left when it resolves. */
  close(): Promise<void>;
}

/** Opens it with the first text. */
export function openLines(reach: Reach, standardPort: number): Lines {
  const { host, port = standardPort, transport, shown } = reach.place;
  let socket: Promise<Socket> | undefined;
  let failure: Error | undefined;
  const open = (): Promise<Socket> =>
    new Promise((done, fail) => {
      const name = host.replace(/^\[|\]$/g, '');
      const made =
        transport === 'tcp'
          ? connectPlain({ host: name, port }, () => done(made))
          : connectTls(
              {
                host: name,
                port,
                servername: name,
                ...(reach.ca === undefined ? {} : { ca: reach.ca }),
              },
              () => done(made),
            );
      made.setTimeout(reach.timeoutMs, () =>
        made.destroy(new Error(`no answer within ${reach.timeoutMs / 1000} s`)),
      );
      made.on('error', (error) => {
        failure = error;
        fail(
          remoteError(
            `${shown}: ${error.message}`,
            'What was sent last may not have arrived: nothing there says so.',
          ),
        );
      });
      reach.signal.addEventListener('abort', () => made.destroy(), { once: true });
    });
  return {
    async send(text) {
      const stream = await (socket ??= open());
      if (failure !== undefined || stream.destroyed)
        throw remoteError(
          `${shown}: the connection was cut`,
          'What was sent last may not have arrived: nothing there says so.',
        );
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
