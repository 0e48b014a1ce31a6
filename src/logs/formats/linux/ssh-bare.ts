/** Messages of sshd that stand alone, as a container's output has them: no tag says whose they are. */
import type { Event } from '../../../events/event.ts';
import { readSshd } from './sshd.ts';
import { createSyslogEvent } from './syslog-event.ts';

/** What nobody else writes: the outcome of an attempt up to the protocol's version, or the name that has no account. */
const BARE =
  /^(?:(?:Accepted|Failed) [a-z-]{1,32}(?:\/[a-z-]{1,32})? for .{1,512} from \S{1,255} port \d{1,5} ssh2(?:: .*)?|Invalid user .{0,512} from \S{1,255} port \d{1,5})$/;

/** Is the message unmistakably sshd's? */
export const isBareSshd = (message: string): boolean =>
  message.length < 2048 && BARE.test(message.trimEnd());

/** The event of such a message; undefined when it is another's. */
export function readBareSshd(text: string): Event | undefined {
  if (!isBareSshd(text)) return undefined;
  const event = createSyslogEvent();
  const message = text.trimEnd();
  event.message = message;
  event['process.name'] = 'sshd';
  return readSshd(message, event) ? event : undefined;
}
