/** A rule of the engine made from values that are looked for. */
import { createHash } from 'node:crypto';
import type { Match, Search, SigmaRule } from '../../sigma/rule.ts';

/** Values of a kind. */
export type Listed = Pick<Match, 'words'> & { values: readonly string[] };

/** What is particular to a rule. */
export interface Draft {
  title: string;
  searches: Readonly<Record<string, Search>>;
  isWithout?: boolean;
  entities: readonly string[];
}

/** Values are looked for as they are: `*`, `?` and backslashes in them stand for themselves. */
const plain = (value: string): string =>
  /[\\*?]/.test(value) ? value.replace(/[\\*?]/g, '\\$&') : value;

/** Any of the values. */
export const matchOf = ({ values, words }: Listed, ...modifiers: string[]): Match => ({
  modifiers,
  values: modifiers.includes('cidr') ? values : values.map(plain),
  ...(words === undefined ? {} : { words }),
  isChecked: true,
});

/** The rule, with an id that its title gives. @param path where the values are from */
export function ruleOf({ title, searches, isWithout, entities }: Draft, path: string): SigmaRule {
  const digest = createHash('sha256').update(title).digest('hex');
  const id = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-4${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const wanted = { kind: 'search', name: 'wanted' } as const;
  return {
    kind: 'rule',
    title,
    id,
    name: '',
    description: '',
    status: '',
    level: 'high',
    tags: [],
    falsepositives: [],
    references: [],
    place: { path },
    custom: { ir: { entities } },
    logsource: { category: 'any' },
    searches: new Map(Object.entries(searches)),
    condition:
      isWithout === true
        ? {
            kind: 'and',
            of: [wanted, { kind: 'not', of: { kind: 'of', quantity: 1, names: ['a', 'b'] } }],
          }
        : wanted,
    fields: [],
  };
}
