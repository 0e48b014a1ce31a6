/** Answers given by flags or by a file: applied in order, each kept when it is, stopping at the first refusal. */
import { EXIT, type ExitCode, IrError, usageError } from '../errors.ts';
import type { Phase } from '../incidents/incident.ts';
import { quoteArgv } from '../processes/quote.ts';
import { readAnswersFile } from '../respond/answers-file.ts';
import { answerBack, answerDone, answerNote, answerSkip, giveValue } from './checklist-answer.ts';
import {
  assertConfirmed,
  executePlan,
  planRun,
  type RunPlan,
  type RunReport,
} from './checklist-run.ts';
import { checklistOf, findStep, type Session } from './checklist-session.ts';

/** Flags that answer a step without a prompt. */
export interface AnswerFlags {
  run?: readonly string[];
  done?: readonly string[];
  skip?: readonly string[];
  back?: string;
  note?: string;
  reason?: string;
  second?: string;
  answers?: string;
  yes?: boolean;
  confirm?: string;
  sudo?: boolean;
  dryRun?: boolean;
}

/** Options of `ir respond` and the commands of single phases. */
export interface ChecklistOptions extends AnswerFlags {
  /** The phase of the command; undefined: where the incident stands. */
  phase?: Phase;
  list?: boolean;
  advance?: boolean;
  var?: readonly string[];
  playbook?: string;
  /** Run commands there, over ssh. */
  host?: string;
}

/** One answer to be given. */
interface Request {
  kind: 'run' | 'done' | 'skip' | 'back' | 'note';
  stepId: string;
  /** The note of a done step, the reason of a skipped one, or the note's text. */
  text: string;
  confirm: string | undefined;
  values: Readonly<Record<string, string>>;
}

/** An answer from a flag or a file that was stored. */
export interface AppliedAnswer {
  step: string;
  answer: Request['kind'];
  plan?: RunPlan;
  runs?: readonly RunReport[];
}

/** What became of all answers that were given at once. */
export interface AppliedAnswers {
  applied: readonly AppliedAnswer[];
  stopped: { step: string; message: string; hint: string | undefined } | undefined;
  exit: ExitCode;
}

/** True when the flags answer anything. */
export const hasAnswers = (flags: AnswerFlags): boolean =>
  [flags.run, flags.done, flags.skip].some((list) => (list ?? []).length > 0) ||
  flags.back !== undefined ||
  flags.note !== undefined ||
  flags.answers !== undefined;

/** Applies the answers. The first refusal is thrown when nothing came before it, else reported in `stopped`. */
export async function applyAnswers(
  session: Session,
  flags: AnswerFlags,
  phase: Phase,
): Promise<AppliedAnswers> {
  const requests = await readRequests(session, flags, phase);
  const applied: AppliedAnswer[] = [];
  for (const request of requests) {
    try {
      const answer = await applyOne(session, request, flags);
      applied.push(answer);
      const failed = answer.runs?.find((run) => !run.isOk);
      if (failed !== undefined) {
        const code = failed.result.failure ?? `exit code ${failed.result.exitCode}`;
        const end = failed.reason === '' ? code : failed.reason;
        return {
          applied,
          stopped: {
            step: request.stepId,
            message: `the command failed: ${quoteArgv(failed.argv)}: ${end}`,
            hint: 'Read the state back before you run it again.',
          },
          exit: EXIT.actionFailed,
        };
      }
    } catch (error) {
      if (!(error instanceof IrError) || applied.length === 0) throw error;
      const { message, hint, exit } = error;
      return { applied, stopped: { step: request.stepId, message, hint }, exit };
    }
  }
  return { applied, stopped: undefined, exit: EXIT.done };
}

async function readRequests(
  session: Session,
  flags: AnswerFlags,
  phase: Phase,
): Promise<Request[]> {
  const { note = '', reason = '', confirm } = flags;
  const request = (kind: Request['kind'], stepId: string, text: string): Request => ({
    kind,
    stepId,
    text,
    confirm,
    values: {},
  });
  const requests = [
    ...(flags.run ?? []).map((id) => request('run', id, '')),
    ...(flags.done ?? []).map((id) => request('done', id, note)),
    ...(flags.skip ?? []).map((id) => request('skip', id, reason)),
    ...(flags.back === undefined ? [] : [request('back', flags.back, reason)]),
  ];
  if (flags.note !== undefined && (flags.done ?? []).length === 0) {
    const stepId =
      flags.run?.[0] ?? flags.skip?.[0] ?? flags.back ?? checklistOf(session, phase).next?.step.id;
    if (stepId === undefined) throw usageError('no step waits for a note', 'Use: ir note TEXT');
    requests.push(request('note', stepId, note));
  }
  const fromFile = flags.answers === undefined ? [] : await readAnswersFile(flags.answers);
  for (const item of fromFile) {
    const text = item.answer === 'skip' ? item.reason : item.note;
    requests.push({
      ...request(item.answer, item.step, text),
      confirm: item.confirm ?? confirm,
      values: item.values,
    });
  }
  return requests;
}

async function applyOne(
  session: Session,
  request: Request,
  flags: AnswerFlags,
): Promise<AppliedAnswer> {
  const { kind, stepId, text } = request;
  for (const [name, value] of Object.entries(request.values)) await giveValue(session, name, value);
  const item = findStep(session, stepId);
  const answer = { step: stepId, answer: kind };
  if (kind === 'run') {
    const ready = await planRun(session, item, flags.sudo === true);
    const { action: _, actionCase: __, ...plan } = ready;
    if (flags.dryRun === true) return { ...answer, plan };
    assertConfirmed(plan, { ...flags, confirm: request.confirm });
    return { ...answer, plan, runs: await executePlan(session, item, ready, flags) };
  }
  if (flags.dryRun === true) return answer;
  if (kind === 'done') await answerDone(session, item, text);
  else if (kind === 'skip') await answerSkip(session, item, text);
  else if (kind === 'back') await answerBack(session, item, text);
  else await answerNote(session, item, text);
  return answer;
}
