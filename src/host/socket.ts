/** A socket of a machine, whoever told of it. */

/** One end of a connection, or a socket that waits for one. */
export interface Socket {
  protocol: 'tcp' | 'udp';
  isListening: boolean;
  /** The own address; `0.0.0.0` and `::` are all of a family. */
  address: string;
  port: number;
  peer: string;
  peerPort: number;
  /** As the kernel numbers it; undefined where it was not told. */
  inode: string | undefined;
  /** Processes that hold it, as far as they can be seen. */
  pids: readonly number[];
}

/** What tells a listening socket from another. */
export const socketKey = ({ protocol, address, port }: Socket): string =>
  `${protocol} ${address.includes(':') ? `[${address}]` : address}:${port}`;
