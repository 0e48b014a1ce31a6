/** What an event must say so that a line counts as read. */
import type { Event } from '../../../src/events/event.ts';

/** Who, what or where: one of them at least. */
const SAYING = [
  ...['event.action', 'event.outcome', 'event.reason', 'message', 'user.name', 'source.ip'],
  ...['source.address', 'destination.ip', 'url.original', 'process.command_line', 'file.path'],
] as const;

const WHO = ['user.name', 'user.id', 'user.target.name', 'source.ip', 'source.address'] as const;

const has = (event: Event, names: readonly (keyof Event)[]): boolean =>
  names.some((name) => event[name] !== undefined && event[name] !== '');

/** An alert about a login tells of it what its maker knew. */
const isLogin = (event: Event): boolean =>
  event['event.kind'] !== 'alert' && /log[io]n$/.test(event['event.action'] ?? '');

/** Lines of a login that the program itself writes without account and source. */
const NAMELESS = [/Client <unknown> disconnected/, /pam_authenticate\(\) returned/];

/** What a responder misses in an event; undefined where it says enough. */
export function silenceOf(event: Event, line: string): string | undefined {
  if (!has(event, SAYING)) return 'says nothing';
  if (!isLogin(event)) return undefined;
  if (event['event.outcome'] === undefined) return 'a login without its outcome';
  if (!has(event, WHO) && !NAMELESS.some((one) => one.test(line)))
    return 'a login of nobody from nowhere';
  return undefined;
}
