/**
 * Where sshd's own words about the connection stand in a message that also holds the client's. Whoever connects
 * may call himself `root from 192.0.2.1 port 22 ssh2`, and whoever signs certificates may put the same behind the
 * address; a name that has an account is nobody's invention.
 */
import { type Peer, readPeer } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import { setSource } from './syslog-event.ts';

/** What sshd writes before an address. */
export const FROM = ' from ';

/** Sets the source from `address[ port N]...` at `at` in `text`. */
export function readSource(text: string, at: number, event: Event): void {
  const space = text.indexOf(' ', at);
  const end = space < 0 ? text.length : space;
  // sshd of some versions glues a colon to the address: "Received disconnect from 192.0.2.1: 11: ...".
  const stop = text.charCodeAt(end - 1) === 58 && text.charCodeAt(end - 2) !== 58 ? end - 1 : end;
  if (space < 0 || !text.startsWith('port ', space + 1)) {
    setSource(event, text.slice(at, stop));
    return;
  }
  let portEnd = space + 6;
  while (text.charCodeAt(portEnd) >= 48 && text.charCodeAt(portEnd) <= 57) portEnd += 1;
  setSource(event, text.slice(at, stop), text.slice(space + 6, portEnd));
}

/** A place in a message that names an address and port. Offsets are in UTF-16 units. */
export interface SshPeer {
  /** Where ` from ` begins. */
  start: number;
  peer: Peer;
  port: string;
  /** What stands behind it. */
  rest: string;
}

const CONNECTION = / from (\S{1,255}) port (\d{1,5})(?: ssh\d?)?(?= \[preauth\]|: |$)/g;
const MAX_CANDIDATES = 64;

/** Every place in `message` from `at` on that reads as the end of a connection. */
function placesIn(message: string, at: number): SshPeer[] {
  const places: SshPeer[] = [];
  CONNECTION.lastIndex = at;
  for (let found = CONNECTION.exec(message); found !== null; found = CONNECTION.exec(message)) {
    const peer = readPeer(found[1] ?? '');
    // Places may share a character: ` from a from b`.
    CONNECTION.lastIndex = found.index + 1;
    if (peer === undefined) continue;
    const rest = message.slice(found.index + found[0].length);
    places.push({ start: found.index, peer, port: found[2] ?? '', rest });
    if (places.length > MAX_CANDIDATES) places.splice(1, 1);
  }
  return places;
}

/** A key as sshd prints it, perhaps in a certificate, and nothing else. */
const KEY =
  /^: (?:[\w.@-]{1,64} )?(?:SHA256:[\w+/=]{1,64}|MD5:[0-9a-f:]{1,64}|[0-9a-f]{2}(?::[0-9a-f]{2}){15})(?: ID .* \(serial \d{1,20}\) CA .*|, client .*)?$/;

/**
 * The connection that sshd names in `METHOD for NAME from ADDRESS port N ssh2[: details]`.
 * @param isKnown the name belongs to an account, so the first place is sshd's
 * @param isKey the method prints a key behind the address
 */
export function findPeer(
  message: string,
  at: number,
  isKnown: boolean,
  isKey: boolean,
): { found: SshPeer; others: readonly SshPeer[] } | undefined {
  const places = placesIn(message, at);
  const [first, ...more] = places;
  if (first === undefined) return undefined;
  return { found: isKnown || more.length === 0 ? first : choose(places, isKey), others: places };
}

function choose(places: readonly SshPeer[], isKey: boolean): SshPeer {
  const last = places.at(-1) as SshPeer;
  if (isKey) {
    const printed = places.findLast(({ rest }) => rest === '' || KEY.test(rest));
    return printed ?? places.find(({ rest }) => rest.startsWith(': ')) ?? last;
  }
  return last;
}

const DISCONNECT = /(?:^| )(\S{1,255}) port (\d{1,5}): /g;
const CHANGE = 'Change of username or service not allowed: (';

/**
 * The connection in `NAME ADDRESS port N: REASON`, the text behind `Disconnecting invalid user `. A change of the
 * name repeats it in its reason.
 */
export function findDisconnected(
  text: string,
  isKnown: boolean,
): { name: string; peer: Peer; port: string; reason: string } | undefined {
  let best: { name: string; peer: Peer; port: string; reason: string } | undefined;
  let isBestSure = false;
  let tries = 0;
  DISCONNECT.lastIndex = 0;
  for (let found = DISCONNECT.exec(text); found !== null; found = DISCONNECT.exec(text)) {
    DISCONNECT.lastIndex = found.index + 1;
    const peer = readPeer(found[1] ?? '');
    if (peer === undefined) continue;
    const name = text.slice(0, found.index);
    const reason = text.slice(found.index + found[0].length);
    const isSure = reason.startsWith(`${CHANGE}${name},`);
    if (best === undefined || isSure || !isBestSure) {
      best = { name, peer, port: found[2] ?? '', reason };
      isBestSure = isSure;
    }
    if (isKnown || ++tries > MAX_CANDIDATES) break;
  }
  return best;
}
