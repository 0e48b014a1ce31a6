/** The lazy view over an access line must say what the full reading says, for every field of every sample. */
import { describe, expect, it } from 'vitest';
import { ECS_FIELD_NAMES } from '../../src/events/ecs-field-names.ts';
import { isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import { format } from '../../src/logs/formats/access.ts';
import { createAccessView } from '../../src/logs/formats/access-fields.ts';
import { scanAccess } from '../../src/logs/formats/access-scan.ts';
import { createAccessSpans } from '../../src/logs/formats/access-spans.ts';
import { accessTime } from '../../src/logs/formats/access-time.ts';

describe('access view', () => {
  const lines = format.samples.flatMap(({ lines }) => lines);
  it('decodes what is UTF-8', () => {
    const line = '192.0.2.1 - zoë [01/Jan/2026:00:00:00 +0000] "GET /caf\u00e9 HTTP/1.1" 200 1';
    const bytes = Buffer.from(line, 'utf8');
    const spans = createAccessSpans();
    expect(scanAccess(bytes, 0, bytes.length, spans)).toBe(true);
    const view = createAccessView(spans);
    view.move(bytes, 0, createClock({ zone: 'UTC', firstYear: 2026 }));
    expect([view.event['user.name'], view.event['url.path']]).toEqual(['zoë', '/café']);
  });

  it('has samples', () => expect(lines.length).toBeGreaterThan(4));

  it.each(lines)('%s', (line) => {
    const clock = createClock({ zone: 'UTC', firstYear: 2026 });
    const parsed = format.parse(line, clock);
    if (isSkip(parsed)) throw new Error(parsed.skip);
    const spans = createAccessSpans();
    const bytes = Buffer.from(line, 'latin1');
    expect(scanAccess(bytes, 0, line.length, spans)).toBe(true);
    const view = createAccessView(spans);
    view.move(bytes, accessTime(bytes, spans, clock), clock);
    expect(view.event.timeUs).toBe(parsed.timeUs);
    for (const field of ECS_FIELD_NAMES) {
      expect([field, view.event[field]]).toEqual([field, parsed[field]]);
    }
  });
});
