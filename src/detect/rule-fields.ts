/** What rules of a log source may use: its names in the mappings, the ECS fields that its formats fill, and the formats. */
import { suggestion, usageError } from '../errors.ts';
import { ECS_FIELD_NAMES } from '../events/ecs-field-names.ts';
import type { LogFormat } from '../logs/formats/log-format.ts';
import type { SigmaLogSource } from '../sigma/rule.ts';
import { ruleFits } from './fields/log-sources.ts';
import type { Mapping } from './fields/mapping.ts';
import { createChains, createResolver } from './fields/resolver.ts';
import { isFilled } from './unmatchable.ts';

/** A name that rules may use. */
export interface RuleField {
  name: string;
  /** The fields of the event, or names of its record, that it reads. */
  reads: readonly string[];
  /** The mapping that says so; `ecs` for fields of ECS. */
  from: string;
  /** Does any format of the log source give it a value? */
  isFilled: boolean;
}

/** What there is for a log source. */
export interface RuleFields {
  logsource: SigmaLogSource;
  /** Formats whose events rules of it see. */
  formats: readonly string[];
  fields: readonly RuleField[];
}

/** The fields of a log source, such as `linux/sshd`, `webserver` or `windows/process_creation`. Throws for one that nothing is of. */
export function fieldsOf(
  text: string,
  formats: readonly LogFormat[],
  { bundled, own }: { bundled: readonly Mapping[]; own: readonly Mapping[] },
): RuleFields {
  const logsource = parseLogSource(text, formats);
  const fitting = formats.filter(({ sources }) =>
    sources.some((source) => ruleFits(logsource, source)),
  );
  if (fitting.length === 0) {
    throw usageError(`no log format is of "${text}"`, 'ir formats list names what is read.');
  }
  const resolve = createResolver(bundled, own);
  const found = new Map<string, RuleField>();
  for (const { name: from, fields } of createChains(bundled, own)(logsource)) {
    for (const name of Object.keys(fields)) {
      if (found.has(name) || name.startsWith('ir.')) continue;
      const reader = resolve(name, logsource);
      const { paths = [] } = reader;
      const isAny = name.includes('*');
      found.set(name, {
        name,
        reads: paths,
        from,
        isFilled: isAny || isFilled(name, reader, fitting),
      });
    }
  }
  for (const name of ECS_FIELD_NAMES) {
    const reader = resolve(name, logsource);
    if (found.has(name) || !isFilled(name, reader, fitting)) continue;
    found.set(name, { name, reads: [name], from: 'ecs', isFilled: true });
  }
  return { logsource, formats: fitting.map(({ name }) => name), fields: [...found.values()] };
}

/** Each word is the product, category or service of some format. */
function parseLogSource(text: string, formats: readonly LogFormat[]): SigmaLogSource {
  const words = (part: 'products' | 'categories' | 'services'): Set<string> =>
    new Set(formats.flatMap(({ sources }) => sources.flatMap((source) => source[part] ?? [])));
  const known = {
    product: words('products'),
    category: words('categories'),
    service: words('services'),
  };
  const logsource: SigmaLogSource = {};
  for (const word of text.toLowerCase().split('/')) {
    const part = (['product', 'category', 'service'] as const).find(
      (name) => known[name].has(word) && logsource[name] === undefined,
    );
    if (part === undefined) {
      const all = [...known.product, ...known.category, ...known.service];
      throw usageError(
        `"${word}" is no product, category or service of a log that is read`,
        suggestion(word, [...new Set(all)], 'Write it as linux/sshd, webserver or aws/cloudtrail.'),
      );
    }
    logsource[part] = word;
  }
  return logsource;
}
