/** A stream to a place that does not speak HTTP, by TLS unless its scheme says TCP. */
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Reach } from './connector.ts';
import { certificateFault, remoteError } from './exchange.ts';

/**
 * Connects; the stream is destroyed when the run is ended.
 * @param hint what a failure leaves unknown
 * @throws IrError (exit 5) where nobody listens, or the certificate is not accepted
 */
export function openSocket(reach: Reach, standardPort: number, hint?: string): Promise<Socket> {
  const { host, port = standardPort, transport, shown } = reach.place;
  const name = host.replace(/^\[|\]$/g, '');
  const to = { host: name, port };
  return new Promise((done, fail) => {
    const connected = (): void => done(stream.setTimeout(0));
    const stream: Socket =
      transport === 'tcp'
        ? connectPlain(to, connected)
        : connectTls(
            {
              ...to,
              // An address is no name that could be asked for.
              ...(isIP(name) === 0 && { servername: name }),
              ...(reach.ca !== undefined && { ca: reach.ca }),
            },
            connected,
          );
    stream.setTimeout(reach.timeoutMs, () =>
      stream.destroy(new Error(`no answer within ${reach.timeoutMs / 1000} s`)),
    );
    stream.on('error', (error: NodeJS.ErrnoException) => {
      const fault = certificateFault(error);
      fail(remoteError(`${shown}: ${fault?.message ?? error.message}`, fault?.hint ?? hint));
    });
    reach.signal.addEventListener('abort', () => stream.destroy(), { once: true });
  });
}
