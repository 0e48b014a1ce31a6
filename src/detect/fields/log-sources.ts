/**
 * Which rules fit an event: those of whose `logsource` every part that is stated is among the words that the
 * event's format declares of it. So `product: linux` alone fits every Linux event. A rule that states nothing
 * fits nothing; `category: any` fits every event.
 */
import type { EcsField, Event } from '../../events/event.ts';
import type { Conditions, LogFormat, LogSource } from '../../logs/formats/log-format.ts';
import type { SigmaLogSource } from '../../sigma/rule.ts';

/** The events of one format that the same rules fit. There are as many as formats declare, whatever a log says. */
export interface EventKind {
  format: LogFormat;
  source: LogSource;
}

/** Does a rule of this log source apply to events of a kind? */
export function ruleFits(logsource: SigmaLogSource, source: LogSource): boolean {
  const product = lower(logsource.product);
  const category = lower(logsource.category);
  const service = lower(logsource.service);
  if (product === undefined && category === undefined && service === undefined) return false;
  if (product !== undefined && source.products?.includes(product) !== true) return false;
  if (service !== undefined && source.services?.includes(service) !== true) return false;
  if (category === undefined || category === 'any') return true;
  if (source.categories?.includes(category) === true) return true;
  return service !== undefined && source.serviceCategories?.includes(category) === true;
}

const lower = (text: string | undefined): string | undefined =>
  text === undefined || text === '' ? undefined : text.toLowerCase();

/** Gives the kind of an event. Throws for one of a format that is not among these. */
export function createKinds(formats: readonly LogFormat[]): (event: Event) => EventKind {
  const byName = new Map(formats.map((format) => [format.name, format]));
  // Of all formats a run meets few.
  const finders = new Map<string, (event: Event) => EventKind>();
  return (event) => {
    let find = finders.get(event.format);
    if (find === undefined) {
      const format = byName.get(event.format);
      if (format === undefined) throw new Error(`no format is called "${event.format}"`);
      finders.set(event.format, (find = createFinder(format)));
    }
    return find(event);
  };
}

/** A kind, and what is to be tested of an event that has the word under which it was looked up. */
interface Candidate {
  kind: EventKind;
  tests: readonly ((event: Event) => boolean)[];
}

function createFinder(format: LogFormat): (event: Event) => EventKind {
  const kinds = format.sources.map((source): EventKind => ({ format, source }));
  const all = kinds.map(candidateOf);
  const last: EventKind = { format, source: {} };
  const field = wordField(format.sources);
  if (field === undefined) return (event) => firstOf(all, event) ?? last;
  // Most conditions name one field: its value leads to the few kinds that come into question.
  const byWord = new Map<string | undefined, Candidate[]>();
  const words = new Set(kinds.flatMap(({ source }) => source.when?.[field] ?? []));
  for (const word of [undefined, ...words]) {
    const fitting = all.filter(({ kind: { source } }) => {
      const named = source.when?.[field];
      return named === undefined || (word !== undefined && named.includes(word));
    });
    byWord.set(word, fitting);
  }
  const others = byWord.get(undefined) as Candidate[];
  return (event) => {
    const value = event[field];
    if (Array.isArray(value)) return firstOf(all, event) ?? last;
    const word = value === undefined ? undefined : String(value);
    return firstOf(byWord.get(word) ?? others, event) ?? last;
  };
}

const firstOf = (candidates: readonly Candidate[], event: Event): EventKind | undefined =>
  candidates.find(({ tests }) => tests.every((test) => test(event)))?.kind;

/** The field that most conditions name with whole words. */
function wordField(sources: readonly LogSource[]): EcsField | undefined {
  const counts = new Map<EcsField, number>();
  for (const { when = {} } of sources) {
    for (const [field, words = []] of Object.entries(when) as [EcsField, readonly string[]][]) {
      const isWhole = words.every((word) => !word.includes('*'));
      counts.set(field, (counts.get(field) ?? 0) + (isWhole ? 1 : Number.NEGATIVE_INFINITY));
    }
  }
  const [best] = [...counts].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1]);
  return best?.[0];
}

function candidateOf(kind: EventKind): Candidate {
  const { when = {}, unless = {} } = kind.source;
  return {
    kind,
    tests: [...testsOf(when), ...testsOf(unless).map((test) => (event: Event) => !test(event))],
  };
}

const testsOf = (conditions: Conditions): ((event: Event) => boolean)[] =>
  (Object.entries(conditions) as [EcsField, readonly string[]][]).map(([field, words]) => {
    const tests = words.map(wordTest);
    const holds = (value: unknown): boolean => tests.some((test) => test(String(value)));
    return (event) => {
      const value = event[field];
      if (value === undefined) return false;
      return Array.isArray(value) ? value.some(holds) : holds(value);
    };
  });

function wordTest(word: string): (value: string) => boolean {
  if (word === '*') return () => true;
  if (word.endsWith('*')) return (value) => value.startsWith(word.slice(0, -1));
  if (word.startsWith('*')) return (value) => value.endsWith(word.slice(1));
  return (value) => value === word;
}
