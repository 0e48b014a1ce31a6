/** Does a detector find what it says it finds? */
import { messageOf, templateError } from '../errors.ts';
import type { DetectorFile } from './detector.ts';
import { createSpanFinder, type SpanFinder } from './find-spans.ts';

/** @throws IrError (exit 3) for an expression that is none, and for the first sample that it treats otherwise */
export function checkSamples(file: DetectorFile, path: string): void {
  let finder: SpanFinder;
  try {
    finder = createSpanFinder([file]);
  } catch (error) {
    throw templateError(`the detector "${file.name}" cannot be used: ${messageOf(error)}`, {
      path,
    });
  }
  const found = (text: string): string[] =>
    finder.find(text).map(({ start, end }) => text.slice(start, end));
  const list = (values: readonly string[]): string =>
    values.length === 0 ? 'nothing' : values.map((value) => `"${value}"`).join(', ');
  for (const { text, masks } of file.samples.match) {
    const values = found(text);
    if (list(values) !== list(masks))
      throw templateError(
        `the detector "${file.name}" finds ${list(values)} in its sample "${text}", not ${list(masks)}`,
        { path },
        'Correct the pattern, its words, or the sample.',
      );
  }
  for (const text of file.samples.near)
    if (found(text).length > 0)
      throw templateError(
        `the detector "${file.name}" finds ${list(found(text))} in "${text}", which is a sample of what it must not find`,
        { path },
        'Correct the pattern, its words, or the sample.',
      );
}
