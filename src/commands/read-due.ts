/** Times to come: `4h`, `2d`, or a stamp. */
import { add } from 'date-fns/add';
import { usageError } from '../errors.ts';
import { readAge } from '../incidents/time-phrases.ts';
import type { CommandContext } from './context.ts';
import { readInstant } from './incident-access.ts';

/** When something is due: a length of time is one from now on. @throws IrError (exit 2) for one that is over */
export function readDue(context: CommandContext, text: string): string {
  const words = text.trim().replace(/^in /i, '');
  const age = / ago$/i.test(words) ? undefined : readAge(words);
  const due =
    age === undefined
      ? readInstant(context, text, '--due')!
      : add(context.now(), age).toISOString();
  if (Date.parse(due) > context.now().getTime()) return due;
  throw usageError(
    `--due: "${text}" is over`,
    'Write a time to come, such as 4h or 2026-12-01 17:00.',
  );
}
