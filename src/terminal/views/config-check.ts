/** What is wrong in the configuration: place, text, caret, hint. */
import type { ConfigResult } from '../../commands/config.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

/** How `ir config check` is shown. */
export const view: View<ConfigResult> = {
  text({ files, problems, settings }, style) {
    const lines = files.map(({ path, isThere }) => {
      const count = problems.filter(({ source }) => source?.path === path).length;
      const state =
        count > 0
          ? style.paint.red(`${count} ${count === 1 ? 'mistake' : 'mistakes'}, left out`)
          : isThere
            ? style.paint.green('valid')
            : style.paint.dim('not there');
      return `${neutraliseLine(path)}: ${state}`;
    });
    const count = `${settings.length} ${settings.length === 1 ? 'setting' : 'settings'} in force`;
    return `${[...lines, ...problems.flatMap((one) => problemLines(one, style)), count].join('\n')}\n`;
  },
  json: ({ files, problems, settings }) => ({
    files,
    problems: problems.map(({ message, source, hint }) => ({ message, source, hint })),
    settings: settings.length,
  }),
};
