/** What a given configuration lacks. Pure. */
import type { Check, Topic } from './topic.ts';

const LONGEST_LINE = 10_000;

/** Lines with something in them, comments left out; numbered from one. */
interface Line {
  number: number;
  text: string;
}

const linesOf = (text: string, comments: readonly string[]): Line[] =>
  text
    .split(/\r?\n/)
    .map((line, index) => ({ number: index + 1, text: line.slice(0, LONGEST_LINE) }))
    .filter(({ text: line }) => {
      const start = line.trimStart();
      return start !== '' && !comments.some((comment) => start.startsWith(comment));
    });

const fits = (pattern: string, lines: readonly Line[]): Line | undefined => {
  const expression = new RegExp(pattern, 'i');
  return lines.find(({ text }) => expression.test(text));
};

/** The topics that the file may belong to, those that fit best; several where nothing tells them apart. */
export function recognise(topics: readonly Topic[], path: string, text: string): Topic[] {
  const scored = topics.map((topic) => {
    const { name, text: patterns } = topic.recognise;
    const lines = linesOf(text, topic.comment);
    const said = patterns.filter((pattern) => fits(pattern, lines) !== undefined).length;
    const isNamed = name !== undefined && new RegExp(name, 'i').test(path);
    return {
      topic,
      score: said + (isNamed ? 1 : 0),
    };
  });
  const best = Math.max(...scored.map(({ score }) => score));
  return best === 0 ? [] : scored.filter(({ score }) => score === best).map(({ topic }) => topic);
}

/** How a check came out; `line` is where what should not be there stands. */
export interface CheckedText {
  check: Check;
  isMet: boolean;
  line: number | undefined;
}

/** Tries the checks that apply. */
export function checkText(topic: Topic, text: string): CheckedText[] {
  const lines = linesOf(text, topic.comment);
  return topic.checks
    .filter(({ when }) => when === undefined || fits(when, lines) !== undefined)
    .map((check) => {
      if (check.want !== undefined)
        return { check, isMet: fits(check.want, lines) !== undefined, line: undefined };
      const line = fits(check.avoid!, lines)?.number;
      return { check, isMet: line === undefined, line };
    });
}
