/** Lines of devices are the same event in every dress that relays put on them, and their own time counts. */
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { detectFormat } from '../../src/logs/detect-format.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import { createAccount } from '../../src/logs/line-account.ts';
import { bundledFormats } from '../../src/logs/load-formats.ts';
import { createEventReader } from '../../src/logs/read-events.ts';

const DRESSES: Readonly<Record<string, (line: string) => string>> = {
  'stamp and host': (line) => `Nov 25 01:02:03 relay1 ${line}`,
  'priority, stamp and host': (line) => `<134>Nov 25 01:02:03 relay1 ${line}`,
  'stamp and address': (line) => `Nov 25 01:02:03 192.0.2.250 ${line}`,
  // A number behind the stamp would be its year.
  'stamp alone': (line) => `Nov 25 01:02:03 ${/^\d{4}:/.test(line) ? 'relay1 ' : ''}${line}`,
  'full stamp': (line) => `2026-11-25T01:02:03+00:00 relay1 ${line}`,
  'RFC 5424': (line) => `<134>1 2026-11-25T01:02:03Z relay1 - - - - ${line}`,
  'RFC 5424 with program': (line) => `<134>1 2026-11-25T01:02:03Z relay1 device 7 - - ${line}`,
};

const RELAYED_US = Date.UTC(2026, 10, 25, 1, 2, 3) * 1000;

/** What the relay adds. */
const RELAY = /^(?:host\.hostname|process\.\w+|log\.(?:level|syslog\..*)|source\.address)$/;

function readOne(line: string): Partial<Event> {
  const events: Event[] = [];
  const reader = createEventReader({
    format: detectFormat(`${line}\n`, FORMATS),
    formats: FORMATS,
    clock: createClock({ zone: 'UTC', firstYear: 2026 }),
    account: createAccount(),
    sink: (event) => void events.push(event),
  });
  reader.line(line, 0);
  reader.end();
  const [event] = events;
  return Object.fromEntries(
    Object.entries(event ?? {}).filter(
      ([field, value]) => value !== undefined && !RELAY.test(field) && field !== 'message',
    ),
  );
}

const borne = bundledFormats().filter(({ isBorne }) => isBorne);

test('there are such formats', () => expect(borne.length).toBeGreaterThan(5));

describe.each(borne.map((document) => [document.name, document] as const))(
  '%s',
  (name, document) => {
    const lines = document.samples.map(({ lines }) => lines[0] ?? '');
    test.each(lines.flatMap((line) => Object.keys(DRESSES).map((dress) => [dress, line] as const)))(
      'with %s: %s',
      (dress, line) => {
        const bare = readOne(line);
        expect(bare.format).toBe(name);
        const dressed = readOne(DRESSES[dress]?.(line) ?? '');
        if (bare.timeUs === undefined) {
          expect(dressed.timeUs).toBe(RELAYED_US);
          delete dressed.timeUs;
          delete bare.timeConfidence;
          delete dressed.timeConfidence;
        }
        expect(dressed).toEqual(bare);
      },
    );
  },
);
