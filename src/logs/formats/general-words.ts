/** Reads a message that nobody has patterns for by the words that applications use: logins, requests, users, addresses. */
import { readIp } from '../../events/address.ts';
import type { EcsField, Event } from '../../events/event.ts';
import { TEXT_FIELDS } from './text-event.ts';
import { readWebMessage } from './web-message.ts';

/** Messages say it early; the rest may be anything. */
const MAX_TEXT = 1000;
const MAX_ADDRESSES = 16;

/** `user=bob`, `username: "bob"`, `user 'bob'`; without a mark, what follows the word need not be a name. */
const USER =
  /\b(?:user ?name|user|login|account)(?:\s?[=:]\s?(?:["'`]([^"'`]{1,64})["'`]|["'`]?([\w.@\\+-]{1,64}))|\s["'`]([^"'`]{1,64})["'`])/i;
const NO_USER =
  /^(?:-+|null|none|nil|undefined|unknown|anonymous|true|false|failed|success|successful|status|error|ok)$/i;
const ADDRESS =
  /(?<![\w.:])(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7})(?![\w.]*\w)/gi;
/** Words before the address of the other side. */
const FROM =
  /(?:\bfrom|\bclient(?:[ _]?(?:ip|addr(?:ess)?))?|\bremote(?:[ _]?(?:ip|addr(?:ess)?|host))?|\bip)\W{0,4}$/i;

/** The fields that `refineWords` may fill. */
export const WORD_FIELDS: readonly EcsField[] = [...TEXT_FIELDS, 'related.ip'];

/** Fills what the message says and the event does not have yet; of a message that a phrase knows, nothing. */
export function refineWords(event: Event): Event {
  if (event['event.action'] === undefined) readWords(event);
  return event;
}

/** A level that stands by itself in the head of a line, before the words. */
const LEVEL =
  /(?:^|[\s[\]|:<("',;/])(TRACE|DEBUG|INFO|NOTICE|WARN(?:ING)?|ERROR|CRITICAL|FATAL|SEVERE)(?=[\s\]|:>)"',;]|$)/;
const LEVEL_HEAD = 120;

/** The same for a line of which nothing is known but where its time stands; its level, too. */
export function refineUnknown(event: Event): Event {
  event['log.level'] ??= LEVEL.exec((event.message ?? '').slice(0, LEVEL_HEAD))?.[1]?.toLowerCase();
  return refineWords(event);
}

function readWords(event: Event): void {
  const message = event.message ?? '';
  const web = readWebMessage(message);
  const head = message.length > MAX_TEXT ? message.slice(0, MAX_TEXT) : message;
  event['event.category'] ??= web.category;
  if (web.action !== undefined || event['event.type'] === undefined)
    event['event.type'] = web.type ?? event['event.type'];
  event['event.action'] ??= web.action;
  event['event.outcome'] ??= web.outcome;
  event['event.reason'] ??= web.reason;
  event['user.name'] ??= web.user ?? userIn(head);
  event['http.request.method'] ??= web.method;
  event['http.version'] ??= web.version;
  event['http.response.status_code'] ??= web.status;
  event['http.response.body.bytes'] ??= web.bytes;
  event['url.original'] ??= web.original;
  event['url.domain'] ??= web.target.domain ?? web.domain;
  event['url.path'] ??= web.target.path;
  event['url.query'] ??= web.target.query;
  event['url.extension'] ??= web.target.extension;
  readAddresses(event, head);
  // Of several that no word tells apart, none is the other side for sure.
  const isSure = (event['related.ip']?.length ?? 0) < 2;
  if (event['source.address'] !== undefined || web.client === undefined || !isSure) return;
  event['source.ip'] = web.client.ip;
  event['source.address'] = web.client.address;
  event['source.port'] = web.client.port;
}

function userIn(text: string): string | undefined {
  const found = USER.exec(text);
  const name = (found?.[1] ?? found?.[2] ?? found?.[3])?.replace(/\.$/, '');
  return name === undefined || name === '' || NO_USER.test(name) ? undefined : name;
}

/** Every address is related; the one that the words call the other side is the source. */
function readAddresses(event: Event, text: string): void {
  if (!/\d\.\d|:[\da-f]{0,4}:/i.test(text)) return;
  const all = new Set<string>();
  for (const found of text.matchAll(ADDRESS)) {
    const ip = readIp(found[0]);
    if (ip === undefined) continue;
    all.add(ip);
    if (
      event['source.ip'] === undefined &&
      FROM.test(text.slice(Math.max(0, found.index - 20), found.index))
    ) {
      event['source.ip'] = ip;
      event['source.address'] = ip;
    }
    if (all.size === MAX_ADDRESSES) break;
  }
  if (all.size > 0) event['related.ip'] ??= [...all];
}
