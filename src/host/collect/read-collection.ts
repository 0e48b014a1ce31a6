/** One collection file: YAML text to a checked collection, or every problem of the file with its place. */
import { type Problem, parseYaml, problemsOf, type YamlDocument } from '../../yaml.ts';
import { type Collection, type Item, VOLATILITIES } from './collection.ts';
import {
  buildCollectionSchema,
  durationMs,
  type RawCollection,
  sizeBytes,
} from './collection-schema.ts';

/** A file that was read: the collection, or what is wrong with it. */
export interface ReadCollection {
  /** Undefined when there is any problem. */
  collection: Collection | undefined;
  problems: readonly Problem[];
}

/** Parses and checks a collection. Never throws on bad content: all problems come back. */
export async function readCollection(
  text: string,
  path: string,
  origin: Collection['origin'],
): Promise<ReadCollection> {
  const document = parseYaml(text, path);
  if (document.problems.length > 0) return { collection: undefined, problems: document.problems };
  const { z } = await import('zod');
  const schema = buildCollectionSchema(z);
  const checked = schema.safeParse(document.value);
  if (!checked.success) {
    return { collection: undefined, problems: problemsOf(checked.error, document, schema) };
  }
  const problems = [
    ...orderProblems(checked.data, document),
    ...shellProblems(checked.data, document),
  ];
  if (problems.length > 0) return { collection: undefined, problems };
  const { id, title, summary, includes, limits, items } = checked.data;
  const collection = {
    ...{ id, title, summary, includes, origin, source: { path } },
    ...{ maxBytes: sizeBytes(limits.bytes), maxMs: durationMs(limits.time) },
    items: items.map(itemOf),
  };
  return { collection, problems: [] };
}

function itemOf(raw: RawCollection['items'][number]): Item {
  const { id, title, volatility, run, read, files, keep, timeout, bytes, needs_root } = raw;
  const source: Item['source'] =
    run !== undefined
      ? { kind: 'run', argv: run, timeoutMs: durationMs(timeout) }
      : read !== undefined
        ? { kind: 'read', reader: read }
        : { kind: 'files', globs: files ?? [], keep };
  return { id, title, volatility, source, maxBytes: sizeBytes(bytes), needsRoot: needs_root };
}

/** What is gone first is taken first; an id stands for one item. */
function orderProblems({ items }: RawCollection, document: YamlDocument): Problem[] {
  const seen = new Set<string>();
  let latest = 0;
  return items.flatMap(({ id, volatility }, index): Problem[] => {
    const rank = VOLATILITIES.indexOf(volatility);
    const source = document.placeOf(['items', index]);
    const problems: Problem[] = [];
    if (rank < latest) {
      const before = VOLATILITIES[latest];
      problems.push({
        message: `item "${id}" (${volatility}) comes after one of ${before}`,
        ...{ source, hint: 'What is gone first is taken first (RFC 3227).' },
      });
    }
    if (seen.has(id))
      problems.push({ message: `there are two items "${id}"`, source, hint: 'Rename one.' });
    latest = Math.max(latest, rank);
    seen.add(id);
    return problems;
  });
}

const SHELLS = /^(?:.*\/)?(?:sh|bash|dash|zsh|ksh|python[0-9.]*|perl|ruby|node|awk|eval)$/;

/** A command of a collection is an argument list; a text that runs as a program could do anything. */
function shellProblems({ items }: RawCollection, document: YamlDocument): Problem[] {
  return items.flatMap(({ run }, index): Problem[] => {
    if (run === undefined || !run.some((word) => SHELLS.test(word))) return [];
    const source = document.placeOf(['items', index, 'run']);
    return [
      {
        message: `"${run.join(' ')}" runs a shell or an interpreter`,
        source,
        hint: 'Run the program itself.',
      },
    ];
  });
}
