/** A file of answers to checklist steps, for scripts: `ir contain --answers file.yml`. */
import { readFile } from 'node:fs/promises';
import { EXIT, IrError, messageOf } from '../errors.ts';
import { type Problem, parseYaml, problemsOf } from '../yaml.ts';

/** One answer of an answers file, with its place. */
export interface FileAnswer {
  step: string;
  answer: 'run' | 'done' | 'skip';
  note: string;
  reason: string;
  /** Name of the target, for disruptive and destructive commands. */
  confirm: string | undefined;
  /** Values of variables. */
  values: Readonly<Record<string, string>>;
}

/**
 * Reads and checks the whole file before anything is applied.
 * @throws IrError (exit 4) when it cannot be read, (exit 3) with the place of the first problem
 */
export async function readAnswersFile(path: string): Promise<readonly FileAnswer[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new IrError(`cannot read the answers: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Give --answers the path of a YAML file.',
    });
  }
  return await parseAnswers(text, path);
}

/** Checks the text of an answers file; see `readAnswersFile`. */
export async function parseAnswers(text: string, path: string): Promise<readonly FileAnswer[]> {
  const document = parseYaml(text, path);
  throwFirst(document.problems);
  const { z } = await import('zod');
  const prose = z.string().max(10_000).default('');
  const answer = z.strictObject({
    step: z.string().min(1).max(200),
    answer: z.enum(['run', 'done', 'skip']),
    note: prose,
    reason: prose,
    confirm: z.string().max(200).optional(),
    values: z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), z.string().max(1000)).default({}),
  });
  const schema = z.array(answer).max(1000);
  const checked = schema.safeParse(document.value);
  if (!checked.success) throwFirst(problemsOf(checked.error, document, schema));
  const answers = (checked.data ?? []).map((item) => ({ ...item, confirm: item.confirm }));
  const unexplained = answers.findIndex(
    (item) => item.answer === 'skip' && item.reason.trim() === '',
  );
  if (unexplained !== -1) {
    throwFirst([
      {
        message: `skipping "${answers[unexplained]?.step}" needs a reason`,
        source: document.placeOf([unexplained]),
        hint: 'Add the key reason.',
      },
    ]);
  }
  return answers;
}

function throwFirst(problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : '';
  throw new IrError(`${first.message}${more}`, {
    exit: EXIT.invalidTemplate,
    source: first.source,
    hint: first.hint ?? 'An answers file is a list of {step, answer: done|skip|run, note, reason}.',
  });
}
