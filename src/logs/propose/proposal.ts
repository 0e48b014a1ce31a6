/** What is written of a setting or of lines: a name, a title, what is known of the server. */
import { basename } from 'node:path';
import { plural } from '../../events/words.ts';
import { FORMATS } from '../formats/list.ts';
import { bundledText } from '../load-formats.ts';
import { type FromConfig, fromConfig } from './from-config.ts';
import { proposePattern } from './from-sample.ts';
import { exampleOf, patternOf } from './pattern-text.ts';
import type { Proposal } from './write-format.ts';

const NAME = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/;

/** Could this be the name of a format? */
export const isFormatName = (name: string): boolean => NAME.test(name);

/** A format of the setting of a server. Throws as `fromConfig` does. */
export function proposalOfSetting(setting: string, name: string | undefined): Proposal {
  const found = fromConfig(setting);
  const given = name ?? nameFrom(`${found.of}-${found.name ?? 'log'}`);
  const passed = [...new Set(found.passed)];
  const lost = passed.length === 0 ? [] : [`Passed over, for want of a field: ${passed.join(' ')}`];
  const said = setting.replace(/\s+/g, ' ').slice(0, 300);
  return {
    name: given,
    title: `${TITLES[found.of]}, by its setting`,
    remarks: [`A proposal, made of: ${said}`, ...lost],
    pattern: patternOf(found.pieces),
    keys: {},
    continues: false,
    examples: [exampleOf(found.pieces)],
    more: moreOf(found.of),
  };
}

/**
 * A format of lines; undefined when none of them can be one.
 * @param path the file that they stand in
 */
export function proposalOfLines(
  path: string,
  lines: readonly string[],
  name: string | undefined,
): Proposal | undefined {
  const found = proposePattern(lines);
  if (found === undefined) return undefined;
  const given = name ?? nameFrom(basename(path).replace(/\..*$/, ''));
  const known = FORMATS.filter(({ isGeneric }) => !isGeneric).map((format) => ({
    format,
    count: lines.filter((line) => format.detect(line)).length,
  }));
  const best = known.sort((a, b) => b.count - a.count)[0];
  const already =
    best === undefined || best.count === 0
      ? []
      : [`${best.count} of these lines are read by the format "${best.format.name}" already.`];
  return {
    name: given,
    title: `Log like ${basename(path)}`,
    remarks: [
      `A proposal, made of ${plural(lines.length, 'line')}. What is {-:...} is passed over: give it a field, or leave it.`,
      ...already,
    ],
    ...found,
    examples: lines,
  };
}

const TITLES: Readonly<Record<FromConfig['of'], string>> = {
  nginx: 'nginx access log',
  apache: 'Apache access log',
  postgresql: 'PostgreSQL server log',
  grok: 'Log of a grok pattern',
};

/** What the lines mean, where that is known of the server. */
function moreOf(of: FromConfig['of']): string {
  if (of === 'grok') return '';
  if (of === 'postgresql')
    return bundledText('postgresql', ['parts', 'sources', 'set', 'phrases', 'continues', 'joined']);
  return `sources: [{ products: [${of}], categories: [webserver], services: [${of}, access] }]
set: { category: web, type: access, dataset: ${of}.access }
then:
  - { if: { http.response.status_code: 100..399 }, outcome: success }
  - { if: { http.response.status_code: 400.. }, outcome: failure }`;
}

/** A name of a format from any text. */
function nameFrom(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^[-\d]+|-+$/g, '');
  return NAME.test(name) ? name : 'new-format';
}
