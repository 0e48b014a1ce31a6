import type { Event, Skip } from '../../../src/events/event.ts';
import { isSkip } from '../../../src/events/event.ts';
import { createClock } from '../../../src/logs/clock.ts';
import type { LogFormat } from '../../../src/logs/formats/log-format.ts';

export interface Joined {
  events: Event[];
  skips: Skip[];
  /** Lines that only closed an event that had been closed before. */
  trailers: number;
}

/** Reads lines as an engine does that has all the memory it wants: keys stay open until they end. */
export function joinRecords(format: LogFormat, lines: readonly string[]): Joined {
  const clock = createClock({ zone: 'UTC', firstYear: 2024 });
  const open = new Map<string, string[]>();
  const joined: Joined = { events: [], skips: [], trailers: 0 };
  const take = (parsed: Event | Skip): void => {
    if (isSkip(parsed)) joined.skips.push(parsed);
    else joined.events.push(parsed);
  };
  const { group } = format;
  for (const line of lines) {
    const key = group?.key(line);
    if (group === undefined || key === undefined) {
      take(format.parse(line, clock));
      continue;
    }
    const members = open.get(key) ?? [];
    if (members.length === 0 && group.isTrailer?.(line) === true) {
      joined.trailers += 1;
      continue;
    }
    const isLast = group.ends(line, members);
    members.push(line);
    if (isLast) {
      open.delete(key);
      take(group.parse(members, clock));
    } else open.set(key, members);
  }
  for (const members of open.values()) if (group !== undefined) take(group.parse(members, clock));
  return joined;
}
