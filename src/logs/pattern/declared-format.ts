/** Makes of a format file what the engine asks: a log format of whole lines, or a reader of a program's messages. */
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import { type Event, isSkip, type Skip, skip } from '../../events/event.ts';
import { type Clock, inUtc } from '../clock.ts';
import type { MessageReader } from '../formats/linux/syslog-event.ts';
import type { LogFormat } from '../formats/log-format.ts';
import { isStackLine } from '../formats/stack-lines.ts';
import { withStack } from '../formats/text-event.ts';
import { filledFields } from './fields.ts';
import type { Case, FormatDocument, Phrase, Setting } from './format-document.ts';
import { needleTest } from './needles.ts';
import { parsePattern } from './parse-pattern.ts';
import type { Sequence } from './pattern-node.ts';
import { columnReader, headerRule } from './read-columns.ts';
import {
  applyCases,
  applySettings,
  phraseReader,
  tablesOf,
  type Variables,
} from './read-phrases.ts';
import { REFINEMENTS } from './refinements.ts';

/** The reader of the messages of the document's programs. */
export function messageReader(document: FormatDocument): MessageReader {
  const phrases = phraseReader(document.phrases, document);
  const tables = tablesOf(document.by, document.values);
  return (message, event) => {
    applySettings(document.set, event, () => undefined);
    const variables = phrases.read(message.trimEnd(), event);
    if (variables === undefined) return false;
    for (const [name, rowOf] of tables)
      applySettings(rowOf(namedValue(name, event, variables)), event, variables);
    applyCases(document.cases, event, variables);
    return true;
  };
}

/** What a table is asked for: a kept name, or a field that the event has by now. */
const namedValue = (name: string, event: Event, variables: Variables): string | undefined => {
  if (name.charCodeAt(0) === 36) return variables(name);
  const value: unknown = event[name as 'message'];
  return value === undefined ? undefined : String(value);
};

/** The log format of the document's lines. */
export function lineFormat(document: FormatDocument): LogFormat {
  const { name, title, url, order, sources, isEcho, isEncoded, isGeneric } = document;
  const { forgeable, samples } = document;
  const lines = phraseReader(document.lines, document);
  const phrases = phraseReader(document.phrases, document);
  const tables = tablesOf(document.by, document.values);
  const refinement = REFINEMENTS[document.refine ?? ''];
  let template: Event | undefined;
  const header = headerRule(document);
  const columns = header && columnReader(document);
  const mayBe = needleTest(document.needles);
  const isLine = (line: string): boolean => mayBe(line) && lines.matches(line);
  const parse = (line: string, given: Clock): Event | Skip => {
    template ??= templateOf(document);
    const event: Event = { ...template };
    event.message = line;
    const clock = document.isUtc ? inUtc(given) : given;
    let variables: Variables | undefined;
    let refusal = `not a line of ${name}`;
    if (columns !== undefined && given.header() !== undefined) {
      const kept = new Map<string, string>();
      const problem = columns(event, line, kept, given);
      if (problem === undefined) variables = (key) => kept.get(key);
      else refusal = problem;
    }
    variables ??= lines.read(line, event, clock);
    if (variables === undefined) return skip(refusal);
    if (document.phrases.length > 0) phrases.read(event.message ?? '', event, clock);
    for (const [name, rowOf] of tables)
      applySettings(rowOf(namedValue(name, event, variables)), event, variables);
    const refined = refinement === undefined ? event : refinement.refine(event, clock);
    applyCases(document.cases, refined, variables);
    return refined;
  };
  return {
    name,
    title,
    url,
    order,
    sources,
    isEcho,
    isEncoded,
    isGeneric,
    forgeable,
    detect: isLine,
    parse,
    ...continuation(document, isLine),
    ...(document.isJoined ? { complete: joined(parse) } : {}),
    ...(header === undefined ? {} : { header }),
    splittable: true,
    samples,
  };
}

/** The event of all its lines. */
const joined =
  (parse: (text: string, clock: Clock) => Event | Skip): NonNullable<LogFormat['complete']> =>
  (event, lines, clock) => {
    const whole = parse(lines.join('\n'), clock);
    return isSkip(whole) ? event : whole;
  };

function continuation(
  document: FormatDocument,
  isLine: (line: string) => boolean,
): Pick<LogFormat, 'continues' | 'complete'> {
  const { continues } = document;
  if (continues === 'stack')
    return { continues: (line) => isStackLine(line) && !isLine(line), complete: withStack };
  if (continues === 'indented')
    return { continues: (line) => /^[ \t]/.test(line) && !isLine(line) };
  if (continues.length === 0) return {};
  const further = phraseReader([{ patterns: continues, set: [], by: [], cases: [] }], document);
  return { continues: (line) => further.matches(line) && !isLine(line) };
}

/** An event with every key that the format can fill, so that V8 keeps one shape for all of its events. */
function templateOf(document: FormatDocument): Event {
  const filled = new Set<string>(['message', 'event.kind', 'event.dataset']);
  const fromSettings = (settings: readonly Setting[]): void => {
    for (const [field] of settings) filled.add(field);
  };
  const fromCases = (cases: readonly Case[]): void => {
    for (const each of cases) fromSettings(each.set);
  };
  const fromPhrases = (phrases: readonly Phrase[]): void => {
    for (const phrase of phrases) {
      for (const pattern of phrase.patterns) fromPattern(parsePattern(pattern), filled);
      fromSettings(phrase.set);
      fromCases(phrase.cases);
    }
  };
  fromPhrases(document.lines);
  fromPhrases(document.phrases);
  fromSettings(document.set);
  fromCases(document.cases);
  for (const table of Object.values(document.keys))
    for (const key of Object.values(table))
      for (const field of filledFields(key)) filled.add(field);
  for (const table of Object.values(document.values))
    for (const row of Object.values(table)) fromSettings(row);
  for (const field of REFINEMENTS[document.refine ?? '']?.fields ?? []) filled.add(field);
  if (document.continues === 'stack')
    for (const field of ['error.type', 'error.message', 'error.stack_trace']) filled.add(field);
  const names = [
    'timeUs',
    'timeConfidence',
    'format',
    ...ECS_FIELD_NAMES.filter((field) => filled.has(field)),
  ];
  // The parser lays an object out once for all of its keys; added one by one, more than a dozen make it a slow table.
  const empty = JSON.parse(`{${names.map((name) => `${JSON.stringify(name)}:0`).join()}}`);
  for (const name of names) empty[name] = undefined;
  const event: Event = Object.assign(empty, {
    timeConfidence: 'none',
    format: document.name,
    'event.kind': 'event',
    'event.dataset': `${document.name}.log`,
  });
  applySettings(document.set, event, () => undefined);
  return event;
}

function fromPattern(sequence: Sequence, filled: Set<string>): void {
  for (const node of sequence) {
    if (node.is === 'choice') for (const branch of node.branches) fromPattern(branch, filled);
    else if (node.is === 'field') for (const field of filledFields(node.field)) filled.add(field);
  }
}
