/** A question that one key answers: all answers in a row, each with its key. Arrows and Enter answer as well. */
import {
  createPrompt,
  isDownKey,
  isEnterKey,
  isUpKey,
  makeTheme,
  useKeypress,
  usePrefix,
  useState,
} from '@inquirer/core';
import { wrap } from './layout.ts';

/** One answer. */
export interface KeyChoice {
  /** One character. */
  key: string;
  name: string;
}

/** What is asked; the texts are harmless already. */
export interface KeyQuestion {
  message: string;
  choices: readonly KeyChoice[];
  /** Position of the answer that Enter gives. */
  initial: number;
  columns: number;
  /** Marks the answer that Enter gives. */
  mark(text: string): string;
  prefix: { idle: string; done: string };
}

/** Asks, and gives the position of the answer. */
export const askKey = createPrompt<number, KeyQuestion>((question, done) => {
  const { choices, message, columns, mark } = question;
  const [at, setAt] = useState(question.initial);
  const [status, setStatus] = useState<'idle' | 'done'>('idle');
  const prefix = usePrefix({ status, theme: makeTheme({ prefix: question.prefix }) });
  const answer = (position: number): void => {
    setAt(position);
    setStatus('done');
    done(position);
  };
  useKeypress((event, line) => {
    // What was typed is of no use in the next question.
    line.clearLine(0);
    const typed = (event as { sequence?: string }).sequence ?? event.name;
    const position = choices.findIndex(({ key }) => key === typed);
    if (isEnterKey(event)) answer(at);
    else if (isUpKey(event) || event.name === 'left') setAt(Math.max(0, at - 1));
    else if (isDownKey(event) || event.name === 'right')
      setAt(Math.min(choices.length - 1, at + 1));
    else if (position !== -1) answer(position);
  });
  if (status === 'done') return `${prefix} ${message} ${mark(choices[at]?.name ?? '')}`;
  const keys = wrap(choices.map((choice) => shown(choice, false)).join('  '), columns - 2);
  const marked = shown(choices[at] as KeyChoice, true);
  const line = keys.map(
    (text) =>
      `  ${text.replace(shown(choices[at] as KeyChoice, false), mark(marked)).replaceAll('\u00a0', ' ')}`,
  );
  return `${prefix} ${message}\n${line.join('\n')}`;
});

/** The key and what it does, which stay on one line. */
const shown = ({ key, name }: KeyChoice, isMarked: boolean): string =>
  `${isMarked ? '[' : '('}${key}${isMarked ? ']' : ')'}\u00a0${name.replaceAll(' ', '\u00a0')}`;
