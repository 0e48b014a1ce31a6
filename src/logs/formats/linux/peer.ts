/**
 * Finds who is on the other side in a message whose wording is not known: the address that the text
 * calls the source, and the account it names.
 */
import { readPeer } from '../../../events/address.ts';
import type { Event } from '../../../events/event.ts';
import { setSource } from './syslog-event.ts';

const ADDRESS =
  /(?<![\w.])(?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.[\w-])|(?<![\w:.])(?:IPv6:)?(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?![\w.]|:[\w:])/gi;

const IPV4 = /(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.[\w-])/g;

/** How far back the words before an address are looked at. */
const CONTEXT = 24;

/** Words before an address that name the server's own side. */
const OWN_SIDE =
  /(?:\blip=|\bI=\[|\bto:? \[?|\bon \[?|\bvia \[?|\b(?:local|server|lhost|laddr)\w*[=:] ?"?\[?|\(IP=|\bLocalAddress="?[\w/]{0,16}|@|\bserver \[?)$/i;
/** Words before an address that name the remote side without doubt. */
const REMOTE_SIDE =
  /(?:\brip=|\brhost=|\bip(?:[=:]| address:?)? ?["'[]{0,2}|\brelay=(?:[\w.-]{1,16} )?\[?|\battacker '|\bRemoteAddress="?[\w/]{0,16}|\bremote host \[(?:ipv[46]:)?|\bclient:? (?:@0x[0-9a-f]{1,16} )?["'[]?|\b(?:ADDRESS|addr|address|client_ip|peer|src|source|from)[=:] ?["'[<]?|\bcli |\bhost=)$/i;
const FROM_SIDE = /\bfrom:?(?: (?:host|client|user|IP|address))? ?["'[(<]{0,2}(?:::ffff:)?$/i;
/** pure-ftpd: `(account@192.0.2.7) [WARNING] ...`. */
const FTP_CLIENT = /^\([^\s()]{1,20}@$/;
/** A name and, in brackets, the address it was resolved from. */
const RESOLVED = /[\w.-] ?\[$/;
/** An address that the peer claims for itself (HELO) stands in parentheses before the real one. */
const CLAIMED = /\(\[?$/;

/** How sure the words before `at` make it that the address is the peer's; -1 when it is the server's own. */
function confidence(message: string, at: number): number {
  const before = message.slice(Math.max(0, at - CONTEXT), at);
  if (FTP_CLIENT.test(before)) return 4;
  if (OWN_SIDE.test(before)) return -1;
  if (FROM_SIDE.test(before)) return 4;
  if (REMOTE_SIDE.test(before) || RESOLVED.test(before)) return 3;
  return CLAIMED.test(before) ? 1 : 2;
}

const MAX_CANDIDATES = 16;

/** Only then can there be an IPv6 address. */
const HAS_IPV6 = /:[0-9a-f]{0,4}:/i;

/** Dovecot's `user=<NAME>, method=PLAIN, rip=ADDRESS, lip=...`: behind the last `rip=` stands nothing of the client's. */
function addressBehindName(message: string): string | undefined {
  const at = message.lastIndexOf(', rip=');
  if (at < 0 || !message.includes('user=<')) return undefined;
  return readPeer(/^[^,\s]{0,64}/.exec(message.slice(at + 6))?.[0] ?? '')?.ip;
}

/** The address in `message` that most likely is the remote peer's; undefined when there is none. */
function findPeerAddress(message: string): string | undefined {
  const told = addressBehindName(message);
  if (told !== undefined) return told;
  const pattern = HAS_IPV6.test(message) ? ADDRESS : IPV4;
  let best: string | undefined;
  let bestConfidence = 0;
  pattern.lastIndex = 0;
  for (let i = 0; i < MAX_CANDIDATES; i += 1) {
    const found = pattern.exec(message);
    if (found === null) break;
    // A colon behind an address belongs to the sentence.
    const address = (readPeer(found[0]) ?? readPeer(found[0].replace(/:$/, '')))?.ip;
    if (address === undefined) continue;
    const sure = confidence(message, found.index);
    // Of equals, what is said later comes from the daemon, what is said earlier may be the client's text.
    if (sure > bestConfidence || (sure === bestConfidence && sure > 2)) {
      best = address;
      bestConfidence = sure;
    }
  }
  return best;
}

/** Where messages of many daemons name the account, the surest form first. */
const ACCOUNTS: readonly RegExp[] = [
  /^Login failed: ['"]?([^'"\s:]{1,256})['"]? \(Remote IP: /,
  /\bRegistration from '(?:[^']{0,256}<)?sips?:([^@>'\s]{1,256})@/,
  /\buser \[[^\]]{0,64}\]\\\[([^\]]{1,256})\]/,
  /\[([^\]/\s]{1,256})\/[^\]]{0,256}\] \(from client/,
  /\bauth(?:enticat)?ion_id="([^"]{1,256})"|\bauthid=([^,\s]{1,256})/,
  /\] (?:plaintext|PLAIN|LOGIN|CRAM-MD5|DIGEST-MD5|GSSAPI) ([^\s[(]{1,256}) SASL\(/,
  /\] (\S{1,256}) \S{1,64} User logged in/,
  /\bsasl_username=([^,\s]{1,256})/,
  /\bset_id=([^)\s]{1,256})\)/,
  /\buser(?:_?name)?(?:=|: ?)<([^>]{0,256})>/i,
  /^main\[([^\]]{1,256})\]:\S{1,64} user logged in$/,
  /\[user: ([^\]]{1,256})\]/,
  /\b(?:login) on \/\S{0,256} for (\S{1,256}) from /,
  /\buser(?:_?name)?(?:=|: )(?:"([^"]{1,256})"|'([^']{1,256})')/i,
  /\buser(?:_?name|id(?!\W{1,3}\d{1,20}(?![\w@])))?(?:=|: )["']?([^"'\s,;<>\]]{1,256})/i,
  /\bUSER ([^"'\s,:]{1,256})(?: \(|: )/,
  /\buser(?:name)? ?["'[<`]([^"'\]>`]{1,256})["'\]>'`]/i,
  /\bAccount(?:ID)?(?:=| )["']([^"'<>]{1,256})["']/,
  /\bfor (?:illegal |invalid |unknown |mapped |nonexistent )?user:? ["'`]?([^"'\s,:]{1,256})/i,
  /\b(?:login|logon|attempt) (?:as|for|by|failed for) ["']?([^"'\s,]{1,256})/i,
  /\bfail(?:ed|ures?) for (?!user\b)["']?([^"'\s,:]{1,256}?)["']?(?: (?:from|against)\b|$)/i,
  /\b(?:pam|sql|ldap|passwd-file|passwd|userdb|shadow|static|bsdauth|checkpassword|auth)\(([^,()\s]{1,256}),/,
  /\berror for ["']([^"']{1,256})["'] from /,
  /\bno such user:? ["'[]?([^"'\]\s,]{1,256})/i,
  /\bunknown user:? ["'[(]?([^"'\])\s,]{1,256})/i,
  /\buser ([^"'\s,:]{1,256})(?: was)? not found/i,
  /\bfor ["']([^"']{1,256})["']/,
  /\bFAILED LOGIN for ([^"'\s,:]{1,256})/i,
  /\bauth failed for {1,2}([^"'\s,:]{1,256}) :/,
];

/** Words that follow "user" or "for" without being an account. */
const NO_NAMES = new Set(
  '- -- nonexistent user from found peer for in the with does is was not at on name by to here'.split(
    ' ',
  ),
);

/** Where somebody came from is not who he is. */
const IS_ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?$/;

/** The account that `message` names; undefined when no known form fits. */
export function findAccount(message: string): string | undefined {
  for (const form of ACCOUNTS) {
    const found = form.exec(message);
    const name = found?.[1] ?? found?.[2];
    if (name === undefined || name === '' || NO_NAMES.has(name.toLowerCase())) continue;
    if (!IS_ADDRESS.test(name)) return name.endsWith('.') ? name.slice(0, -1) : name;
  }
  return undefined;
}

const FROM_NAME = /\bfrom (?:host )?([A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8})\b/;

/** Sets the source, unless known already, of an event whose wording is not known. */
export function setPeerAddress(message: string, event: Event): void {
  if (event['source.address'] !== undefined) return;
  const address = findPeerAddress(message) ?? FROM_NAME.exec(message)?.[1];
  if (address !== undefined) setSource(event, address);
}

/** Sets source and account, unless known already, of an event whose wording is not known. */
export function setPeer(message: string, event: Event): void {
  setPeerAddress(message, event);
  if (event['user.name'] === undefined) event['user.name'] = findAccount(message);
}
