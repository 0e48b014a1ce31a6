/** What help, prompts and documentation say of times. */
import { TIME_EXAMPLES } from '../incidents/time-examples.ts';

/** For a prompt. */
export const FEW_TIMES = TIME_EXAMPLES.slice(0, 5).join(', ');

/** For the help of commands with options that take a time. */
export const TIME_HELP = `Times are written as ${TIME_EXAMPLES.slice(0, -1).join(', ')} or ${TIME_EXAMPLES.at(-1)}; in UTC or, where it is given, in --display-tz. A time of day is the latest that is not to come.`;
