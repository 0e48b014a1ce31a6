/** What `ir serve --write` writes: through the same commands as the terminal, so with the same checks, and never an action. */
import type { Act } from '../serve/act.ts';
import type { CommandContext } from './context.ts';

/** Writes it. @returns what was written, for people. @throws IrError where it is refused */
export async function writeAct(context: CommandContext, act: Act): Promise<string> {
  const about = 'incident' in act ? ofIncident(context, act.incident) : quiet(context);
  switch (act.act) {
    case 'note': {
      const { addNote } = await import('./add-note.ts');
      // A text is a text here, also the one that means standard input to a terminal.
      const { seq } = await addNote(about, act.text, {}, () => Promise.resolve(act.text));
      return `Noted as entry ${seq}.`;
    }
    case 'step':
      return answerStep(about, act);
    case 'acknowledge': {
      const { acknowledgeAlerts } = await import('./alerts.ts');
      await acknowledgeAlerts(about, [act.alert], { reason: act.reason });
      return `${act.alert} is taken on by ${context.settings.actor}.`;
    }
    case 'silence': {
      const { addSilence } = await import('./alerts.ts');
      const { entity, rule, level, reason } = act;
      await addSilence(about, { entity, rule, level, reason, for: act.for });
      return `Silent for ${act.for}.`;
    }
  }
}

/** Never with `run`: what a step would run stays to the terminal. */
async function answerStep(
  context: CommandContext,
  { step, answer, text, values = [] }: Extract<Act, { act: 'step' }>,
): Promise<string> {
  const { runChecklist } = await import('./checklist.ts');
  const flags =
    answer === 'done'
      ? { done: [step], note: text }
      : answer === 'skip'
        ? { skip: [step], reason: text }
        : { back: step, reason: text };
  await runChecklist(context, { ...flags, ...(values.length > 0 && { var: values }) });
  return `${step}: ${SAID[answer]}.`;
}

const SAID = { done: 'done', skip: 'skipped', back: 'open again' } as const;

/** Nobody is asked: a page is no terminal. */
const quiet = (context: CommandContext): CommandContext => ({
  ...context,
  ask: { ...context.ask, isPossible: false },
});

const ofIncident = (context: CommandContext, incident: string): CommandContext =>
  quiet({ ...context, settings: { ...context.settings, incident } });
