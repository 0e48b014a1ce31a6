/**
 * What `ss --no-header --tcp --udp --all --numeric --processes` prints.
 * @see https://man7.org/linux/man-pages/man8/ss.8.html
 */
import type { Socket } from '../socket.ts';

const PROTOCOL = /^(tcp|udp)$/;
const PLACE = /^(.*):(\d{1,5}|\*)$/;

/** Reads the sockets; lines that are none come back as they stand. */
export function readSs(text: string): { sockets: readonly Socket[]; unknown: readonly string[] } {
  const sockets: Socket[] = [];
  const unknown: string[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const socket = socketOf(line);
    if (socket === undefined) unknown.push(line);
    else sockets.push(socket);
  }
  return { sockets, unknown };
}

function socketOf(line: string): Socket | undefined {
  const [protocol = '', state = '', , , local = '', peer = ''] = line.split(/ +/, 6);
  const here = PLACE.exec(local);
  const there = PLACE.exec(peer);
  if (!PROTOCOL.test(protocol) || here === null || there === null) return undefined;
  return {
    protocol: protocol as Socket['protocol'],
    isListening: state === 'LISTEN' || (protocol === 'udp' && state === 'UNCONN'),
    address: plainAddress(here[1] ?? ''),
    port: Number(here[2]) || 0,
    peer: plainAddress(there[1] ?? ''),
    peerPort: Number(there[2]) || 0,
    inode: undefined,
    pids: pidsOf(line),
  };
}

/** Without brackets and interface; `*` is every address of both families. */
const plainAddress = (written: string): string =>
  written === '*'
    ? '::'
    : written
        .replace(/^\[|\]$/g, '')
        .replace(/%[^%\]]*$/, '')
        .replace(/^::ffff:(?=\d+\.)/, '');

const OWNER = /\("(.{0,15})",pid=(\d{1,10}),fd=\d{1,7}\)$/;

/** From the right: a process chooses its name, of 15 characters at most, and may write a number of another into it. */
function pidsOf(line: string): number[] {
  const start = line.lastIndexOf('users:((');
  const pids: number[] = [];
  let rest = start === -1 ? '' : line.trimEnd().replace(/\)$/, '').slice(start);
  for (let owner = OWNER.exec(rest); owner !== null; owner = OWNER.exec(rest)) {
    pids.unshift(Number(owner[2]));
    rest = rest.slice(0, owner.index).replace(/,$/, '');
  }
  return [...new Set(pids)];
}
