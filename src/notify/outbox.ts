/** How a notice stands, and when it is tried again. Pure. */
import type { Notice, NoticeAttempt } from '../incidents/items.ts';

/** `interrupted`: an attempt began and never reported back, its process is gone; it may have arrived. */
export type NoticeState =
  | 'waiting'
  | 'sending'
  | 'interrupted'
  | 'sent'
  | 'refused'
  | 'given_up'
  | 'withdrawn';

const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 3_600_000;

/** How the notice stands. @param isAlive does the process still run that began an attempt? */
export function noticeState(notice: Notice, isAlive: (sender: string) => boolean): NoticeState {
  const last = notice.attempts.at(-1)?.outcome;
  if (last === 'sent' || last === 'refused' || last === 'given_up') return last;
  if (notice.withdrawn !== undefined) return 'withdrawn';
  if (notice.started !== undefined)
    return isAlive(notice.started.sender) ? 'sending' : 'interrupted';
  return last === 'unsettled' ? 'interrupted' : 'waiting';
}

/** How many attempts began. */
export const attemptsOf = ({ attempts, started }: Notice): number =>
  Math.max(started?.attempt ?? 0, ...attempts.map(({ attempt }) => attempt));

/**
 * When it may be tried again: after 30 s, 1 min, 2 min, ... at most an hour, shifted by up to a quarter that depends on
 * the notice, so that many do not come at once. Where the other side named a time, not before that.
 */
export function nextTry(notice: Notice): Date {
  const last = notice.attempts.at(-1);
  if (last === undefined) return new Date(notice.enteredAt);
  const wait = Math.min(
    FIRST_WAIT_MS * 2 ** Math.min(notice.attempts.length - 1, 20),
    LONGEST_WAIT_MS,
  );
  const spread = (Number.parseInt(notice.id.slice(0, 4), 16) / 0xffff) * (wait / 4);
  return new Date(Math.max(Date.parse(last.at) + wait + spread, askedFor(last)));
}

/** Until when the other side asked to be left alone, milliseconds. */
export const askedFor = ({ notBefore }: NoticeAttempt): number =>
  notBefore === undefined ? 0 : Date.parse(notBefore);
