/** The settings in force, and where they come from. */
import type { ConfigResult } from '../../commands/config.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';
import { problemLines } from './playbook-check.ts';

const valueText = (value: unknown): string => {
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, one]) => `${key}: ${valueText(one)}`)
    .join('; ');
};

/** How `ir config show` is shown. */
export const view: View<ConfigResult> = {
  text({ settings, problems, files, withOrigin }, style) {
    const lines = settings.map(({ key, value, origin }) => {
      const from = withOrigin ? style.paint.dim(`  (${origin.path}:${origin.line ?? 1})`) : '';
      return `${style.paint.bold(neutraliseLine(key))}: ${neutraliseLine(valueText(value))}${from}`;
    });
    if (lines.length === 0) {
      const where = files.map(({ path }) => neutraliseLine(path)).join(' and ');
      lines.push(`Nothing is set. Settings are read from ${where}.`);
    }
    return `${[...lines, ...problems.flatMap((one) => problemLines(one, style))].join('\n')}\n`;
  },
  json: ({ settings, problems, files }) => ({
    settings: settings.map(({ key, value, origin: { path, line } }) => ({
      key,
      value,
      origin: { path, line },
    })),
    files,
    problems: problems.map(({ message, source, hint }) => ({ message, source, hint })),
  }),
};
