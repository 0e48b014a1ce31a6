/** The catalogue of actions. */
import type { CatalogueResult } from '../../commands/act.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir act` without an action is shown. */
export const view: View<CatalogueResult> = {
  text({ actions, problems }, style) {
    const heads = actions.map((action) =>
      `${action.id} ${action.arguments.map((name) => `<${name}>`).join(' ')}`.trim(),
    );
    const width = Math.max(0, ...heads.map((head) => head.length)) + 2;
    const lines = actions.map(({ title, risk }, index) => {
      const head = neutraliseLine(heads[index] ?? '').padEnd(width);
      return `${style.paint.bold(head)}${neutraliseLine(title)} ${style.paint.dim(`(${risk})`)}`;
    });
    return `${[...lines, ...problems.flatMap((one) => problemLines(one, style)), '', 'What one would do: ir act ACTION VALUES --dry-run'].join('\n')}\n`;
  },
};
