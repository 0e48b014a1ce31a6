/** A file of mappings from YAML. What is wrong is said with its place, and left out; the rest works. */
import { z } from 'zod';
import { type IrError, suggestion, templateError } from '../../errors.ts';
import { ECS_FIELD_NAMES } from '../../events/ecs-field-names.ts';
import {
  type Problem,
  parseYaml,
  problemsOf,
  type YamlDocument,
  type YamlPath,
} from '../../yaml.ts';
import type { FieldMapping, Mapping, ValueSource } from './mapping.ts';
import { TRANSFORMS } from './transforms.ts';

/** What a file of mappings came to. */
export interface ParsedMapping {
  /** Undefined when nothing of the file can be used. */
  mapping: Mapping | undefined;
  problems: readonly IrError[];
}

const words = z.array(z.string().transform((word) => word.toLowerCase())).optional();
const FILE = z.strictObject({
  title: z.string().default(''),
  logsource: z
    .array(z.strictObject({ product: words, category: words, service: words }))
    .optional(),
  extends: z.array(z.string()).default([]),
  unmapped: z.enum(['record', 'event']).optional(),
  case: z.enum(['any', 'same']).optional(),
  fields: z.record(z.string(), z.unknown()),
});

/** A text that is one of those that are known. */
const known = (
  what: string,
  isKnown: (text: string) => boolean,
  hint: (text: string) => string,
): z.ZodType<string> =>
  z.string().superRefine((text, context) => {
    if (isKnown(text)) return;
    const message = `there is no ${what} "${text}"`;
    context.addIssue({ code: 'custom', message, params: { hint: hint(text) } });
  });

const SPECIAL = ['own', 'record', '@timestamp', 'url.whole'];
const PATHS: ReadonlySet<string> = new Set([...ECS_FIELD_NAMES, ...SPECIAL]);
const RECORD = 'Use an ECS field, or record.NAME for what the source itself calls NAME.';
const path = known(
  'field',
  (text) => PATHS.has(text) || /^record\../.test(text),
  (text) => suggestion(text, ECS_FIELD_NAMES, RECORD),
);
const table = z.record(z.string(), z.string()).optional();

/** @param isOurs bundled with the program; names that begin with `ir.` belong to these files */
export function parseMapping(text: string, file: string, isOurs: boolean): ParsedMapping {
  const document = parseYaml(text, file);
  const problems = document.problems.map(errorOf);
  if (problems.length > 0) return { mapping: undefined, problems };
  const check = createCheck(document, problems);
  const read = check(FILE, document.value, []);
  if (read !== undefined && !isOurs && read.logsource === undefined) {
    const hint = 'Say which rules it is for: logsource: [{ product: [linux] }].';
    problems.push(templateError('the mapping has no logsource', document.placeOf([]), hint));
  }
  if (read === undefined || problems.length > 0) return { mapping: undefined, problems };
  const isAnyCase = read.case === 'any';
  const fields: Record<string, FieldMapping> = Object.create(null);
  const fieldOf = createFieldReader(check, isOurs);
  for (const [key, value] of Object.entries((document.value as typeof read).fields)) {
    const before = problems.length;
    const mapping = fieldOf(value, ['fields', key]);
    if (problems.length > before) continue;
    for (const written of (isAnyCase ? key.toLowerCase() : key).split(',')) {
      const name = written.replaceAll(' ', '');
      const isTaken = !isOurs && name.startsWith('ir.');
      if (!isTaken && !(name in fields)) {
        fields[name] = mapping;
        continue;
      }
      const message = isTaken
        ? `"${name}": names that begin with "ir." are taken`
        : `"${name}" is mapped twice`;
      problems.push(templateError(message, document.placeOfKey(['fields'], key)));
    }
  }
  const mapping: Mapping = {
    name: (file.split('/').at(-1) ?? '').replace(/\.ya?ml$/i, ''),
    title: read.title,
    ...(read.logsource === undefined ? {} : { logsource: read.logsource as never }),
    extends: read.extends,
    isRecordFirst: read.unmapped === 'record',
    isAnyCase,
    fields: { ...fields },
  };
  return { mapping, problems };
}

/** Gives the value as the schema has it, or undefined where it does not fit: then what is wrong is noted. */
type Check = <T>(schema: z.ZodType<T>, value: unknown, at: YamlPath) => T | undefined;

const createCheck =
  (document: YamlDocument, problems: IrError[]): Check =>
  (schema, value, at) => {
    const read = schema.safeParse(value);
    const whole = at.length === 0 ? schema : z.object({ fields: z.record(z.string(), schema) });
    for (const issue of read.error?.issues ?? []) {
      const placed = { ...issue, path: [...at, ...issue.path] };
      const { hint } = (issue as { params?: { hint?: string } }).params ?? {};
      for (const problem of problemsOf(new z.ZodError([placed]), document, whole)) {
        const source =
          (issue as { origin?: string }).origin === 'key' ? document.placeOf(at) : problem.source;
        const message = hint === undefined ? problem.message : issue.message;
        problems.push(errorOf({ message, source, hint: hint ?? problem.hint }));
      }
    }
    return read.data;
  };

/** Makes the reader of what stands under a name: a source, several in turn, or several that are taken together. */
function createFieldReader(
  check: Check,
  isOurs: boolean,
): (value: unknown, at: YamlPath) => FieldMapping {
  const names = [...TRANSFORMS]
    .filter(([, each]) => isOurs || each.isOurs !== true)
    .map(([name]) => name);
  const transform = known(
    'transform',
    (name) => names.includes(name),
    (name) => suggestion(name, names),
  ).optional();
  const object = z.strictObject({ path: z.unknown(), when: table, values: table, transform });
  const sourceOf = (value: unknown, at: YamlPath): ValueSource => {
    if (Array.isArray(value)) return { path: check(z.array(path).min(1), value, at) ?? [] };
    if (typeof value !== 'object' || value === null)
      return { path: [check(path, value, at) ?? ''] };
    const found = check(object, value, at);
    if (found === undefined) return { path: [] };
    const { path: inner, ...rest } = found;
    for (const field of Object.keys(rest.when ?? {})) check(path, field, [...at, 'when', field]);
    return { ...sourceOf(inner, [...at, 'path']), ...rest } as ValueSource;
  };
  const list = z.strictObject({ all: z.array(z.unknown()).min(1), transform });
  return (value, at) => {
    if (typeof value === 'object' && value !== null && 'all' in value) {
      const { all = [], ...rest } = check(list, value, at) ?? {};
      const sources = all.map((part, index) => sourceOf(part, [...at, 'all', index]));
      return { all: sources, ...rest } as FieldMapping;
    }
    const { transform: last, ...source } = sourceOf(value, at);
    return { all: [source], ...(last === undefined ? {} : { transform: last }) };
  };
}

const errorOf = ({ message, source, hint }: Problem): IrError =>
  templateError(message, source, hint);
