import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openIncident } from '../../src/commands/open-incident.ts';
import { complaint } from '../../src/terminal/prompts.ts';
import { testContext } from './test-context.ts';

let cwd: string;
beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'ir-answers-'));
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

/** Somebody who gives one answer after the other, until one is taken, as on a terminal. */
function answering(answers: Readonly<Record<string, readonly string[]>>, displayTz = 'UTC') {
  const own = mkdtempSync(join(cwd, 'store-'));
  const context = testContext({ cwd: own, displayTz, answers: {} });
  const heard: string[] = [];
  const initials: unknown[] = [];
  return {
    heard,
    initials,
    context: {
      ...context,
      ask: {
        ...context.ask,
        text: async ({ flag, initial, check }: Parameters<typeof context.ask.text>[0]) => {
          initials.push(initial);
          for (const answer of answers[flag] ?? []) {
            const problem = check === undefined ? undefined : complaint(answer, check, flag);
            if (problem === undefined) return answer;
            heard.push(problem);
          }
          throw new Error(`nothing was good enough for ${flag}`);
        },
        select: async <T>({ initial }: { initial?: T }) => initial as T,
        key: async <T>({ initial }: { initial?: T }) => initial as T,
      },
    },
  };
}

describe('ir open, with a day for a time', () => {
  it.each([
    ['today', '2026-03-01T00:00:00.000Z'],
    ['last night', '2026-02-28T18:00:00.000Z'],
    ['2026-02-28 10:00', undefined],
  ])('says what %s is read as', async (detectedAt, instant) => {
    const said: string[] = [];
    const plain = testContext({ cwd: mkdtempSync(join(cwd, 'store-')) });
    const context = { ...plain, say: (text: string) => said.push(text) };
    await openIncident(context, { title: 'x', detectedAt });
    expect(said.filter((text) => text.includes('is read as'))).toEqual(
      instant === undefined ? [] : [`--detected-at: "${detectedAt}" is read as ${instant}`],
    );
  });
});

describe('ir open, asked', () => {
  it('asks again after a wrong answer, and keeps the others', async () => {
    const { context, heard, initials } = answering({
      'ir open "TITLE"': ['x'.repeat(201), 'Web shell on web01'],
      '--detected-at': ['', 'half past nine', 'tomorrow', '2026-03-01 13:30', '02:50'],
    });
    const { incident } = await openIncident(context, {});
    expect(incident.title).toBe('Web shell on web01');
    expect(incident.times.detected).toBe('2026-03-01T02:50:00.000Z');
    expect(heard).toHaveLength(5);
    expect(heard.join('\n')).toMatch(/201 characters/);
    expect(heard.join('\n')).toMatch(/"half past nine" is not a time\. Write .*20 minutes ago/);
    expect(heard.join('\n')).toMatch(/13:30:00\.000Z\) lies in the future/);
    // Nobody who is asked has typed an option.
    expect(heard.join('\n')).not.toContain('--detected-at');
    // Enter must not date it now.
    expect(initials).toEqual([undefined, undefined]);
  });

  it('does not take a detection before the beginning', async () => {
    const { context, heard } = answering({
      '--detected-at': ['yesterday 23:00', '20 minutes ago'],
    });
    const title = 'SSH guessing';
    const { incident } = await openIncident(context, { title, occurredAt: '2026-03-01 02:00' });
    expect(heard).toEqual([expect.stringMatching(/would be before occurred/)]);
    expect(incident.times.detected).toBe('2026-03-01T11:40:00.000Z');
  });

  it('takes unknown for an answer, and dates no detection by itself', async () => {
    const { context } = answering({ '--detected-at': ['Unknown'] });
    const { incident } = await openIncident(context, { title: 'Told by a customer' });
    expect(incident.times.detected).toBeUndefined();
    expect(incident.times.declared).toBe('2026-03-01T12:00:00.000Z');
  });

  it('reads answers in --display-tz', async () => {
    const { context } = answering({ '--detected-at': ['02:50'] }, 'America/New_York');
    const { incident } = await openIncident(context, { title: 'At night in New York' });
    expect(incident.times.detected).toBe('2026-03-01T07:50:00.000Z');
  });

  it.each([
    [{ title: 'x'.repeat(201) }, '201 characters'],
    [{ occurredAt: '2026-03-01 10:00', detectedAt: '2026-03-01 09:00' }, 'would be before'],
  ])('refuses flags before the first question: %j', async (flags, message) => {
    const { context, initials } = answering({});
    await expect(openIncident(context, flags)).rejects.toThrow(message);
    expect(initials).toEqual([]);
  });
});
