/** Does a detector find what it says it finds? */
import { readFileSync } from 'node:fs';
import { messageOf, type SourcePlace, templateError } from '../errors.ts';
import { parseYaml, type YamlPath } from '../yaml.ts';
import type { DetectorFile } from './detector.ts';
import { createSpanFinder, type SpanFinder } from './find-spans.ts';
import { ownEnding, ownNever, ownPattern } from './own-expression.ts';

/** @throws IrError (exit 3) with its place for an expression that is none, and for the first sample that it treats otherwise */
export function checkSamples(file: DetectorFile, path: string): void {
  const placeOf = (keys: YamlPath): SourcePlace =>
    parseYaml(readFileSync(path, 'utf8'), path).placeOf(keys);
  checkExpressions(file, placeOf);
  let finder: SpanFinder;
  try {
    finder = createSpanFinder([file]);
  } catch (error) {
    throw templateError(
      `the detector "${file.name}" cannot be used: ${messageOf(error)}`,
      placeOf(['name']),
    );
  }
  const found = (text: string): string[] =>
    finder.find(text).map(({ start, end }) => text.slice(start, end));
  const list = (values: readonly string[]): string =>
    values.length === 0 ? 'nothing' : values.map((value) => `"${value}"`).join(', ');
  for (const [at, { text, masks }] of file.samples.match.entries()) {
    const values = found(text);
    if (list(values) !== list(masks))
      throw templateError(
        `the detector "${file.name}" finds ${list(values)} in its sample "${text}", not ${list(masks)}`,
        placeOf(['samples', 'match', at]),
        'Correct the pattern, its words, or the sample.',
      );
  }
  for (const [at, text] of file.samples.near.entries())
    if (found(text).length > 0)
      throw templateError(
        `the detector "${file.name}" finds ${list(found(text))} in "${text}", which is a sample of what it must not find`,
        placeOf(['samples', 'near', at]),
        'Correct the pattern, its words, or the sample.',
      );
}

/** Each alone, so that the place of what is wrong can be told. */
function checkExpressions(
  { name, pattern, before, never }: DetectorFile,
  placeOf: (keys: YamlPath) => SourcePlace,
): void {
  const attempt = (keys: YamlPath, compile: () => unknown): void => {
    try {
      compile();
    } catch (error) {
      throw templateError(
        `the detector "${name}" cannot be used: ${messageOf(error)}`,
        placeOf(keys),
        'Expressions are those of RE2, which reads every line in linear time: no references back, and looks around, as (?!\\d), at one character and at the ends of the pattern alone.',
      );
    }
  };
  if (pattern !== undefined) attempt(['pattern'], () => ownPattern(pattern));
  if (before !== undefined) attempt(['before'], () => ownEnding(before));
  for (const [at, one] of never.entries()) attempt(['never', at], () => ownNever(one));
}
