/** Pages of hostile text: a timeline and reports. */
import { reportHtml } from '../../src/commands/report-html.ts';
import type { PageItem } from '../../src/pages/page-item.ts';
import { timelinePage } from '../../src/pages/timeline-page.ts';
import { findTemplate, readPartials, readTemplate } from '../../src/reports/load-templates.ts';
import { renderTemplate } from '../../src/reports/render-template.ts';
import { emptyDetail, modelOf } from '../reports/sample-model.ts';
import { finding } from '../store/sample-entries.ts';
import { HOSTILE } from './hostile-strings.ts';

const START = Date.UTC(2026, 2, 1, 22) * 1000;
const LEVELS = ['critical', 'high', 'medium', 'low', 'informational'] as const;

const item = (text: string, index: number): PageItem => ({
  ...{ number: text, side: 'attacker', atUs: START + index * 60_000_000, untilUs: undefined },
  ...{
    level: LEVELS[index % 5],
    title: text,
    tactics: ['execution', text],
    techniques: ['T1059', text],
  },
  ...{
    count: index,
    source: text,
    notes: [text],
    entities: [
      ['source.ip', text],
      ['user.name', `u ${text}`],
    ],
  },
  lines: [
    { place: text, text },
    { place: text, text, isAround: true },
  ],
});

/** A timeline in which every text of a row is one of these, and all else is hostile. */
export function hostileTimeline(texts: readonly string[]): string {
  const items = texts.map(item);
  const rows = HOSTILE.slice(0, 20).map((value, count) => ({ value, count }));
  return [
    ...timelinePage({
      title: HOSTILE[4]!,
      items,
      events: { startUs: START, bucketUs: 600_000_000, counts: [1, 5, 2, 0, 9] },
      totals: {
        files: 1,
        lines: 9,
        events: 9,
        byLevel: { critical: 1, high: 1, medium: 1, low: 1, informational: 1 },
      },
      firstUs: START,
      lastUs: START + 1,
      stories: [{ title: HOSTILE[0]!, statements: HOSTILE.map((text) => ({ label: text, text })) }],
      top: { byRequests: rows, byBytes: rows, byFailedLogins: rows },
      remarks: HOSTILE,
      files: HOSTILE.map((text) => ({
        path: text,
        format: text,
        sha256: text,
        lines: 1,
        parsed: 1,
        joined: 0,
        skipped: 0,
        problem: text,
      })),
      techniques: { nameOf: (id) => `${id} ${HOSTILE[0]}`, tacticsOf: () => [] },
    }),
  ].join('');
}

/** A post-mortem in which people and logs wrote nothing but that. */
export async function hostileReport(texts: readonly string[], isPrinted = false): Promise<string> {
  const base = finding('beef');
  const findings = texts.map((text, index) => ({
    ...base,
    id: `${index}`.padStart(16, '0'),
    rule: { ...base.rule, title: text },
    entities: { 'user.name': [text] },
    evidence: [{ ...base.evidence[0]!, file: text, raw: text }],
  }));
  const detail = emptyDetail({ findings });
  Object.assign(detail.incident, { title: texts[2], description: texts.join('\n') });
  const model = modelOf(detail);
  const file = await findTemplate('postmortem', process.cwd(), {});
  const text = renderTemplate(await readTemplate(file), file.path, model, await readPartials({}));
  return reportHtml(text, { model, file, detail }, isPrinted);
}
