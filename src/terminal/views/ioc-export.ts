import type { IocExport } from '../../commands/ioc-export.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How indicators are written out: a list as lines, a bundle as JSON. */
export const view: View<IocExport> = {
  text: ({ lines, document }) =>
    lines === undefined
      ? `${JSON.stringify(document, null, 2)}\n`
      : lines.map((line) => `${neutraliseLine(line)}\n`).join(''),
  json: ({ lines, document }) => document ?? { indicators: lines },
};
