/** Masked lines are read as before: the same format, the same number of events, the same fields; only what was masked says something else. */
import { describe, expect, it } from 'vitest';
import { isSkip } from '../../src/events/event.ts';
import { FORMATS } from '../../src/logs/formats/list.ts';
import type { LogFormat, Sample } from '../../src/logs/formats/log-format.ts';
import { readSample } from '../../src/logs/read-sample.ts';
import { deriveKey } from '../../src/masking/mask-key.ts';
import { createMasker } from '../../src/masking/masker.ts';
import { keyedNaming, type Naming, redacting } from '../../src/masking/naming.ts';

const tokens = keyedNaming('token', deriveKey('0123456789abcdef'), false, () => undefined);
const MASKED =
  /masked-[a-z-]+|tok-[a-z-]+-[a-z2-7]{16}|(?<![\d.])(?:0\.0\.0\.0|2(?:4\d|5[0-5])\.\d+\.\d+\.\d+)|(?<![\w:])::(?![\w:])|2001:db8:/;

/** Few samples hold what is masked: those that name a user say a mail address in its place, too. */
function withMail(format: LogFormat, sample: Sample): Sample[] {
  const user = sample.expect['user.name'];
  if (typeof user !== 'string' || user.length < 3) return [];
  const name = new RegExp(`\\b${user.replace(/[^\w]/g, '\\$&')}\\b`, 'g');
  const planted = {
    ...sample,
    lines: sample.lines.map((line) => line.replace(name, 'jane@example.org')),
  };
  // Where an address is no name of a user, the line is another.
  const [before, after] = [sample, planted].map((one) => {
    const event = readSample(format, one, FORMATS);
    return isSkip(event) ? undefined : event.format;
  });
  const isRead = before !== undefined && before === after;
  return isRead ? [planted] : [];
}

/** What of the event says something else and was not masked; undefined where nothing was. */
function changed(
  format: LogFormat,
  sample: Sample,
  naming: Naming,
  also: string[],
): string[] | undefined {
  const masker = createMasker(naming, also);
  const lines = sample.lines.map((line) => masker.text(line));
  const text = lines.join('\n');
  if (text === sample.lines.join('\n')) return undefined;
  const values = sample.lines.flatMap((line) => masker.valuesIn(line));
  const before = readSample(format, sample, FORMATS);
  const after = readSample(format, { ...sample, lines }, FORMATS);
  if (isSkip(before)) return isSkip(after) ? [] : [`became an event: ${text}`];
  if (isSkip(after)) return [`skipped: ${after.skip}: ${text}`];
  const [old, now] = [before, after].map(
    (event) => new Map<string, unknown>(Object.entries(event)),
  );
  return [...new Set([...old!.keys(), ...now!.keys()])].flatMap((field) => {
    const [a, b] = [old!.get(field), now!.get(field)];
    if (JSON.stringify(a) === JSON.stringify(b) || MASKED.test(JSON.stringify(b) ?? '')) return [];
    // A part of a masked name, such as the domain before it, is masked with it.
    const isPart =
      b === undefined &&
      /^user\./.test(field) &&
      values.some(({ value }) => value.includes(String(a)));
    return isPart ? [] : [`${field}: ${JSON.stringify(a)} became ${JSON.stringify(b)} in ${text}`];
  });
}

// Redacted addresses are all one: two of a line become one.
describe.each<[string, Naming, string[], number]>([
  ['redact', redacting, [], 200],
  ['redact, users', redacting, ['user'], 200],
  ['token', tokens, [], 200],
  ['token, addresses and users', tokens, ['address', 'user'], 400],
])('%s', (_, naming, also, least) => {
  it('changes no other field in any sample of any format', () => {
    const samples = FORMATS.flatMap((format) =>
      format.samples.flatMap((sample) =>
        [sample, ...withMail(format, sample)].map((one) => ({ format, sample: one })),
      ),
    );
    let masked = 0;
    const wrong = samples.flatMap(({ format, sample }) => {
      const found = changed(format, sample, naming, also);
      if (found !== undefined) masked += 1;
      return (found ?? []).map((text) => `${format.name}: ${text}`);
    });
    expect(masked).toBeGreaterThan(least);
    expect(wrong).toEqual([]);
  });
});
