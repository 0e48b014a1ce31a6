/** The interactive walk: one step at a time, every answer in the journal before the next question. */
import { IrError, refusedError } from '../errors.ts';
import { clockLines, NOT_LEGAL_ADVICE, openClocks } from '../incidents/clock-state.ts';
import type { Phase, StepState } from '../incidents/incident.ts';
import { type Checklist, type ChecklistStep, phaseAfter } from '../respond/checklist.ts';
import { leadsOf } from '../respond/next-playbooks.ts';
import { isTriageOnly } from '../respond/playbook.ts';
import { renderText, variablesOf } from '../respond/render-argv.ts';
import { variableProblem } from '../respond/variables.ts';
import { wrapText } from '../respond/wrap-text.ts';
import { answerBack, answerDone, answerNote, answerSkip, giveValue } from './checklist-answer.ts';
import { goOnWithPlaybook } from './checklist-playbook.ts';
import { executePlan, missingValues, planRun, type RunPlan } from './checklist-run.ts';
import {
  changedByOthers,
  checklistOf,
  enterPhase,
  refresh,
  type Session,
} from './checklist-session.ts';
import {
  detailText,
  helpText,
  phaseTitle,
  planText,
  readBackText,
  reportText,
  stepText,
} from './checklist-text.ts';
import type { Choice } from './context.ts';

type Answer = 'run' | 'done' | 'skip' | 'note' | 'back' | 'more' | 'help' | 'quit';

/** Walks a phase, and the ones after it while the user wants to. Returns the phase in which it stopped. */
export async function walk(session: Session, phase: Phase): Promise<Phase> {
  const told: Told = { steps: session.detail.steps };
  const end = await listen(session, told);
  try {
    return await walkOn(session, phase, told);
  } finally {
    await end?.();
  }
}

/** The steps as they stood when others' answers were last told. */
interface Told {
  steps: readonly StepState[];
}

/**
 * Where the store can tell, what others answer is shown while a question stands here. The question itself stays what it was: an
 * answer to a step that has one by then is refused.
 */
async function listen(session: Session, told: Told): Promise<(() => Promise<void>) | undefined> {
  const { store, ownTimes } = session;
  const { id } = session.detail.incident;
  const tell = async (): Promise<void> => {
    const detail = await store.load(id);
    sayOthers(session, changedByOthers({ detail, ownTimes }, told.steps));
    told.steps = detail.steps;
  };
  // What cannot be read now is read before the next question, which says why.
  return store.listen?.(id, () => void tell().catch(() => {}));
}

async function walkOn(session: Session, phase: Phase, told: Told): Promise<Phase> {
  let current = phase;
  let shown: string | undefined;
  let suggested: Answer | undefined;
  for (;;) {
    assertNotInterrupted(session);
    await refresh(session);
    sayOthers(session, changedByOthers(session, told.steps));
    told.steps = session.detail.steps;
    const list = checklistOf(session, current);
    const item = list.next;
    if (item === undefined) {
      const next = await offerNextPhase(session, list);
      if (next === undefined) return current;
      current = next;
      continue;
    }
    if (shown !== item.step.id)
      session.context.say(stepText(session, list, item) + clocksText(session));
    shown = item.step.id;
    const answer = await askAnswer(session, list, item, suggested);
    suggested = undefined;
    if (answer === 'quit') return current;
    const end = await tryAnswer(session, list, item, answer);
    if (end === 'ran') suggested = 'done';
    if (end === 'back') shown = undefined;
  }
}

/** What another responder did to this incident while a question stood here. */
function sayOthers({ context, playbook, values }: Session, steps: readonly StepState[]): void {
  const words = { done: 'done', waived: 'skipped', pending: 'opened again' };
  for (const { stepId, status, actor, reason } of steps) {
    const title = playbook.steps.find(({ id }) => id === stepId)?.title ?? '';
    const why = reason === '' ? '' : `: ${reason}`;
    const text = `${actor}: ${stepId} ${words[status]}${why} (${renderText(title, values)})`;
    context.say(wrapText(text, context.columns ?? 80, '* ').join('\n'));
  }
}

/** The clocks that run, below each step: whoever works on one must see the time go. */
function clocksText({ context, detail }: Session): string {
  const open = clockLines(openClocks(detail.clocks), context.now());
  if (open.length === 0) return '';
  const lines = open.map(({ number, title, countdown }) => `  ${number} ${title}: ${countdown}`);
  return `\nClocks:\n${lines.join('\n')}\n  ${NOT_LEGAL_ADVICE}`;
}

