/** What the output of a command must be like; the program looks, not only a person. Pure. */
import { fillPlaceholders, placeholdersIn } from './placeholder.ts';

/** One condition. Of those that are set, all must hold. */
export interface Expectation {
  /** Path into the output as JSON; what it finds is compared, each value on its own. */
  json?: string | undefined;
  /** The whole output without blanks around it, or one of the values. */
  equals?: string | undefined;
  contains?: string | undefined;
  /** Occurs nowhere. */
  absent?: string | undefined;
  /** One line is this, without blanks around it. */
  line?: string | undefined;
  no_line?: string | undefined;
  /** The output, or one of the values, is a number from here on. */
  at_least?: number | undefined;
  at_most?: number | undefined;
  /** Exit code; without it only 0 counts as an answer. */
  exit?: number | undefined;
}

/** What a command gave back, as far as it is looked at. */
export interface Output {
  exitCode: number | undefined;
  /** Why there is no exit code. */
  failure: string | undefined;
  text: string;
  errorText: string;
}

/** Whether the conditions hold; `unknown` where the state could not be read. */
export interface Judgement {
  state: 'holds' | 'fails' | 'unknown';
  /** What is not as it must be; empty where all holds. */
  reason: string;
}

/**
 * Do all conditions hold? A command that failed says nothing about the state, so that no "absent" holds because the
 * program was not there.
 */
export function judge(conditions: readonly Expectation[], output: Output): Judgement {
  if (output.exitCode === undefined) return unknown(output.failure ?? 'there is no exit code');
  for (const condition of conditions) {
    if (condition.exit === undefined && output.exitCode !== 0) {
      const [said = ''] = output.errorText.trim().split('\n');
      return unknown(`exit code ${output.exitCode}${said === '' ? '' : `: ${said.slice(0, 200)}`}`);
    }
    const reason = whyNot(condition, output);
    if (reason !== undefined) return reason;
  }
  return { state: 'holds', reason: '' };
}

const unknown = (reason: string): Judgement => ({ state: 'unknown', reason });

function whyNot(condition: Expectation, { exitCode, text }: Output): Judgement | undefined {
  const fails = (reason: string): Judgement => ({ state: 'fails', reason });
  if (condition.exit !== undefined && exitCode !== condition.exit)
    return fails(`exit code ${exitCode}, not ${condition.exit}`);
  let values: readonly string[] = [text.trim()];
  if (condition.json !== undefined) {
    const parsed = parseJson(text);
    if (parsed === undefined) return unknown('the output is no JSON');
    values = valuesAt(parsed.value, condition.json);
  }
  const lines = text.split('\n').map((line) => line.trim());
  const { equals, contains, absent, line, no_line, at_least, at_most } = condition;
  const short = (value: string): string => JSON.stringify(value.slice(0, 80));
  if (equals !== undefined && !values.includes(equals))
    return fails(`${short(equals)} is not there`);
  if (contains !== undefined && !values.some((value) => value.includes(contains)))
    return fails(`${short(contains)} is not there`);
  if (absent !== undefined && values.some((value) => value.includes(absent)))
    return fails(`${short(absent)} is there`);
  if (line !== undefined && !lines.includes(line)) return fails(`no line is ${short(line)}`);
  if (no_line !== undefined && lines.includes(no_line)) return fails(`a line is ${short(no_line)}`);
  const numbers = values.filter((value) => /^-?\d+(\.\d+)?$/.test(value)).map(Number);
  if ((at_least !== undefined || at_most !== undefined) && numbers.length === 0)
    return unknown('the output is no number');
  if (at_least !== undefined && !numbers.some((number) => number >= at_least))
    return fails(`${numbers.join(', ')} is less than ${at_least}`);
  if (at_most !== undefined && !numbers.some((number) => number <= at_most))
    return fails(`${numbers.join(', ')} is more than ${at_most}`);
  return undefined;
}

function parseJson(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** The values at a path such as `$.Groups[*].GroupId`, texts as they are and all else as JSON. */
export function valuesAt(root: unknown, path: string): string[] {
  let found: unknown[] = [root];
  for (const [, key, index] of path.matchAll(/\.([A-Za-z0-9_-]+)|\[(\d+|\*)\]/g)) {
    found = found.flatMap((value): unknown[] => {
      if (typeof value !== 'object' || value === null) return [];
      if (key !== undefined) return Object.hasOwn(value, key) ? [value[key as keyof object]] : [];
      if (!Array.isArray(value)) return [];
      return index === '*' ? value : value.slice(Number(index), Number(index) + 1);
    });
  }
  return found.map((value) => (typeof value === 'string' ? value : JSON.stringify(value)));
}

/** The condition with its placeholders filled. */
export const renderExpectation = (
  condition: Expectation,
  resolve: (name: string) => string,
): Expectation =>
  Object.fromEntries(
    Object.entries(condition).map(([key, value]) => [
      key,
      typeof value === 'string' && key !== 'json' ? fillPlaceholders(value, resolve) : value,
    ]),
  );

/** The names of placeholders in a condition. */
export const namesInExpectation = (condition: Expectation): string[] =>
  Object.values(condition).flatMap((value) =>
    typeof value === 'string' ? placeholdersIn(value) : [],
  );
