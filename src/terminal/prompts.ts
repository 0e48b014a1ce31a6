/** Prompts on the terminal. The only importer of @inquirer/prompts, and only when a question is asked. */
import type { Ask } from '../commands/context.ts';
import { IrError, refusedError } from '../errors.ts';
import type { Settings } from '../settings.ts';
import { wrap } from './layout.ts';
import { neutralise, neutraliseLine } from './neutralise.ts';
import { createStyle, hasUnicode } from './style.ts';

/** What a prompt needs to know of signals: Ctrl-C inside a prompt ends the run like SIGINT. */
interface Interruption {
  signal: AbortSignal;
  interrupt(): void;
}

/**
 * What is wrong with an answer, with what to write instead; undefined when it will do.
 * @param flag the option that the answer stands for: who is asked has not typed it
 */
export function complaint(
  answer: string,
  check: (answer: string) => void,
  flag = '',
): string | undefined {
  try {
    check(answer);
    return undefined;
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    const { message, hint } = error;
    const isNamed = flag !== '' && message.startsWith(`${flag}: `);
    return neutraliseLine(
      [isNamed ? message.slice(flag.length + 2) : message, hint].filter(Boolean).join('. '),
    );
  }
}

const PLAIN_KEYS: Readonly<Record<string, string>> = { '↑↓': 'up/down', '⏎': 'enter' };
/** The signs of the prompts where the terminal draws no others. */
const PLAIN_PREFIX = { prefix: { idle: '?', done: '*' } };
const PLAIN_SELECT = {
  ...PLAIN_PREFIX,
  icon: { cursor: '>' },
  style: {
    keysHelpTip: (keys: [key: string, action: string][]) =>
      keys.map(([key, action]) => `${PLAIN_KEYS[key] ?? key} ${action}`).join(', '),
  },
};

/** Makes the prompts; each is refused with exit 6, naming its flag, when nobody can answer. */
export function createAsk(settings: Settings, interruption: Interruption): Ask {
  // Standard input last: to look at it is to open it.
  const isPossible =
    settings.isInputAllowed && process.stderr.isTTY === true && process.stdin.isTTY === true;
  const context = {
    output: process.stderr,
    get signal() {
      return interruption.signal;
    },
  };
  const isPlain = !hasUnicode(settings.env);
  const theme = isPlain ? { theme: PLAIN_PREFIX } : { theme: {} };

  /** Between words: the prompts break lines wherever the screen ends, and begin an error with two columns of their own. */
  const folded = (text: string): string =>
    wrap(text, createStyle(process.stderr, settings.color, settings.env).width - 3).join('\n');
  const guard = (message: string, flag: string): void => {
    if (isPossible) return;
    throw refusedError(
      `an answer is needed and nobody can be asked: ${neutraliseLine(message)}`,
      `Give it with ${flag}.`,
    );
  };
  const answered = async <T>(question: Promise<T>): Promise<T> => {
    try {
      return await question;
    } catch (error) {
      if (!(error instanceof Error) || !/ExitPrompt|AbortPrompt/.test(error.name)) throw error;
      if (!interruption.signal.aborted) interruption.interrupt();
      throw refusedError('stopped; everything answered so far is kept');
    }
  };

  return {
    isPossible,
    async text({ message, flag, initial, required, check }) {
      guard(message, flag);
      const { input } = await import('@inquirer/prompts');
      const config = {
        message: neutraliseLine(message),
        ...(initial === undefined ? {} : { default: initial }),
        required: required === true,
        ...(check === undefined
          ? {}
          : {
              validate: (answer: string) => {
                const problem = complaint(answer.trim(), check, flag);
                return problem === undefined ? true : folded(problem);
              },
            }),
        // What was wrong does not stand before the next answer.
        theme: { ...theme.theme, validationFailureMode: 'clear' as const },
      };
      return (await answered(input(config, context))).trim();
    },
    async select({ message, flag, choices, initial }) {
      guard(message, flag);
      const { select } = await import('@inquirer/prompts');
      const config = {
        message: neutraliseLine(message),
        choices: choices.map((choice) => ({
          name: neutraliseLine(choice.name),
          value: choice.value,
          ...(choice.description === undefined
            ? {}
            : { description: neutralise(choice.description) }),
        })),
        ...(initial === undefined ? {} : { default: initial }),
        loop: false,
        pageSize: 12,
        ...(isPlain ? { theme: PLAIN_SELECT } : {}),
      };
      return await answered(select(config, context));
    },
    async key({ message, flag, choices, initial }) {
      guard(message, flag);
      const { askKey } = await import('./key-prompt.ts');
      const { paint, width } = createStyle(process.stderr, settings.color, settings.env);
      const position = await answered(
        askKey(
          {
            message: neutraliseLine(message),
            choices: choices.map(({ key, name }) => ({ key, name: neutraliseLine(name) })),
            initial: Math.max(
              0,
              choices.findIndex(({ value }) => value === initial),
            ),
            columns: width,
            mark: (text) => paint.cyan(text),
            prefix: isPlain
              ? PLAIN_PREFIX.prefix
              : { idle: paint.blue('?'), done: paint.green('✔') },
          },
          context,
        ),
      );
      return (choices[position] as (typeof choices)[number]).value;
    },
    async edit({ message, flag, initial }) {
      guard(message, flag);
      const { editText } = await import('./editor.ts');
      return await editText(initial, settings.env);
    },
    async confirm({ message, flag, initial }) {
      guard(message, flag);
      const { confirm } = await import('@inquirer/prompts');
      const config = { message: neutraliseLine(message), default: initial ?? false, ...theme };
      return await answered(confirm(config, context));
    },
  };
}
