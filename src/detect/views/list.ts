/**
 * The views of a request: its text as the interpreters behind it would read it. Each is a field for rules
 * (`ir.request.sql`, `ir.header.sql`), and the search for literals looks into all of them, so that both
 * always see the same.
 */
import { addressForms } from './address.ts';
import { codeForms } from './code.ts';
import { decodeFully, decodePlain } from './decode.ts';
import { lookupForms } from './lookup.ts';
import { pathForms } from './path.ts';
import { isPlain, type TextKind } from './plain.ts';
import { partQuestions } from './questions.ts';
import { shellForms } from './shell.ts';
import { sqlForms } from './sql.ts';

/** Quotes, escapes, variables, lists, wildcards in a path. */
const SHELL =
  /['"\\^$`{\t\v\f\u00a0]| {2}|%\w{1,20}:~|\/[\w.-]{0,20}[?*[][\w.?*[\]-]{0,20}\/|\/[\w.-]{1,20}\/[\w.-]{0,20}[?*[][\w.?*[\]!^-]{0,20}(?:[\s&;|]|$)/;

/** One way in which an interpreter reads a text. */
export interface View {
  /** The last part of the fields' names. */
  name: string;
  /** What a text must hold for the view to change it: most hold little of it. Undefined: it never does. */
  changes: RegExp | undefined;
  /** The forms of a text that was decoded fully. */
  forms(decoded: string): readonly string[];
}

/** All views. One more is a file and a line. */
export const VIEWS: readonly View[] = [
  { name: 'text', changes: undefined, forms: (decoded) => [decoded] },
  { name: 'sql', changes: /[*#`%\n\r\t\v\f\0\u00a0\ufffd]|--| {2}| \(|\( /, forms: sqlForms },
  { name: 'shell', changes: SHELL, forms: shellForms },
  {
    name: 'path',
    changes: new RegExp(String.raw`\/\/|\/\.|;|${SHELL.source}`),
    forms: pathForms,
  },
  { name: 'code', changes: /['"`\\*[\]#(<{]|\s[=)}]|=\s|\?\.|[^ -~]/, forms: codeForms },
  { name: 'lookup', changes: /\$\{/, forms: lookupForms },
  { name: 'address', changes: /:[/\\]|[=/\\][/\\]/, forms: addressForms },
];

/** The forms of one text under every view. */
interface Seen {
  /** Without what is written for people. */
  decoded: string;
  isPlain: boolean;
  questions: readonly string[];
  /** By view, made when asked for. */
  forms: Map<View, readonly string[]>;
}

/** A referrer, in which `+` stands for a space as in a target. */
const ADDRESS = /^https?:/i;

/** Several rules look at the same few texts one after another. */
const MOST_REMEMBERED = 8;
const remembered: Readonly<Record<TextKind, Map<string, Seen>>> = {
  target: new Map(),
  header: new Map(),
};

function seen(kind: TextKind, text: string): Seen {
  const known = remembered[kind];
  let answer = known.get(text);
  if (answer === undefined) {
    const hasPlus = kind === 'target' || ADDRESS.test(text);
    const { rest, questions } = hasPlus ? partQuestions(text) : { rest: text, questions: [] };
    const plain = isPlain(kind, rest);
    const decoded = plain ? decodePlain(rest, hasPlus) : decodeFully(rest, hasPlus);
    answer = { decoded, isPlain: plain, questions, forms: new Map() };
    if (known.size >= MOST_REMEMBERED) known.clear();
    known.set(text, answer);
  }
  return answer;
}

/** The forms of a text under a view; of a plain text its percent-decoded form alone. */
export function formsOf(view: View, kind: TextKind, text: string): readonly string[] {
  const { decoded, isPlain: plain, forms } = seen(kind, text);
  let answer = forms.get(view);
  if (answer === undefined) {
    const isSame = plain || view.changes?.test(decoded) !== true;
    answer = isSame ? [decoded] : view.forms(decoded);
    forms.set(view, answer);
  }
  return answer;
}

/** The forms of a text under all views, without repeats. */
export function allForms(kind: TextKind, text: string): readonly string[] {
  const { decoded, isPlain: plain, questions } = seen(kind, text);
  if (plain) return [decoded, ...questions];
  return [...new Set(VIEWS.flatMap((view) => formsOf(view, kind, text))), ...questions];
}

/** What is written for people in a text: questions, comments, titles, decoded fully. */
export const questionsIn = (kind: TextKind, text: string): readonly string[] =>
  seen(kind, text).questions;
