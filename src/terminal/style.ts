/** Colours and width of one output stream. The only place that decides whether colour is used. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Settings } from '../settings.ts';

/** How text is drawn on one stream. */
export interface Style {
  paint: ChalkInstance;
  /** Columns available: COLUMNS, else those of the terminal, else 80. */
  width: number;
  /** Where somebody looks on, long text may be cut; elsewhere nothing is. */
  isTerminal: boolean;
  /** IANA zone of the times that are shown; absent: UTC. */
  zone?: string;
  /** Minutes east of UTC in it. */
  offsetAt?: (ms: number) => number;
  /** May blocks, dots and ellipses be drawn? Absent: plain ASCII only. */
  isUnicode?: boolean;
}

/** --color, then NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether the stream is a terminal. */
export function createStyle(
  stream: { isTTY?: boolean; columns?: number },
  color: Settings['color'],
  env: Settings['env'],
): Style {
  const isTerminal = stream.isTTY === true;
  const level = colorLevel(isTerminal, color, env);
  const width = columnsOf(stream, env) ?? 80;
  return { paint: new Chalk({ level }), width, isTerminal, isUnicode: hasUnicode(env) };
}

/** Columns to write for: COLUMNS when it is a number, else what the terminal says; undefined where there is none. */
export function columnsOf(stream: { columns?: number }, env: Settings['env']): number | undefined {
  const asked = env['COLUMNS'];
  const isNumber = asked !== undefined && /^[1-9]\d{0,4}$/.test(asked);
  return isNumber ? Math.max(20, Number(asked)) : stream.columns || undefined;
}

/** Does the locale say UTF-8, and the terminal not that it is dumb? @see POSIX, Environment Variables, 8.2 */
export function hasUnicode(env: Settings['env']): boolean {
  if (env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return process.platform === 'win32' || /utf-?8/i.test(locale);
}

function colorLevel(
  isTerminal: boolean,
  color: Settings['color'],
  env: Settings['env'],
): 0 | 1 | 2 {
  if (color === 'never') return 0;
  const best = /256color|truecolor/.test(`${env['TERM'] ?? ''}${env['COLORTERM'] ?? ''}`) ? 2 : 1;
  if (color === 'always') return best;
  if (env['NO_COLOR']) return 0;
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force === '0' || force === 'false' ? 0 : best;
  if (env['TERM'] === 'dumb') return 0;
  return isTerminal ? best : 0;
}
