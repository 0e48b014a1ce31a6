/** How a command's result becomes output. One view file per result in `views/`, exporting `view`. */
import type { Style } from './style.ts';

type Output = string | Iterable<string> | AsyncIterable<string>;

/**
 * Renderers by output format; each returns text (with line endings) and never writes. A format that is
 * missing is refused with a usage error, except `json`: without a renderer the result itself is printed.
 */
export interface View<R> {
  text(result: R, style: Style): Output;
  json?(result: R): unknown;
  /** For results that are streamed: the elements of one JSON array. Instead of `json`. */
  jsonStream?(result: R): AsyncIterable<unknown>;
  /** One document per line. */
  jsonl?(result: R): Iterable<unknown> | AsyncIterable<unknown>;
  csv?(result: R): Output;
  md?(result: R): Output;
}
