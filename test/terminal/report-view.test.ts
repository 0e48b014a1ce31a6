import { describe, expect, it } from 'vitest';
import type { ReportResult } from '../../src/commands/report.ts';
import { createStyle } from '../../src/terminal/style.ts';
import { view } from '../../src/terminal/views/report.ts';
import { emptyDetail, modelOf } from '../reports/sample-model.ts';

const style = createStyle({}, 'never', {});
const model = modelOf(emptyDetail());
const result = (path: string | undefined): ReportResult => ({
  ...{ incident: 'INC-2026-0001', template: 'postmortem', path, sha256: 'ab'.repeat(32) },
  ...{ model, text: '# Report\n', questions: model.questions, isRecorded: true },
});

describe('the report view', () => {
  it('gives the Markdown itself when it went nowhere', () => {
    expect([...(view.text(result(undefined), style) as Iterable<string>)].join('')).toBe(
      '# Report\n',
    );
    expect([...(view.md!(result(undefined)) as Iterable<string>)].join('')).toBe('# Report\n');
    expect(view.json?.(result(undefined))).toBe(model);
  });

  it('says where it was written and how many questions are left', () => {
    const text = String(view.text(result('/case/\u001b[31mout.md'), style));
    expect(text).toContain('/case/\\x1b[31mout.md');
    expect(text).toContain(`${model.questions.length} questions left`);
    expect(text).not.toContain('\u001b');
    expect(view.json?.(result('/case/out.md'))).toMatchObject({
      questions: model.questions.length,
    });
  });
});
