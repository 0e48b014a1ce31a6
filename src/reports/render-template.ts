/**
 * Renders a report model through a Liquid template that may come from anybody. The template sees the
 * model and nothing else: no files, no other templates, no prototypes, no code, bounded time and memory.
 * Every output is escaped for Markdown; `code`, `fence` and `block` escape in their own way.
 * @see https://liquidjs.com/tutorials/options.html
 */
import { Liquid, LiquidError } from 'liquidjs';
import { fileFault, IrError, templateError } from '../errors.ts';
import { codeFence, codeSpan, escapeBlock, escapeInline, textOf } from './markdown-escape.ts';
import type { ReportModel } from './report-model.ts';
import { durationText, instantText, plural } from './report-words.ts';

/** Characters of a template. */
const PARSE_LIMIT = 100_000;
/** Milliseconds; a large incident takes a tenth of it on a slow machine. */
const RENDER_LIMIT = 5_000;
/** Characters and list members made while rendering. */
const MEMORY_LIMIT = 20_000_000;
/** Characters of a finished report. */
const OUTPUT_LIMIT = 20_000_000;

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
export function renderTemplate(template: string, name: string, model: ReportModel): string {
  const engine = createEngine();
  // A copy through JSON: what a template gets has no behaviour at all.
  const data = JSON.parse(JSON.stringify(model)) as Record<string, unknown>;
  try {
    const text = engine.parseAndRenderSync(template, data) as string;
    return tidy(text);
  } catch (error) {
    throw asTemplateError(error, template, name);
  }
}

function createEngine(): Liquid {
  const engine = new Liquid({
    templates: {},
    dynamicPartials: false,
    ownPropertyOnly: true,
    strictFilters: true,
    strictVariables: true,
    lenientIf: true,
    trimTagLeft: false,
    outputEscape: escapeInline,
    parseLimit: PARSE_LIMIT,
    renderLimit: RENDER_LIMIT,
    memoryLimit: MEMORY_LIMIT,
  });
  // Only what is known to be harmless stays; `raw`, which would switch the escaping off, goes as well.
  for (const tag of Object.keys(engine.tags)) if (!TAGS.includes(tag)) delete engine.tags[tag];
  for (const filter of Object.keys(engine.filters)) {
    if (!FILTERS.includes(filter)) engine.unregisterFilter(filter);
  }
  engine.registerFilter('code', { raw: true, handler: codeSpan });
  engine.registerFilter('fence', { raw: true, handler: codeFence });
  engine.registerFilter('block', { raw: true, handler: escapeBlock });
  engine.registerFilter('time', (value: unknown) => (value ? instantText(textOf(value)) : ''));
  engine.registerFilter('duration', (value: unknown) =>
    typeof value === 'number' && Number.isFinite(value) ? durationText(value) : '',
  );
  engine.registerFilter('number', (value: unknown) =>
    typeof value === 'number' ? value.toLocaleString('en') : textOf(value),
  );
  engine.registerFilter('plural', (value: unknown, one: unknown, many?: unknown) =>
    plural(Number(value), textOf(one), many === undefined ? undefined : textOf(many)),
  );
  engine.registerFilter('words', (value: unknown) =>
    textOf(value).replaceAll('_', ' ').replaceAll('-', ' '),
  );
  return engine;
}

/** No blanks at line ends, at most one empty line in a row outside of code, one line ending at the end. */
function tidy(text: string): string {
  if (text.length > OUTPUT_LIMIT)
    throw new Error(`the report has more than ${OUTPUT_LIMIT} characters`);
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

function asTemplateError(error: unknown, template: string, name: string): unknown {
  if (error instanceof IrError) return error;
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
    hintFor(message),
  );
}

function hintFor(message: string): string {
  if (/undefined variable/.test(message)) return 'ir report --json shows every name there is.';
  if (/undefined filter|unknown filter/.test(message)) {
    return `Filters: ${[...FILTERS, 'code', 'fence', 'block', 'time', 'duration', 'number', 'plural', 'words'].join(', ')}.`;
  }
  if (/tag .*not found/.test(message))
    return `Tags: ${TAGS.join(', ')}; other files cannot be included.`;
  if (/limit exceeded/.test(message))
    return 'Templates have limits in size, time and memory; loop over less.';
  return 'The language is Liquid; docs/report-templates.md has an example.';
}
