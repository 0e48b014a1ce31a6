/**
 * Renders a report model through a Liquid template that may come from anybody. The template sees the
 * model and nothing else: no files, no other templates, no prototypes, no code, bounded time and memory.
 * Every output is escaped for Markdown; `code`, `fence` and `block` escape in their own way.
 * @see https://liquidjs.com/tutorials/options.html
 */
import { Context, Liquid, LiquidError } from 'liquidjs';
import { fileFault, IrError, messageOf, suggestion, templateError } from '../errors.ts';
import { codeFence, codeSpan, escapeBlock, escapeInline, textOf } from './markdown-escape.ts';
import { OWN_FILTERS, registerOwnFilters } from './template-filters.ts';

/** Characters of a template. */
const PARSE_LIMIT = 100_000;
/**
 * Parts of the template that are rendered, those of a loop once per round; one more for each character of the
 * data. Work and not time is counted: the same case must render on a slow machine as well, and a large one may
 * take more of it. A hundred thousand journal entries take two million.
 */
const WORK_LIMIT = 1_000_000;
/** Characters and list members made while rendering. */
const MEMORY_LIMIT = 20_000_000;
/** Characters that are put out, into the report or into a variable. */
const OUTPUT_LIMIT = 60_000_000;

const TAGS = [
  'assign',
  'capture',
  'case',
  'comment',
  'for',
  'break',
  'continue',
  'if',
  'unless',
  'raw',
  'render',
  '#',
];
const FILTERS = [
  ...[
    'append',
    'prepend',
    'upcase',
    'downcase',
    'capitalize',
    'strip',
    'truncate',
    'size',
    'default',
  ],
  ...['first', 'last', 'join', 'where', 'map', 'reverse', 'uniq', 'sort', 'plus', 'minus', 'json'],
];

/**
 * Renders to Markdown with exactly one line ending at the end.
 * @param name what errors call the template, usually its path
 * @throws IrError (exit 3) with line, column and text when the template is broken or goes too far
 */
export const renderTemplate = (
  template: string,
  name: string,
  model: object,
  partials: Partials = {},
): string => tidy(render(template, name, model, escapeInline, partials));

/** Texts that templates may take in by name, all of them held in memory. */
export type Partials = Readonly<Record<string, string>>;

/**
 * Renders to plain text, in the same sandbox: what stands in `model` comes out as it is, so whoever makes the model makes
 * it harmless.
 * @throws IrError (exit 3) with line, column and text when the template is broken or goes too far
 */
export const renderText = (template: string, name: string, model: object): string =>
  render(template, name, model, textOf);

function render(
  template: string,
  name: string,
  model: object,
  escaped: (value: unknown) => string,
  partials: Partials = {},
): string {
  const engine = createEngine(escaped, partials);
  // A copy through JSON: what a template gets has no behaviour at all.
  const text = JSON.stringify(model);
  const data = JSON.parse(text) as Record<string, unknown>;
  const context = limitedContext(engine, data, WORK_LIMIT + text.length);
  try {
    return engine.renderSync(engine.parse(template), context) as string;
  } catch (error) {
    throw asTemplateError(error, template, name, data, Object.keys(partials));
  }
}

/** Liquid asks its render limit before every part; the one that it has by itself looks at the clock. */
function limitedContext(engine: Liquid, data: Record<string, unknown>, most: number): Context {
  let work = 0;
  const renderLimit = {
    check() {
      work += 1;
      if (work > most) throw new Error('template render limit exceeded');
    },
  };
  return new Context(data, engine.options, { sync: true }, { renderLimit: renderLimit as never });
}

/** Counts what a render puts out, before the work of escaping it. */
function createCounter(): (escaped: (value: unknown) => string) => (value: unknown) => string {
  let characters = 0;
  return (escaped) => (value) => {
    characters += typeof value === 'string' ? value.length : 1;
    if (characters > OUTPUT_LIMIT) throw new Error('template output limit exceeded');
    return escaped(value);
  };
}

