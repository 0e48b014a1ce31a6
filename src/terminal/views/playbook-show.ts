/** One playbook, as a responder reads it before an incident. */
import type { PlaybookShowResult, ShownStep } from '../../commands/playbook.ts';
import { wrap } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';

/** How `ir playbook show` is shown. */
export const view: View<PlaybookShowResult> = {
  *text({ playbook, phases }, style) {
    const { paint } = style;
    const prose = (text: string, indent: string): string =>
      `${wrap(text, style.width - indent.length)
        .map((line) => indent + line)
        .join('\n')}\n`;
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
    for (const { playbook: id, why } of playbook.leadsTo)
      yield prose(`Leads to ${neutraliseLine(id)}: ${why}`, '');
    for (const { title, url } of playbook.references)
      yield `${neutraliseLine(title)}: ${neutraliseLine(url)}\n`;
  },
};

function stepLines(step: ShownStep, { paint, width }: Style): string[] {
  const prose = (text: string): string[] => wrap(text, width - 4).map((line) => `    ${line}`);
  const facts = [
    step.required ? 'required' : 'optional',
    step.owner,
    step.dueMs === undefined ? '' : `due after ${step.dueMs / 60_000} min`,
    step.dependsOn.length === 0 ? '' : `after ${step.dependsOn.join(', ')}`,
    step.when === undefined ? '' : `when ${step.whenText}`,
  ].filter((part) => part !== '');
  const lines = [
    `  ${paint.bold(neutraliseLine(step.id))}`,
    ...prose(step.title),
    ...prose(facts.join(', ')).map((line) => paint.dim(line)),
    ...prose(`Why: ${step.why}`),
    ...prose(step.instructions),
  ];
  const { command, commandText } = step;
  if (command === undefined || commandText === undefined) return lines;
  const show = (word: string, text: string | undefined): string[] =>
    text === undefined ? [] : [`    ${word}: ${paint.cyan(neutraliseLine(text))}`];
  return [
    ...lines,
    ...commandText.collectFirst.flatMap((text) => show('collect', text)),
    ...show(`run (${command.risk})`, commandText.run),
    ...show('verify', commandText.verify),
    ...show('undo', commandText.undo),
  ];
}
