import { describe, expect, it } from 'vitest';
import { stagesOf } from '../../src/detect/attack.ts';
import type { FileAccount, Finding, Timeline } from '../../src/detect/finding.ts';
import { foldedOf } from '../../src/detect/fold-findings.ts';
import { untimedAdvice } from '../../src/logs/untimed.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/timeline.ts';
import { accountLines } from '../../src/terminal/views/timeline-account.ts';
import { account, finding } from '../store/sample-entries.ts';

const HOUR_US = 3_600_000_000;
const START_US = Date.parse('2026-03-01T08:00:00Z') * 1000;

const timelineOf = (findings: readonly Finding[], files: readonly FileAccount[]): Timeline => ({
  findings,
  stories: [],
  stages: stagesOf(findings),
  files,
  histogram: { startUs: START_US, bucketUs: HOUR_US, counts: [3, 1], marks: ['high', undefined] },
  totals: {
    ...{ events: 4, findings: 12_000 },
    byLevel: { critical: 1_000, high: 3_000, medium: 8_000, low: 0, informational: 0 },
  },
  top: { byRequests: [], byBytes: [], byFailedLogins: [], isApproximate: false },
  ...{
    brokenRules: [],
    rulesRun: 200,
    unmatchable: [],
    unreadable: 0,
    unread: [],
    whyNothing: undefined,
    foldedFindings: 0,
    hiddenFindings: 208,
  },
});

const render = (timeline: Timeline, columns: number): string[] =>
  [
    ...(view.text(
      { timeline, alerts: [], story: [], storyLength: 'short', isFlat: false, saved: undefined },
      createStyle({ isTTY: true, columns }, 'never', {}),
    ) as Iterable<string>),
  ]
    .join('')
    .split('\n');

const file = (changes: Partial<FileAccount>): FileAccount => ({
  ...account('var/log/host/nginx/access.log', 'ab'.repeat(32)),
  ...{ firstUs: START_US, lastUs: START_US + HOUR_US },
  ...changes,
});

describe('the timeline on a narrow terminal', () => {
  it.each([40, 44, 60, 80])('keeps every line within %i columns', (columns) => {
    const one = finding('a');
    const [evidence] = one.evidence;
    const long = {
      ...one,
      evidence: [{ ...evidence!, file: 'var/log/host/nginx/access.log', raw: 'GET /'.repeat(60) }],
    };
    const lines = render(timelineOf([long], [file({})]), columns);
    expect(lines.filter((line) => [...line].length > columns)).toEqual([]);
    const text = lines.join('\n');
    expect(text).toContain(`var/log/host/nginx/access.log:${evidence!.line}`);
    expect(text.replace(/\s+/g, ' ')).toContain('not shown (--level)');
  });
});

it('gives a finding that leads others its own span, beside that of the act', () => {
  const [one, other] = [finding('a'), finding('b')];
  const lead = { firstUs: START_US, lastUs: START_US + 100_000_000 };
  const act = { others: [foldedOf(other)], unnamed: 0, furtherValues: {}, lead };
  const leading = { ...one, count: 32, firstUs: START_US, lastUs: START_US + HOUR_US, act };
  const text = render(timelineOf([leading], [file({})]), 200).join('\n');
  expect(text).toMatch(/32 events in 1m 40s, until 20\d\d-/);
  expect(text).toMatch(/leads 1 more finding of this act \(/);
});

describe('the account of many files', () => {
  const style = createStyle({ isTTY: true, columns: 80 }, 'never', {});
  const accountOf = (files: readonly FileAccount[]): string =>
    [...accountLines({ files, brokenRules: [], rulesRun: 0, unmatchable: [] }, style)].join('');
  const clean = Array.from({ length: 195 }, (_, index) =>
    file({
      path: `host${index}.log`,
      format: 'syslog',
      lines: 10,
      parsed: 10,
      skipped: 0,
      skips: {},
    }),
  );

  it('adds up what was read in full and names each of the others', () => {
    const text = accountOf([
      ...clean,
      file({
        path: 'wtmp',
        format: '',
        lines: 0,
        parsed: 0,
        skipped: 0,
        skips: {},
        problem: 'binary file',
      }),
    ]);
    expect(text).toContain('195 files of syslog read in full: 1,950 lines, 1,950 parsed\n');
    expect(text).toContain('wtmp:\n  ! binary file\n');
    expect(text).not.toContain('host7.log');
  });

  it('lists every one of a few files', () => {
    expect(accountOf(clean.slice(0, 3))).toContain('host2.log: 10 lines of syslog, 10 parsed\n');
  });
});

describe('what the account of a file says', () => {
  const said = (changes: Partial<FileAccount>): string =>
    [
      ...accountLines(
        timelineOf([], [file(changes)]),
        createStyle({ isTTY: true, columns: 200 }, 'never', {}),
      ),
    ].join('');

  it('tells apart how many lines were read by their stamp alone', () => {
    expect(said({ format: 'generic', lines: 1200, parsed: 1200, generic: 1100 })).toContain(
      '1,200 lines of generic, 1,200 parsed (1,100 of them generic)',
    );
    expect(said({ lines: 2, parsed: 2, generic: 0 })).not.toContain('generic');
  });

  it('tells them apart where many files are added up', () => {
    const files = Array.from({ length: 50 }, (_, index) =>
      file({
        path: `a${index}.log`,
        format: 'generic',
        lines: 3,
        parsed: 3,
        generic: 2,
        skipped: 0,
        joined: 0,
        skips: {},
      }),
    );
    const text = [
      ...accountLines(
        timelineOf([], files),
        createStyle({ isTTY: true, columns: 200 }, 'never', {}),
      ),
    ].join('');
    expect(text).toContain('150 lines, 150 parsed (100 of them generic)');
  });

  it('says which setting adds the time that no line has', () => {
    expect(said({ advice: untimedAdvice('json-lines') })).toContain(
      'winston adds one with format.combine(',
    );
    expect(said({ advice: untimedAdvice('django') })).toContain('asctime');
    expect(said({})).not.toContain('no line has a time');
  });
});
