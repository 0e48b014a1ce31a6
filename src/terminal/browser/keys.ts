/** The keys, for people. */
import type { Mode } from './state.ts';

/** One line of the most needed ones. */
export const HINTS: Readonly<Record<Exclude<Mode['kind'], 'filter' | 'note'>, string>> = {
  list: 'Enter unfold   f file   / filter   e entities   b bookmark   z zone   ? help   q leave',
  pivot: 'Enter findings that name it   a all events that name it   Esc back',
  file: 'up/down move   b bookmark   Esc back',
  help: 'any key: back',
};

/** All of them. */
export const HELP: readonly string[] = [
  'up down j k          a row',
  'PgUp PgDn Space      a screen',
  'Home End g G         the first, the last row',
  '',
  'Enter, right, l      a finding: all its lines; a line: in its file',
  'left, h              fold it again',
  'f                    the line in its file, with those around it',
  '/                    filter as you type; Enter keeps it, Esc takes it away',
  'e                    whom and what the row names: its findings (Enter), all its events (a)',
  'b                    bookmark: the row goes into the incident, with a note',
  "z                    the next zone: the reader's, UTC, that of the logs, that of this machine",
  'd                    what is told of the marked row: shown or not',
  'Esc                  takes away what narrows the list, then goes back to the list before',
  'Ctrl-Z               to the shell; fg comes back',
  'q, Ctrl-C            leave',
];
