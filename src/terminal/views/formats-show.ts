/** One log format: patterns, and samples with their events. */
import type { FormatShowResult } from '../../commands/formats.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { View } from '../view.ts';

/** How `ir formats show` is shown. */
export const view: View<FormatShowResult> = {
  text({ format, sources, forgeable, lines, phrases, samples }, { paint }) {
    const { name, title, url, programs, origin } = format;
    const list = (word: string, items: readonly string[]): string[] =>
      items.length === 0
        ? []
        : ['', paint.bold(word), ...items.map((item) => `  ${neutraliseLine(item)}`)];
    const rules = sources.map((source) =>
      Object.entries(source)
        .map(
          ([key, value]) =>
            `${key}: ${Array.isArray(value) ? value.join(', ') : JSON.stringify(value)}`,
        )
        .join('; '),
    );
    const output = [
      `${paint.bold(neutraliseLine(title))} (${name}${origin === 'user' ? ', your own' : ''})`,
      neutraliseLine(url),
      ...list('Programs of syslog', programs),
      ...list(
        'For rules',
        rules.filter((text) => text !== ''),
      ),
      ...list('Written by strangers', forgeable),
      ...list('Lines', lines),
      ...list('Messages', phrases),
      '',
      paint.bold('Samples'),
    ];
    for (const { lines: text, event } of samples) {
      output.push(...text.map((line) => `  ${neutraliseLine(line)}`));
      for (const [field, value] of Object.entries(event))
        output.push(paint.dim(`    ${field}: ${neutraliseLine(String(value))}`));
    }
    return `${output.join('\n')}\n`;
  },
};
