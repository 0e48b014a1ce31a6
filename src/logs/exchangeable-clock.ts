/** The clock of a file that grows: on another day its stamps may be of another year. */
import { type Clock, clockBehind, createClock } from './clock.ts';
import type { Followed } from './followed.ts';
import type { PreparedFile } from './prepare.ts';

/** The clock of a file as it was found. */
export const clockOf = ({ years, headers, zone }: PreparedFile): Clock =>
  createClock({ zone, years, headers });

/** A clock that can be exchanged while others hold it. */
export function exchangeable(first: Clock): Followed['clock'] {
  let clock = first;
  return Object.assign(
    clockBehind(() => clock),
    {
      use(other: Clock) {
        clock = other;
      },
    },
  );
}