function createEngine(escaped: (value: unknown) => string, partials: Partials): Liquid {
  const counted = createCounter();
  const engine = new Liquid({
    templates: { ...partials },
    dynamicPartials: false,
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    trimTagLeft: false,
    outputEscape: counted(escaped),
    parseLimit: PARSE_LIMIT,
    memoryLimit: MEMORY_LIMIT,
  });
  // Only what is known to be harmless stays; `raw`, which would switch the escaping off, goes as well.
  for (const tag of Object.keys(engine.tags)) if (!TAGS.includes(tag)) delete engine.tags[tag];
  for (const filter of Object.keys(engine.filters)) {
    if (!FILTERS.includes(filter)) engine.unregisterFilter(filter);
  }
  engine.registerFilter('code', { raw: true, handler: counted(codeSpan) });
  engine.registerFilter('fence', { raw: true, handler: counted(codeFence) });
  engine.registerFilter('block', { raw: true, handler: counted(escapeBlock) });
  registerOwnFilters(engine, counted);
  return engine;
}

/** No blanks at line ends, at most one empty line in a row outside of code, one line ending at the end. */
function tidy(text: string): string {
  const lines: string[] = [];
  let fence = '';
  for (const line of text.split('\n')) {
    const ticks = /^`{3,}/.exec(line)?.[0] ?? '';
    const isFence = fence === '' ? ticks !== '' : line === fence;
    if (isFence) fence = fence === '' ? ticks : '';
    if (fence !== '' || isFence) lines.push(line);
    else if (line.trim() !== '' || lines.at(-1) !== '') lines.push(tidyRow(line.trimEnd()));
  }
  return `${lines.join('\n').trim()}\n`;
}

/** A table row without the blanks that loops leave before the end of a cell. */
const tidyRow = (line: string): string =>
  line.startsWith('| ') ? line.replace(/ {2,}(?=\|)/g, ' ') : line;

function asTemplateError(
  error: unknown,
  template: string,
  name: string,
  data: Record<string, unknown>,
  parts: readonly string[],
): unknown {
  if (error instanceof IrError) return error;
  if (error instanceof RangeError || /Maximum call stack/.test(messageOf(error)))
    return templateError(
      'the template is broken: a part takes itself in without end',
      { path: name },
      'Look for a render that leads back to the same part.',
    );
  if (!LiquidError.is(error)) {
    return fileFault(error, 'template', { path: name });
  }
  const { token } = error as unknown as { token: { getPosition(): [number, number] } };
  const [line, begin] = token.getPosition();
  const message = error.message.replace(/(?:, file:[^,]*)?, line:\d+, col:\d+$/, '');
  const text = (template.split('\n')[line - 1] ?? '').slice(0, 500);
  // The engine gives the place of the whole output; the filter is further right.
  const filter = /undefined filter: (\S+)/.exec(message)?.[1];
  const at = filter === undefined ? -1 : text.indexOf(filter, begin);
  const column = at === -1 ? begin : at + 1;
  return templateError(
    `the template is broken: ${message.split('\n')[0]}`,
    { path: name, line, column, text },
    hintFor(message, data, parts),
  );
}

function hintFor(message: string, data: Record<string, unknown>, parts: readonly string[]): string {
  const part = /ENOENT: [^"]*?([\w./-]{1,60})/.exec(message)?.[1];
  if (part !== undefined) return suggestion(part, parts, `Parts: ${parts.join(', ')}.`);
  const [, kind, word = ''] =
    /undefined (variable|filter): ([\w.-]+)/.exec(message) ??
    /(tag) "([^"]{1,40})" not found/.exec(message) ??
    [];
  if (kind === 'variable') {
    const { part, known } = unknownPart(word, data);
    return suggestion(part, known, 'ir report --json shows every name there is.');
  }
  if (kind === 'filter')
    return suggestion(word, KNOWN_FILTERS, `Filters: ${KNOWN_FILTERS.join(', ')}.`);
  if (kind === 'tag')
    return suggestion(
      word,
      TAGS,
      `Tags: ${TAGS.join(', ')}; other files are taken in by name alone, with render.`,
    );
  if (/limit exceeded/.test(message))
    return 'Templates have limits in size, time and memory; loop over less.';
  return 'The language is Liquid; docs/report-templates.md has an example.';
}

const KNOWN_FILTERS = [...FILTERS, 'code', 'fence', 'block', ...OWN_FILTERS];

/** The part of a path such as `incident.titel` that the data does not have, and the names it has there. */
function unknownPart(
  path: string,
  data: Record<string, unknown>,
): { part: string; known: readonly string[] } {
  let at: unknown = data;
  for (const part of path.split('.')) {
    const known = typeof at === 'object' && at !== null ? Object.keys(at) : [];
    if (!known.includes(part)) return { part, known };
    at = (at as Record<string, unknown>)[part];
  }
  return { part: path, known: [] };
}