function assertNotInterrupted({ context }: Session): void {
  if (context.signal.aborted) throw refusedError('stopped; everything answered so far is kept');
}

async function askAnswer(
  session: Session,
  list: Checklist,
  { step, runs }: ChecklistStep,
  suggested: Answer | undefined,
): Promise<Answer> {
  const canGoBack = list.steps.some(({ status }) => status === 'done' || status === 'waived');
  const hasMore = step.command !== undefined || runs.length > 0;
  const choices: (Choice<Answer> & { key: string })[] = [
    ...(step.command === undefined ? [] : [{ key: 'r', name: 'run', value: 'run' as const }]),
    { key: 'd', name: 'done', value: 'done' },
    { key: 's', name: 'skip', value: 'skip' },
    { key: 'n', name: 'note', value: 'note' },
    ...(canGoBack ? [{ key: 'b', name: 'back', value: 'back' as const }] : []),
    ...(hasMore ? [{ key: 'm', name: 'more', value: 'more' as const }] : []),
    { key: '?', name: 'help', value: 'help' },
    { key: 'q', name: 'quit', value: 'quit' },
  ];
  return await session.context.ask.key({
    message: step.id,
    flag: `--done ${step.id}`,
    choices,
    ...(suggested === undefined ? {} : { initial: suggested }),
  });
}

/** A refusal is said and the question asked again; everything else ends the walk. */
async function tryAnswer(
  session: Session,
  list: Checklist,
  item: ChecklistStep,
  answer: Exclude<Answer, 'quit'>,
): Promise<'ran' | 'back' | undefined> {
  const { context } = session;
  try {
    return await applyAnswer(session, list, item, answer);
  } catch (error) {
    if (!(error instanceof IrError) || context.signal.aborted || ![2, 6].includes(error.exit))
      throw error;
    context.say(error.hint === undefined ? error.message : `${error.message}\n${error.hint}`);
    return undefined;
  }
}

async function applyAnswer(
  session: Session,
  list: Checklist,
  item: ChecklistStep,
  answer: Exclude<Answer, 'quit'>,
): Promise<'ran' | 'back' | undefined> {
  const { ask } = session.context;
  const { id } = item.step;
  switch (answer) {
    case 'run':
      return (await runInWalk(session, item)) ? 'ran' : undefined;
    case 'done':
      for (const name of item.step.asks) await askValue(session, name);
      await answerDone(session, item, '');
      return undefined;
    case 'skip': {
      const message = `Why is it skipped? ${OR_LEAVE}`;
      const reason = await ask.text({ message, flag: `--skip ${id} --reason` });
      if (reason !== '') await answerSkip(session, item, reason);
      return undefined;
    }
    case 'note': {
      const note = await ask.text({ message: `Note ${OR_LEAVE}`, flag: '--note' });
      if (note !== '') await answerNote(session, item, note);
      return undefined;
    }
    case 'back':
      return (await takeBack(session, list)) ? 'back' : undefined;
    case 'more':
      session.context.say(detailText(session, item));
      return undefined;
    case 'help':
      session.context.say(helpText(session, item));
      return undefined;
  }
}

/** Whoever chose the wrong answer gets back to the choice without a made-up text. */
const OR_LEAVE = '(nothing: leave it)';

/** Opens an answered step of the phase again, by an entry of its own. Returns false when the user left it after all. */
async function takeBack(session: Session, list: Checklist): Promise<boolean> {
  const { ask } = session.context;
  const answered = list.steps.filter(({ status }) => status === 'done' || status === 'waived');
  const [last] = answered.toReversed();
  if (last === undefined) throw refusedError('no step of this phase has an answer yet');
  const leave = undefined;
  const chosen =
    answered.length === 1
      ? last
      : await ask.select({
          message: 'Which answer is corrected?',
          flag: '--back STEP',
          choices: [
            ...answered.toReversed().map((item) => ({
              name: `${item.step.id} (${item.status === 'done' ? 'done' : 'skipped'})`,
              value: item,
              description: renderText(item.step.title, session.values),
            })),
            { name: 'none, leave it', value: leave },
          ],
        });
  if (chosen === leave) return false;
  const reason = await ask.text({
    message: `Why is ${chosen.step.id} opened again? ${OR_LEAVE}`,
    flag: `--back ${chosen.step.id} --reason`,
  });
  if (reason === '') return false;
  await answerBack(session, chosen, reason);
  return true;
}

