/**
 * The tables of `/proc/net/tcp`, `tcp6`, `udp` and `udp6`.
 * @see https://docs.kernel.org/networking/proc_net_tcp.html
 */
import { endianness } from 'node:os';
import type { Socket } from '../socket.ts';

const ROW =
  /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) ([0-9A-F]{2}) \S+ \S+ \S+ +\d+ +\d+ (\d+)/;
const LISTEN = '0A';
/** Of UDP: not connected. */
const CLOSE = '07';

/** The sockets of one table. */
export function readProcNet(text: string, protocol: Socket['protocol']): Socket[] {
  return text.split('\n').flatMap((line): Socket[] => {
    const row = ROW.exec(line);
    if (row === null) return [];
    const [, here = '', port = '', there = '', peerPort = '', state, inode] = row;
    return [
      {
        protocol,
        isListening: state === LISTEN || (protocol === 'udp' && state === CLOSE),
        ...{ address: addressOf(here), port: Number.parseInt(port, 16) },
        ...{ peer: addressOf(there), peerPort: Number.parseInt(peerPort, 16) },
        ...{ inode, pids: [] },
      },
    ];
  });
}

/** The kernel prints addresses as 32-bit numbers in the byte order of the machine. */
function addressOf(hex: string): string {
  const bytes = Buffer.from(hex, 'hex');
  if (endianness() === 'LE') bytes.swap32();
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.subarray(0, 12).equals(MAPPED);
  if (isMapped) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) => bytes.readUInt16BE(at * 2).toString(16));
  return shortened(groups);
}

const MAPPED = Buffer.from('00000000000000000000ffff', 'hex');

/** RFC 5952: the longest run of two or more zero groups, the first of several, becomes `::`. */
function shortened(groups: readonly string[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === '0') length += 1;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(':');
  const { start, length } = best;
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}
