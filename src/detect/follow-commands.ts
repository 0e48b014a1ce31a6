/**
 * What a request made the server run: the program that audit saw at that moment and whose words stand in the request, what
 * it started, and what these touched. A web shell opens no session; this is the way from its address to its processes.
 */
import type { Event } from '../events/event.ts';
import { FORMATS } from '../logs/formats/list.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import type { FollowedSession } from './follow.ts';
import { lookAgain, type SeenEvent } from './second-look.ts';
import { hostOf, keysOf } from './sessions.ts';
import { decodeFully } from './views/decode.ts';

/** A command as a request named it, and when. */
interface Asked {
  text: string;
  atUs: number;
}

/** A log tells of the request when it is answered, to the second: the program may have begun so much before and after. */
const BEFORE_US = 10_000_000;
const AFTER_US = 2_000_000;
/** So long a program that a request started is looked after. */
const LASTS_US = 600_000_000;
const MOST_ASKED = 2_000;
const MOST_PROCESSES = 2_000;
/** From a shell to what it starts, and on. */
const ROUNDS = 3;
const COMMAND = 'process.command_line';
/** What audit writes where a process belongs to no login. */
const UNSET = '4294967295';

/** The processes that requests started, as sessions that end soon. */
export function* followCommands(
  files: readonly PreparedFile[],
  requests: readonly Event[],
): Generator<void, readonly FollowedSession[], void> {
  const asked = requests.flatMap(askedIn).slice(0, MOST_ASKED);
  const withProcesses = new Set(
    FORMATS.flatMap((one) => (one.hasProcesses === true ? one.name : [])),
  );
  const isIn = (file: number): boolean => withProcesses.has(files[file]?.format?.name ?? '');
  if (asked.length === 0 || !files.some((_, file) => isIn(file))) return [];
  const words = [...new Set(asked.flatMap(({ text }) => text.match(/[\w.-]{2,}/)?.[0] ?? []))];
  const isAsked = (event: Event): boolean => {
    const { timeUs = Number.NaN, [COMMAND]: command = '', 'session.id': session } = event;
    if (command.length < 2 || (session !== undefined && session !== UNSET)) return false;
    return asked.some(
      ({ text, atUs }) =>
        timeUs >= atUs - BEFORE_US &&
        timeUs <= atUs + AFTER_US &&
        (holdsWords(text, command) || holdsWords(command, text)),
    );
  };
  // What a shell was told stands behind the record that names it.
  let { seen } = yield* lookAgain(files, { words, isIn, isWanted: isAsked, linesBefore: 1 });
  const found = new Map<string, FollowedSession>();
  for (let round = 0; round < ROUNDS && seen.length > 0; round += 1) {
    const started = seen.flatMap((one) => processOf(one));
    for (const { session } of started) found.set(session.ids.join(), session);
    const parents = new Map(started.map(({ pid, atUs }) => [pid, atUs]));
    if (found.size > MOST_PROCESSES) break;
    seen = (yield* lookAgain(files, {
      words: [...parents.keys()].map(String),
      isIn,
      isWanted: (event) => {
        const sinceUs = parents.get(event['process.parent.pid'] ?? -1);
        const { timeUs } = event;
        return (
          sinceUs !== undefined &&
          timeUs !== undefined &&
          timeUs >= sinceUs &&
          timeUs <= sinceUs + LASTS_US
        );
      },
    })).seen;
  }
  return [...found.values()];
}

/** The values of a request that may be commands. */
function askedIn({ timeUs, 'url.query': query }: Event): Asked[] {
  if (timeUs === undefined || query === undefined) return [];
  return query.split('&').flatMap((pair) => {
    const text = decodeFully(pair.slice(pair.indexOf('=') + 1), true).trim();
    return text.length < 2 ? [] : [{ text, atUs: timeUs }];
  });
}

/** Does a text hold another as whole words? */
function holdsWords(text: string, part: string): boolean {
  const at = text.indexOf(part);
  if (at < 0) return false;
  const isWord = (sign: string | undefined): boolean => sign !== undefined && /[\w/.-]/.test(sign);
  return !isWord(text[at - 1]) && !isWord(text[at + part.length]);
}

function processOf({
  event,
}: SeenEvent): { pid: number; atUs: number; session: FollowedSession }[] {
  const { timeUs, 'process.pid': pid } = event;
  // The account of the server is everybody's.
  const ids = (keysOf(event)?.ids ?? []).filter((id) => id.startsWith('process '));
  if (timeUs === undefined || pid === undefined || ids.length === 0) return [];
  const session = { ids, host: hostOf(event), fromUs: timeUs, toUs: timeUs + LASTS_US };
  return [{ pid, atUs: timeUs, session }];
}