/** Returns true when the command ran. */
async function runInWalk(session: Session, item: ChecklistStep): Promise<boolean> {
  const { context } = session;
  const { command } = item.step;
  if (command === undefined) return false;
  for (const name of missingValues(session, command)) await askValue(session, name);
  let plan = await planRun(session, item, false);
  for (;;) {
    context.say(planText(session, plan));
    const choice = await confirmPlan(session, plan, variablesOf(command).length > 0);
    if (choice === 'leave') return false;
    if (choice === 'run') break;
    for (const name of variablesOf(command)) await askValue(session, name);
    plan = await planRun(session, item, false);
  }
  const flags =
    plan.risk === 'destructive'
      ? {
          reason: await context.ask.text({
            message: 'It cannot be taken back. Why is it done?',
            flag: `--run ${plan.stepId} --reason`,
            required: true,
          }),
        }
      : {};
  // What was shown with sudo was confirmed so.
  const actionCase = { ...plan.actionCase, sudo: true };
  const reports = await executePlan(session, item, { ...plan, actionCase }, flags);
  for (const report of reports) context.say(reportText(session, report));
  const readBack = plan.risk === 'read' ? '' : readBackText(session, plan);
  if (readBack !== '') context.say(readBack);
  return true;
}

async function confirmPlan(
  session: Session,
  plan: RunPlan,
  hasValues: boolean,
): Promise<'run' | 'change' | 'leave'> {
  const { ask } = session.context;
  const flag = `--run ${plan.stepId} --yes`;
  const choice = await ask.key<'run' | 'change' | 'leave'>({
    message: 'Run it now?',
    flag: plan.lacksRoot ? `${flag} --sudo` : flag,
    choices: [
      {
        key: 'n',
        name: plan.lacksRoot ? 'no: root is needed, I run it myself' : 'no, leave it',
        value: 'leave',
      },
      {
        key: 'y',
        name: plan.lacksRoot ? 'run it with sudo, as shown' : 'run it',
        value: 'run',
      },
      ...(hasValues ? [{ key: 'v', name: 'use other values', value: 'change' as const }] : []),
    ],
  });
  if (choice !== 'run' || plan.target === '') return choice;
  const typed = await ask.text({
    message: `This is ${plan.risk}. Type ${plan.target} to run it, or nothing to leave it`,
    flag: `${flag} --confirm ${plan.target}`,
  });
  return typed === plan.target ? 'run' : 'leave';
}

/** Asks for a variable: from its choices, from what the findings propose, or as text. */
async function askValue(session: Session, name: string): Promise<void> {
  const variable = session.playbook.variables.find((candidate) => candidate.name === name);
  if (variable === undefined) return;
  const { ask } = session.context;
  const flag = `--var ${name}=VALUE`;
  const known = session.values[name];
  const proposed =
    variable.choices.length > 0 ? variable.choices : (session.candidates[name] ?? []);
  const other = '';
  if (proposed.length > 0) {
    const choices = proposed.slice(0, 20).map((value) => ({ name: value, value }));
    if (variable.choices.length === 0) choices.push({ name: 'another value', value: other });
    const chosen = await ask.select({
      message: variable.description,
      flag,
      choices,
      ...(known === undefined || !proposed.includes(known) ? {} : { initial: known }),
    });
    if (chosen !== other) return await giveValue(session, name, chosen);
  }
  for (;;) {
    const value = await ask.text({
      message: variable.description,
      flag,
      required: true,
      ...(known === undefined ? {} : { initial: known }),
    });
    const problem = await variableProblem(variable, value);
    if (problem === undefined) return await giveValue(session, name, value);
    session.context.say(problem);
  }
}

/** All steps answered: offers the next phase. Returns it when it was entered. */
async function offerNextPhase(session: Session, list: Checklist): Promise<Phase | undefined> {
  const { context, detail } = session;
  const next = phaseAfter(list.phase);
  context.say(`\n${phaseTitle(list.phase)}: all steps are answered.`);
  for (const lead of isTriageOnly(session.playbook)
    ? []
    : leadsOf(session.playbook, detail, session.values))
    context.say(
      wrapText(`See also the playbook ${lead.playbook}: ${lead.why}`, context.columns ?? 80).join(
        '\n',
      ),
    );
  if (list.phase !== detail.incident.phase) return undefined;
  if (isTriageOnly(session.playbook))
    return (await goOnWithPlaybook(session)) ? 'triage' : undefined;
  if (next === undefined) {
    context.say('Write the post-mortem with "ir report", then close the incident with "ir close".');
    return undefined;
  }
  const goesOn = await context.ask.confirm({
    message: `Enter ${phaseTitle(next).toLowerCase()} now?`,
    flag: '--advance',
    initial: true,
  });
  if (!goesOn) return undefined;
  await enterPhase(session, next, '');
  return next;
}
