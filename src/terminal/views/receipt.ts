import type { ReceiptResult } from '../../commands/table-result.ts';
import { wrap } from '../layout.ts';
import { nextLines } from '../next-lines.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';
import { cellText } from './table.ts';

/** How a command says what it wrote. */
export const view: View<ReceiptResult> = {
  text({ lines, next }, style) {
    const said = lines.flatMap((line) =>
      wrap(line.map((cell) => cellText(cell, style)).join(''), style.width),
    );
    const after = next.length === 0 ? [] : ['', ...nextLines('Next:', next, style)];
    return `${[...said, ...after].join('\n')}\n`;
  },
  json: ({ document }) => withNulls(document),
};
