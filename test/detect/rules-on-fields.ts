/** Rules on every field that the events of a log have, and on values that are there. */

import { ECS_FIELD_NAMES } from '../../src/events/ecs-field-names.ts';
import { type Event, isSkip } from '../../src/events/event.ts';
import { createClock } from '../../src/logs/clock.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';
import { MAPPED_NAMES, resolveField } from './bundled-mappings.ts';
import type { Draw } from './hostile-logs.ts';

export const eventsOf = (lines: readonly string[], format: LogFormat): Event[] => {
  const clock = createClock({ zone: 'UTC', firstYear: 2026 });
  return lines.flatMap((line) => {
    const parsed = format.parse(line, clock);
    return isSkip(parsed) ? [] : [parsed];
  });
};

const quoted = (value: unknown): string =>
  typeof value === 'string' ? JSON.stringify(value.replace(/[\\*?]/g, '\\$&')) : String(value);

/** Texts of rules under `logsource` (one line of YAML). */
export function rulesOnFields(
  lines: readonly string[],
  format: LogFormat,
  logsource: string,
  draw: Draw,
): string[] {
  const events = eventsOf(lines, format);
  const source = /^(\w+): (.*)$/.exec(logsource) as RegExpExecArray;
  const fields = [...new Set([...ECS_FIELD_NAMES, ...MAPPED_NAMES])];
  const texts: string[] = [];
  const add = (title: string, detection: string, rest = ''): void => {
    const id = `00000000-0000-4000-8000-${String(texts.length + 1).padStart(12, '0')}`;
    texts.push(
      `title: ${JSON.stringify(title)}\nid: ${id}\nname: r${texts.length}\nlevel: low\nlogsource:\n  ${logsource}\n${rest}detection:\n  a:\n    ${detection}\n  condition: a\n`,
    );
  };
  for (const field of fields) {
    const reader = resolveField(field, { [source[1] as string]: source[2] });
    const values = new Set(
      events.flatMap((event) => reader(event)).filter((value) => value != null),
    );
    if (values.size === 0) continue;
    // Different ones for each seed.
    if (field !== 'event.reason' && draw.chance(0.6)) continue;
    const all = [...values];
    add(`${field} there`, `${field}|exists: true`);
    add(`${field} not there`, `${field}: null`);
    for (let turn = 0; turn < 2; turn += 1) {
      const value = draw.pick(all);
      add(`${field} is ${value}`, `${field}: ${quoted(value)}`);
      add(`${field} is not ${value}`, `${field}|neq: ${quoted(value)}`);
      if (typeof value === 'number') {
        add(`${field} above ${value}`, `${field}|gte: ${value}`);
        add(`${field} ends ${value}`, `${field}|endswith: "${String(value).slice(-1)}"`);
        continue;
      }
      const text = String(value);
      const at = draw.below(text.length);
      const piece = text.slice(at, at + 1 + draw.below(8));
      if (piece !== '') add(`${field} has ${piece}`, `${field}|contains: ${quoted(piece)}`);
      add(`${field} begins ${value}`, `${field}|startswith: ${quoted(text.slice(0, 2))}`);
      add(
        `${field} by expression`,
        `${field}|re: "[${text.replace(/[^A-Za-z0-9]/g, '')}x]{2}[^a]"`,
      );
    }
  }
  for (const word of ['a', '4', '1234', 'bob', 'GET /', 'port 4', '203.0.113.7', 'Mar', '%27']) {
    const id = `00000000-0000-4000-9000-${String(texts.length + 1).padStart(12, '0')}`;
    texts.push(
      `title: "word ${word}"\nid: ${id}\nname: w${texts.length}\nlevel: low\nlogsource:\n  ${logsource}\ndetection:\n  a:\n    - "${word}"\n  condition: a\n`,
    );
  }
  for (const [word, method] of [
    ['curl/8', 'GET'],
    ['shop.example.com:4', 'POST'],
    ['203.0.113', 'root'],
  ]) {
    const id = `00000000-0000-4000-9000-${String(texts.length + 1).padStart(12, '0')}`;
    texts.push(
      `title: "word ${word} and ${method}"\nid: ${id}\nname: w${texts.length}\nlevel: low\nlogsource:\n  ${logsource}\ndetection:\n  words:\n    - "${word}"\n  a:\n    - cs-method: ${method}\n    - user.name: ${method}\n  condition: words and a\n`,
    );
  }
  return [...texts, ...correlations(texts.length)];
}

/** Counts, values and orders over some of the rules. */
function correlations(rules: number): string[] {
  const groups = [
    'source.ip',
    'source.address',
    'user.name',
    'url.path',
    'event.reason',
    'host.hostname',
  ];
  const texts: string[] = [];
  for (let index = 0; index < rules; index += 7) {
    const group = groups[(index / 7) % groups.length];
    const id = `00000000-0000-4000-a000-${String(index).padStart(12, '0')}`;
    const head = `title: "together ${index}"\nid: ${id}\nlevel: low\ncorrelation:\n  group-by:\n    - ${group}\n  timespan: 10m\n`;
    const name = (at: number): string => `${at % rules >= rules - 12 ? 'w' : 'r'}${at % rules}`;
    const kinds = [
      `  type: event_count\n  rules:\n    - ${name(index)}\n  condition:\n    gte: 3\n`,
      `  type: value_count\n  rules:\n    - ${name(index)}\n  condition:\n    field: url.path\n    gte: 2\n`,
      `  type: value_count\n  rules:\n    - ${name(index)}\n  condition:\n    field: user.name\n    gte: 2\n`,
      `  type: temporal\n  rules:\n    - ${name(index)}\n    - ${name(index + 5)}\n`,
      `  type: event_count\n  rules:\n    - ${name(index)}\n  condition:\n    gte: 60\n`,
    ];
    texts.push(`${head}${kinds[(index / 7) % kinds.length]}generate: true\n`);
  }
  return texts;
}
