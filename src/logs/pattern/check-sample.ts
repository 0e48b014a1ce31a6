/** Does a format read a sample of its lines as the sample says? */
import { type Event, isSkip } from '../../events/event.ts';
import { rfc3339 } from '../../events/rfc3339.ts';
import type { Clock } from '../clock.ts';
import type { LogFormat, Sample } from '../formats/log-format.ts';
import { headerIn, isHeaderLine } from '../headers.ts';

/** What a sample need not say: what stands round a message, and what every event of its meaning has. */
const IMPLIED =
  /^(?:timeUs|timeConfidence|format|message|repeats|raw|event\.(?:kind|category|type|dataset)|host\.hostname|process\.(?:name|pid)|log\.syslog\..*|source\.address)$/;

/** Need a sample not say the field? */
export const isImplied = (field: string): boolean => IMPLIED.test(field);

/**
 * What differs between the event that the sample names and the one that comes out, as a sentence; undefined when nothing.
 */
export function sampleProblem(
  format: LogFormat,
  { lines, expect }: Sample,
  clock: Clock,
): string | undefined {
  const { rows, header } = withoutHeader(format, lines);
  const [line = ''] = rows;
  if (header === undefined && !format.detect(line))
    return `the sample is no line of the format: ${line}`;
  if (header !== undefined) clock.noteHeader(header);
  const parsed = format.parse(line, clock);
  if (isSkip(parsed)) return `the sample is not read: ${parsed.skip}: ${line}`;
  const event =
    rows.length > 1 && format.complete !== undefined
      ? format.complete(parsed, rows, clock)
      : parsed;
  return eventProblem(event, { lines, expect }) ?? unsaidProblem(event, { lines, expect });
}

/** The first field that the sample names and the event has otherwise, as a sentence. */
export function eventProblem(event: Event, { lines, expect }: Sample): string | undefined {
  const [line = ''] = lines;
  const found: Record<string, unknown> = { ...event };
  if (event.timeUs !== undefined)
    found['time'] = rfc3339(event.timeUs).replace(/\.(\d{3})Z$/, '.$1000Z');
  for (const [field, value] of Object.entries(expect)) {
    if (JSON.stringify(found[field]) !== JSON.stringify(value))
      return `the sample has ${field} ${shown(found[field])}, not ${shown(value)}: ${line}`;
  }
  return undefined;
}

function unsaidProblem(event: Event, { lines, expect }: Sample): string | undefined {
  const [line = ''] = lines;
  const unsaid = Object.entries(event).find(
    ([field, value]) => value !== undefined && !(field in expect) && !isImplied(field),
  );
  if (unsaid === undefined) return undefined;
  return `the sample has ${unsaid[0]} ${shown(unsaid[1])}, which expect does not say: ${line}`;
}

/** The lines of a sample below those that name the columns, and what these say. */
function withoutHeader(
  { header: rule }: LogFormat,
  lines: readonly string[],
): { rows: readonly string[]; header: string | undefined } {
  const header = rule && headerIn(lines.join('\n'), rule);
  if (rule === undefined || header === undefined || rule.fits(header, lines.join('\n')) === 0)
    return { rows: lines, header: undefined };
  return { rows: lines.filter((line) => !isHeaderLine(line, rule, header)), header };
}

const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
