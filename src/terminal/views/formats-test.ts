/** Which samples of formats are not read as they say. */
import type { FormatTestResult } from '../../commands/formats.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir formats test` is shown. */
export const view: View<FormatTestResult> = {
  text({ formats }, { paint }) {
    const samples = formats.reduce((sum, format) => sum + format.samples, 0);
    const broken = formats.filter(({ failures }) => failures.length > 0);
    const lines = broken.flatMap(({ name, failures }) => [
      `${neutraliseLine(name)}: ${paint.red('not as it says')}`,
      ...failures.map((failure) => `  ${neutraliseLine(failure)}`),
    ]);
    const failed = broken.reduce((sum, { failures }) => sum + failures.length, 0);
    lines.push(
      `${formats.length} ${formats.length === 1 ? 'format' : 'formats'}, ${samples} samples: ${failed === 0 ? paint.green('all read as they say') : paint.red(`${failed} not`)}`,
    );
    return `${lines.join('\n')}\n`;
  },
  *jsonl({ formats }) {
    yield* formats;
  },
};
