import type { TemplateList } from '../../commands/report.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir report --list` is shown. */
export const view: View<TemplateList> = {
  text: ({ templates }) =>
    templates
      .map(
        ({ name, origin, path }) =>
          `${neutraliseLine(name).padEnd(16)} ${origin.padEnd(8)} ${neutraliseLine(path)}\n`,
      )
      .join(''),
  json: ({ templates }) => templates,
};
