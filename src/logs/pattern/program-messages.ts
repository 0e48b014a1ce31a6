/** How what a program says is read, for formats of files in which it says the same; `programs.ts` brings the readers. */
import type { Event } from '../../events/event.ts';

type Read = (program: string | undefined, message: string, event: Event) => void;

let reader: Read = () => {};

/** Says who reads the messages of programs. */
export function declareReader(read: Read): void {
  reader = read;
}

/** Reads the message as the program `process.name` of syslog would say it. */
export function readAsProgram(event: Event): Event {
  reader(event['process.name'], event.message ?? '', event);
  return event;
}
