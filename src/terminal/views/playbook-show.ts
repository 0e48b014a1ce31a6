/** One playbook, as a responder reads it before an incident. */
import type { PlaybookShowResult } from '../../commands/playbook.ts';
import type { Step } from '../../respond/playbook.ts';
import { quoteArgv } from '../../respond/render-argv.ts';
import { wrapText } from '../../respond/wrap-text.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

export const view: View<PlaybookShowResult> = {
  *text({ playbook, phases }, style) {
    const { paint } = style;
    const prose = (text: string, indent: string): string =>
      `${wrapText(neutraliseLine(text), style.width, indent).join('\n')}\n`;
    yield `${paint.bold(neutraliseLine(playbook.title))} (${playbook.id})\n${prose(playbook.summary, '')}`;
    if (playbook.appliesTo.techniques.length > 0) {
      yield prose(`ATT&CK: ${playbook.appliesTo.techniques.join(', ')}`, '');
    }
    yield `\n${paint.bold('Variables')}\n`;
    for (const variable of playbook.variables) {
      const source = [
        variable.from === undefined ? '' : `from ${variable.from}`,
        variable.default === undefined ? '' : `default ${variable.default}`,
        variable.choices.length === 0 ? '' : variable.choices.join('|'),
      ].filter((part) => part !== '');
      yield `  ${neutraliseLine(variable.name)} (${[variable.type, ...source].map(neutraliseLine).join(', ')})\n`;
      yield prose(variable.description, '    ');
    }
    for (const { phase, steps } of phases) {
      yield `\n${paint.bold(phase.toUpperCase())}\n`;
      for (const step of steps) yield `${stepLines(step, style).join('\n')}\n`;
    }
    for (const { title, url } of playbook.references)
      yield `${neutraliseLine(title)}: ${neutraliseLine(url)}\n`;
  },
};

function stepLines(step: Step, { paint, width }: Style): string[] {
  const prose = (text: string): string[] => wrapText(neutraliseLine(text), width, '    ');
  const facts = [
    step.required ? 'required' : 'optional',
    step.owner,
    step.dueMs === undefined ? '' : `due after ${step.dueMs / 60_000} min`,
    step.dependsOn.length === 0 ? '' : `after ${step.dependsOn.join(', ')}`,
    step.when === undefined ? '' : 'only when its condition holds',
  ].filter((part) => part !== '');
  const lines = [
    `  ${paint.bold(neutraliseLine(step.id))}`,
    ...prose(step.title),
    ...prose(facts.join(' · ')).map((line) => paint.dim(line)),
    ...prose(`Why: ${step.why}`),
    ...prose(step.instructions),
  ];
  const { command } = step;
  if (command === undefined) return lines;
  const show = (word: string, argv: readonly string[] | undefined): string[] =>
    argv === undefined ? [] : [`    ${word}: ${paint.cyan(neutraliseLine(quoteArgv(argv)))}`];
  return [
    ...lines,
    ...command.collectFirst.flatMap((argv) => show('collect', argv)),
    ...show(`run (${command.risk})`, command.run),
    ...show('verify', command.verify?.run),
    ...show('undo', command.undo),
  ];
}
