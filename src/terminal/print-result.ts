/** Finds a result's view, renders it in the chosen format and writes it to stdout. */
import { usageError } from '../errors.ts';
import { type OutputFormat, ROW_FORMATS, type Settings } from '../settings.ts';
import { jsonPieces } from './json-pieces.ts';
import { safeJson } from './neutralise.ts';
import { writeOut } from './output.ts';
import { type Paging, pagingFor, type RunningPager, rowsOf, startPager } from './pager.ts';
import { createStyle, type Style } from './style.ts';
import type { Output, View } from './view.ts';
import { VIEWS } from './views.ts';

/** Takes the result in place of standard output. */
type WriteTo = (pieces: AsyncIterable<Piece>) => Promise<void>;

/** Changes what is printed. */
type Shown = (pieces: AsyncIterable<Piece>) => AsyncIterable<Piece>;

/**
 * Renders and prints. `viewName` is a file in `views/` that exports `view`.
 * @param onPager called when a pager takes over the terminal; `writeTo` takes what would be printed, `shown` changes it before
 */
export async function printResult(
  viewName: string,
  result: unknown,
  settings: Settings,
  onPager: () => void,
  { writeTo, shown }: { writeTo?: WriteTo; shown?: Shown },
): Promise<void> {
  const load = VIEWS[viewName];
  if (load === undefined) throw new Error(`there is no view called ${viewName}`);
  const { view } = (await load()) as unknown as { view: View<unknown> };
  const style = {
    ...createStyle(writeTo === undefined ? process.stdout : {}, settings.color, settings.env),
    zone: settings.displayZone,
    offsetAt: settings.displayOffsetAt,
  };
  const rendered = await render(view, result, settings.format, style);
  const live = view.isLive === true && typeof rendered !== 'string' ? atOnce(rendered) : rendered;
  const output = shown === undefined ? live : shown(piecesOf(live));
  if (writeTo !== undefined) {
    await writeTo(piecesOf(output));
    return;
  }
  await write(output, pagingFor(process.stdout, settings.env, settings.isPaged, onPager));
}

async function render(
  view: View<unknown>,
  result: unknown,
  format: OutputFormat,
  style: Style,
): Promise<Output> {
  if (format === 'text') return view.text(result, style);
  if (format === 'json' && view.jsonStream) return jsonArray(view.jsonStream(result));
  if (format === 'json') return jsonDocument(view.json ? view.json(result) : result);
  if (format === 'jsonl' && view.jsonl) return jsonLines(view.jsonl(result));
  if (format === 'csv' && view.csv) return view.csv(result);
  if (format === 'md' && view.md) return view.md(result);
  if (format === 'html' && view.html) return view.html(result);
  if (format === 'pdf' && view.pdf) return view.pdf(result);
  if (format === 'svg' && view.svg) return view.svg(result);
  const rowFormat = ROW_FORMATS.find((name) => name === format);
  if (rowFormat !== undefined && view.rows) {
    const { EXPORTS } = await import('./exports/list.ts');
    const { rows, columns } = view.rows(result);
    return EXPORTS[rowFormat](rows, columns);
  }
  throw usageError(`this command has no ${format} output`, 'Try --format text or --format json.');
}

/** Bytes are written as they come, where text is gathered first. */
async function* atOnce(pieces: Exclude<Output, string>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

async function* jsonLines(
  documents: Iterable<unknown> | AsyncIterable<unknown>,
): AsyncGenerator<string> {
  for await (const document of documents) yield `${safeJson(JSON.stringify(document))}\n`;
}

async function* jsonArray(documents: AsyncIterable<unknown>): AsyncGenerator<string> {
  let lead = '[\n';
  for await (const document of documents) {
    yield `${lead}${safeJson(JSON.stringify(document))}`;
    lead = ',\n';
  }
  yield lead === '[\n' ? '[]\n' : '\n]\n';
}

function* jsonDocument(value: unknown): Iterable<string> {
  yield* jsonPieces(value);
  yield '\n';
}

/** Writes in pieces of about 64 KiB and waits for a slow reader; between them a signal is heard. */
export async function write(output: Output, paging?: Paging): Promise<void> {
  const pieces = piecesOf(output)[Symbol.asyncIterator]();
  let seen = '';
  let next = await pieces.next();
  // Bytes are lines as they are found, for which nobody waits until there is a screenful.
  if (paging !== undefined && typeof next.value === 'string') {
    for (
      ;
      next.done !== true && rowsOf(seen, paging.columns) < paging.rows;
      next = await pieces.next()
    ) {
      seen += textOf(next.value);
    }
    const isLong = rowsOf(seen, paging.columns) >= paging.rows;
    const pager = isLong ? await startPager(paging) : undefined;
    if (pager !== undefined) {
      await writePaged(pager, seen, next, pieces);
      return;
    }
  }
  await writeOut(seen);
  for (; next.done !== true; next = await pieces.next()) {
    await writeOut(next.value);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function writePaged(
  pager: RunningPager,
  seen: string,
  first: IteratorResult<Piece>,
  pieces: AsyncIterator<Piece>,
): Promise<void> {
  let isRead = await pager.write(seen);
  for (let next = first; isRead && next.done !== true; next = await pieces.next()) {
    isRead = await pager.write(textOf(next.value));
  }
  // What is still being made is wanted no more.
  if (!isRead) await pieces.return?.();
  await pager.end();
}

type Piece = string | Uint8Array;

const textOf = (piece: Piece): string =>
  typeof piece === 'string' ? piece : Buffer.from(piece).toString('utf8');

async function* piecesOf(output: Output): AsyncGenerator<Piece> {
  if (typeof output === 'string') {
    yield output;
    return;
  }
  let buffered = '';
  for await (const piece of output) {
    if (typeof piece === 'string') {
      buffered += piece;
      if (buffered.length <= 65_536) continue;
    }
    if (buffered !== '') yield buffered;
    if (typeof piece !== 'string') yield piece;
    buffered = '';
  }
  yield buffered;
}
