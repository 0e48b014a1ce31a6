/** The month over incidents, and the charts of its metrics: drills and false positives are counted and in nothing else. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addNote } from '../../src/commands/add-note.ts';
import { closeIncident } from '../../src/commands/close-incident.ts';
import { metrics } from '../../src/commands/metrics.ts';
import { openIncident } from '../../src/commands/open-incident.ts';
import { monthlyReport } from '../../src/commands/report-monthly.ts';
import { updateIncident } from '../../src/commands/update-incident.ts';
import { view } from '../../src/terminal/views/metrics.ts';
import { testContext } from '../commands/test-context.ts';

const folder = mkdtempSync(join(tmpdir(), 'ir-monthly-'));
const contextIn = (format?: string) =>
  testContext({ cwd: folder, store: join(folder, '.ir'), ...(format && { format }) });
const text = (pieces: unknown): string => [...(pieces as Iterable<string>)].join('');
const STYLE = { width: 100, isTerminal: false, isUnicode: true, paint: PAINT() };

function PAINT(): never {
  const same = (one: string): string => one;
  return Object.assign(same, { bold: same, dim: same, cyan: same }) as never;
}

/** Title, detected, contained. Times in February and March; the clock stands on 2026-03-01. */
const CASES = [
  ['First', '2026-02-03T10:00:00Z', '2026-02-03T11:00:00Z', {}],
  ['Second | <b>', '2026-02-10T10:00:00Z', '2026-02-10T13:00:00Z', {}],
  ['Earlier', '2026-01-10T10:00:00Z', '2026-01-10T10:30:00Z', {}],
  ['Practice', '2026-02-11T10:00:00Z', '2026-02-21T10:00:00Z', { drill: true }],
  ['Nothing', '2026-02-12T10:00:00Z', '2026-02-22T10:00:00Z', { isFalse: true }],
] as const;

beforeAll(async () => {
  const context = contextIn();
  let id = 0;
  context.randomId = () => (id += 1).toString(16).padStart(32, '0');
  for (const [title, detected, contained, kind] of CASES) {
    const isDrill = 'drill' in kind;
    await openIncident(context, { title, severity: 'SEV2', detectedAt: detected, drill: isDrill });
    await updateIncident(context, { containedAt: contained });
    if ('isFalse' in kind)
      await closeIncident(context, {
        determination: 'false_positive',
        reason: 'a test',
        yes: true,
      });
    if (title === 'First')
      await addNote(
        context,
        'Rotate the keys @platform due 2026-02-20',
        { kind: 'action_item' },
        async () => '',
      );
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a month', () => {
  it('counts drills and false positives, and measures the others against the month before', async () => {
    const { text: written, model } = await monthlyReport(contextIn(), { month: '2026-02' });
    expect(model.counts).toEqual({
      ...{ incidents: 2, open: 2, closed: 0, drills: 1, falsePositives: 1, parts: 0 },
    });
    expect(model.metrics.find(({ name }) => name === 'MTTC')).toMatchObject({
      now: { n: 2, median: '2h', p90: '2h 48m' },
      before: { n: 1, median: '30m', p90: '30m' },
    });
    expect(model.incidents.map(({ title }) => title)).toEqual(['First', 'Second | <b>']);
    expect(model.tasks).toMatchObject([
      { incident: 'INC-2026-0001', title: 'Rotate the keys', owner: 'platform', isLate: true },
    ]);
    expect(written).toContain('2 incidents detected: 2 still open, 0 closed.');
    expect(written).toContain('Left out: 1 drill, 1 false positive, 0 that are part of another.');
    expect(written).toMatch(
      /\| MTTC \| time to contain \| 2h, p90 2h 48m \| 2 \| 30m, p90 30m \| 1 \|/,
    );
    expect(written).toMatch(/Rotate the keys \| platform \| 2026-02-20 \(late\) \|/);
    expect(written).not.toContain('<b>');
  });
  it('has its charts beside the Markdown, and in the page', async () => {
    const output = join(folder, 'feb.md');
    await monthlyReport(contextIn(), { month: '2026-02', output });
    expect(readFileSync(output, 'utf8')).toContain('](feb-metrics.svg)');
    const svg = readFileSync(join(folder, 'feb-metrics.svg'), 'utf8');
    expect(svg).toContain('2026-02 median 2h, 90th percentile 2h 48m, of 2');
    expect(svg).not.toMatch(/<script|href|url\(/);
    const page = await monthlyReport(contextIn('html'), { month: '2026-02' });
    expect(page.text).toContain('class="metric-median"');
    expect(page.text).toContain("default-src 'none'".replaceAll("'", '&#39;'));
  });
  it.each(['2026-13', 'March', '../x'])('refuses %s', async (month) =>
    expect(monthlyReport(contextIn(), { month })).rejects.toThrow('is no month'),
  );
  it('of which nothing is known is told as well', async () => {
    const { text: written } = await monthlyReport(contextIn(), { month: '2020-01' });
    expect(written).toContain('0 incidents detected');
    expect(written).toContain('| MTTD | time to detect | not known | 0 |');
  });
});

describe('charts of the metrics', () => {
  it('in a terminal', async () => {
    const { result } = await metrics(contextIn(), {});
    const shown = String(view.text(result, STYLE));
    expect(shown).toMatch(/MTTC, time to contain, by month/);
    expect(shown).toMatch(
      / {2}2026-01 +█+ +30m, p90 30m \(1\)\n {2}2026-02 +█+░+ +2h, p90 2h 48m \(2\)/,
    );
    expect(shown).toContain('left out: 1 drills, 1 false positives');
    const plain = String(view.text(result, { ...STYLE, isUnicode: false, width: 60 }));
    expect(plain).toMatch(/ {2}2026-02 +#+-+ /);
    for (const line of plain.split('\n').filter((one) => /^ {2}2026/.test(one)))
      expect(line.length).toBeLessThanOrEqual(60);
  });
  it('as a page and as a picture', async () => {
    const { result } = await metrics(contextIn(), {});
    const page = text(view.html!(result));
    expect(page.match(/<svg class="chart metrics"/g)).toHaveLength(1);
    expect(page).toContain('<td>2h, p90 2h 48m (2)</td>');
    expect(page).not.toContain('<script');
    expect(text([view.svg!(result)])).toContain('xmlns="http://www.w3.org/2000/svg"');
  });
});
