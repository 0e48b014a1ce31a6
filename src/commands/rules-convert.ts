/** `ir rules convert`: rules in the languages of others. */
import { chooseRules } from '../detect/choose-rules.ts';
import { suggestion, usageError } from '../errors.ts';
import { convertRules } from '../hunt/convert-rule.ts';
import { DIALECTS } from '../hunt/dialects.ts';
import type { CommandContext } from './context.ts';
import { counted } from './incompleteness.ts';
import type { TableResult } from './table-result.ts';

/** The options of `ir rules convert`. */
export interface ConvertOptions {
  to?: string;
  index?: string;
  rules?: readonly string[];
  userRules?: boolean;
  profile?: string;
}

/** Puts them into the language of `--to`. */
export async function convert(
  context: CommandContext,
  names: readonly string[],
  { to = '', index = 'logs-*', rules, userRules, profile }: ConvertOptions,
): Promise<TableResult> {
  const dialect = Object.hasOwn(DIALECTS, to) ? DIALECTS[to] : undefined;
  if (dialect === undefined)
    throw usageError(
      to === '' ? '--to is missing' : `--to: there is no language "${to}"`,
      suggestion(to, Object.keys(DIALECTS)),
    );
  const { env, cwd, store } = context.settings;
  const { ruleSet, problems } = await chooseRules({
    ...{ env, cwd, store, profile, ruleNames: names, ruleFolders: rules ?? [] },
    isWithoutOwnRules: userRules === false,
  });
  const converted = convertRules(ruleSet, dialect, index);
  const untold = converted.filter(({ query }) => query === undefined).length;
  return {
    title: `${counted(converted.length, 'rule')} in ${to}`,
    heads: ['Rule', 'Query', 'Remark'],
    widest: 1,
    rows: converted.map(({ title, query, remark }) => [title, query ?? '', remark ?? '']),
    notes: [
      ...(untold === 0
        ? []
        : [`${counted(untold, 'rule')} cannot be said in it; --json has all of each.`]),
      ...problems.map(({ message }) => `left out: ${message}`),
    ],
    next: [],
    documents: converted,
    about: { to, index },
  };
}
