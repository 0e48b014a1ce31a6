/**
 * Lines that come as messages of syslog, with a tag or without, and are known by themselves (`inSyslog` of a format file):
 * those of firewalls, gateways and scanners, of services in logfmt. Their own time is the event's, a relay's is not.
 */
import { type Event, isSkip } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import type { LogFormat } from '../formats/log-format.ts';
import { bundledFormats } from '../load-formats.ts';
import { lineFormat } from '../pattern/declared-format.ts';
import type { FormatDocument } from '../pattern/format-document.ts';
import { needleTest } from '../pattern/needles.ts';

let borne: readonly LogFormat[] = [];
/** What their lines hold. */
let mayHold: readonly ((text: string) => boolean)[] = [];

/** What the bundled format files say of such lines, and then the user's own. */
export function declareBorne(own: readonly FormatDocument[]): void {
  const names = new Set(own.map(({ name }) => name));
  const documents = [...own, ...bundledFormats().filter(({ name }) => !names.has(name))]
    .filter(({ isBorne }) => isBorne)
    .sort((one, other) => one.order - other.order);
  borne = documents.map(lineFormat);
  mayHold = documents.map(({ needles }) => needleTest({ ...needles, areAtStart: false }));
}

declareBorne([]);

/** What only the relay knows of a line. */
const OWN = [
  'host.hostname',
  'process.name',
  'process.pid',
  'log.level',
  'log.syslog.priority',
  'log.syslog.facility.code',
  'log.syslog.severity.code',
  'log.syslog.msgid',
] as const;

/** May a line of such a device stand somewhere in the text? A cheap look at most lines. */
export const mayHoldBorne = (text: string): boolean => mayHold.some((test) => test(text));

/** Is the text a line of such a device? */
export const isBorne = (text: string): boolean =>
  text !== '' && borne.some((format) => format.detect(text));

/** The event of a device's line with what the relay knows; undefined when the text is none. */
export function readBorne(text: string, outer: Event, clock: Clock): Event | undefined {
  const format = borne.find((each) => each.detect(text));
  if (format === undefined) return undefined;
  const { confidence } = clock;
  const event = format.parse(text, clock);
  clock.confidence = confidence;
  if (isSkip(event)) return undefined;
  const target = event as unknown as Record<string, unknown>;
  for (const field of OWN) target[field] ??= outer[field];
  if (event.timeUs !== undefined) return event;
  event.timeUs = outer.timeUs;
  event.timeConfidence = outer.timeConfidence;
  return event;
}
