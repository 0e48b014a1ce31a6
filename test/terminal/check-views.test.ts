/** Checks as people and programs see them: what comes from the machine is made harmless where it is shown. */
import { describe, expect, it } from 'vitest';
import type { CheckResult } from '../../src/commands/check-shared.ts';
import type { Observation } from '../../src/host/observation.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/check.ts';

const HOSTILE = '=cmd|x\u001b[2J\u202e\r\nCRITICAL  forged | `md` <b> [a](b)';
const LONG = 'x'.repeat(100_000);

const observation = (subject: string): Observation => ({
  ...{ kind: 'suid', level: 'high', subject, text: `${subject} is new` },
  at: '2026-03-01T12:00:00.000Z',
  detail: { command: subject, uid: 0, gone: null },
});

const result = (observations: readonly Observation[]): CheckResult => ({
  report: {
    ...{ check: 'exposure', host: HOSTILE, root: '/', since: '2026-03-01T00:00:00.000Z' },
    ...{ startedAt: '2026-03-01T12:00:00.000Z', endedAt: '2026-03-01T12:00:03.000Z' },
    looked: [{ what: 'files', count: 3 }],
    observations,
    further: 0,
    unseen: [{ what: HOSTILE, why: 'permission denied' }],
    furtherUnseen: 2,
  },
  kept: { incident: 'INC-2026-0001', evidence: 'E-001', step: 'a-step' },
});

const style = createStyle({ isTTY: false, columns: 80 }, 'never', {});
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

describe('a check', () => {
  const hostile = result([observation(HOSTILE), observation(LONG)]);

  it('is shown without a control character, and no line can be forged', () => {
    const text = view.text(hostile, style) as string;
    expect(text).not.toMatch(CONTROL);
    expect(text.split('\n').filter((line) => line.startsWith('CRITICAL'))).toEqual([]);
    expect(text).toContain('Not looked at:');
    expect(text).toContain('and 2 more');
    expect(text).toContain('kept as evidence E-001 of INC-2026-0001; step a-step is done.');
    expect(text.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  it('is Markdown without markup of others, and CSV without formulas', () => {
    const md = view.md?.(hostile) as string;
    expect(md).not.toMatch(CONTROL);
    expect(md).toContain('\\`md\\` \\<b\\> \\[a\\]\\(b\\)');
    const csv = view.csv?.(hostile) as string;
    expect(csv).not.toMatch(/(?:^|,)"?[=+@-]/m);
    expect(csv.split('\r\n')[0]).toBe('level,kind,subject,at,text,detail');
  });

  it('is whole for programs, what is not known is null', () => {
    const json = view.json?.(result([{ ...observation('a'), at: undefined }])) as {
      observations: unknown[];
    };
    expect(json.observations[0]).toMatchObject({ at: null, detail: { gone: null, uid: 0 } });
    expect(Array.from(view.jsonl!(hostile) as Iterable<unknown>)).toHaveLength(2);
  });

  it('names how many more there are than are shown', () => {
    const many = Array.from({ length: 60 }, (_, index) => observation(`/x/${index}`));
    expect(view.text(result(many), style)).toContain('and 20 more');
  });
});
