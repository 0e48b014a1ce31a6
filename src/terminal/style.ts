/** Colours and width of one output stream. The only place that decides whether colour is used. */
import { Chalk, type ChalkInstance } from 'chalk';
import type { Settings } from '../settings.ts';

export interface Style {
  paint: ChalkInstance;
  /** Columns available; 80 when the stream is not a terminal. */
  width: number;
  isTerminal: boolean;
  /** IANA zone of the times that are shown; absent: UTC. */
  zone?: string;
  /** Minutes east of UTC in it. */
  offsetAt?: (ms: number) => number;
}

/** --color, then NO_COLOR, then FORCE_COLOR, then TERM=dumb, then whether the stream is a terminal. */
export function createStyle(
  stream: { isTTY?: boolean; columns?: number },
  color: Settings['color'],
  env: Settings['env'],
): Style {
  const isTerminal = stream.isTTY === true;
  const level = colorLevel(isTerminal, color, env);
  return { paint: new Chalk({ level }), width: stream.columns || 80, isTerminal };
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
