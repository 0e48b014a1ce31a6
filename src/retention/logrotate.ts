/** What logrotate's configuration keeps, and how it would have to read. @see logrotate(8) */
import { globExpression } from '../logs/glob.ts';
import { mostDays } from './period.ts';
import type { Source } from './policy.ts';

/** A configuration file with its text. */
export interface ConfigurationFile {
  path: string;
  text: string;
}

/** A block of patterns in braces. */
export interface Stanza {
  path: string;
  /** Lines of the file that hold it, 0-based: from the first pattern to the closing brace. */
  from: number;
  to: number;
  patterns: readonly string[];
  /** Its directives and those that hold everywhere: the first word, and the rest. */
  directives: ReadonlyMap<string, string>;
}

const EVERY = { hourly: 1 / 24, daily: 1, weekly: 7, monthly: 28, yearly: 365 } as const;

/** Blocks of all files; what stands outside of blocks in the first file holds for all that come after it. */
export function readLogrotate(files: readonly ConfigurationFile[]): Stanza[] {
  const everywhere = new Map<string, string>();
  const stanzas: Stanza[] = [];
  for (const { path, text } of files) {
    const here = new Map(everywhere);
    let open: { from: number; patterns: string[]; directives: Map<string, string> } | undefined;
    let patterns: string[] = [];
    let first = 0;
    let isScript = false;
    text.split('\n').forEach((raw, index) => {
      const line = raw.trim();
      if (isScript) isScript = line !== 'endscript';
      else if (line === '' || line.startsWith('#')) return;
      else if (/^(?:pre|post)(?:rotate|remove)$|^(?:first|last)action$/.test(line)) isScript = true;
      else if (line === '}' && open !== undefined) {
        stanzas.push({ path, ...open, to: index });
        [open, patterns] = [undefined, []];
      } else if (
        open === undefined &&
        (line.startsWith('/') || line.startsWith('"') || patterns.length > 0 || line === '{')
      ) {
        if (patterns.length === 0) first = index;
        const words = [...line.matchAll(/"([^"]*)"|([^\s"{]+)/g)].map(
          ([, quoted, plain]) => quoted ?? plain ?? '',
        );
        patterns.push(...words.filter((word) => word !== ''));
        if (line.endsWith('{')) open = { from: first, patterns, directives: new Map(here) };
      } else {
        const [, word = '', rest = ''] = /^(\S+?)[\s=]+(.*)$/.exec(`${line} `) ?? [];
        const into = open?.directives ?? here;
        if (Object.hasOwn(EVERY, word)) for (const other of Object.keys(EVERY)) into.delete(other);
        into.set(word, rest.trim());
      }
    });
    for (const [word, rest] of here) everywhere.set(word, rest);
  }
  return stanzas;
}

/** The block that rotates what a source's globs name. */
export const stanzaOf = (source: Source, stanzas: readonly Stanza[]): Stanza | undefined =>
  stanzas.find(({ patterns }) =>
    patterns.some((pattern) =>
      source.files.some(
        (glob) =>
          globExpression(glob).test(pattern) ||
          globExpression(pattern).test(plain(glob)) ||
          plain(glob) === pattern,
      ),
    ),
  );

/** `/var/log/nginx/*.log*` is rotated as `/var/log/nginx/*.log`. */
const plain = (glob: string): string =>
  glob.replace(/\*+$/, '').replaceAll('*', 'x').replaceAll('?', 'x');

/** For how many days a block keeps what it rotates; undefined where it forgets nothing by age or number. */
export function keptDays({ directives }: Stanza): number | undefined {
  const [, every] = Object.entries(EVERY).find(([word]) => directives.has(word)) ?? [
    '',
    EVERY.weekly,
  ];
  const count = Number(directives.get('rotate') ?? 0);
  const maximum = directives.has('maxage') ? Number(directives.get('maxage')) : Infinity;
  const days = Math.min(count < 0 ? Infinity : count * every, maximum);
  return Number.isFinite(days) ? days : undefined;
}

/** The lines of a block that keep what the source's window asks for, daily files each with its day in the name. */
export function stanzaLines(source: Source): string[] {
  const days = mostDays(source.window.keep ?? { count: 90, unit: 'days' });
  return [
    ...['daily', `rotate ${days}`, `maxage ${days}`, 'dateext', 'dateformat -%Y%m%d'],
    ...['compress', 'delaycompress', 'missingok', 'ifempty'],
  ];
}

/** The change of a configuration file as a unified diff: its block with what must be kept. */
export function stanzaDiff(source: Source, stanza: Stanza, text: string): string {
  const old = text.split('\n').slice(stanza.from, stanza.to + 1);
  const wanted = stanzaLines(source);
  const replaced =
    /^\s*(?:hourly|daily|weekly|monthly|yearly|rotate|maxage|dateext|nodateext|dateformat|compress|nocompress|delaycompress|nodelaycompress|missingok|nomissingok|ifempty|notifempty)\b/;
  const body = old.slice(1, -1);
  let put = false;
  const lines = body.flatMap((line) => {
    if (!replaced.test(line)) return [` ${line}`];
    const added = put ? [] : wanted.map((one) => `+\t${one}`);
    put = true;
    return [`-${line}`, ...added];
  });
  if (!put) lines.unshift(...wanted.map((one) => `+\t${one}`));
  const count = (sign: string): number => lines.filter((line) => line[0] !== sign).length + 2;
  return [
    `--- ${stanza.path}`,
    `+++ ${stanza.path}`,
    `@@ -${stanza.from + 1},${count('+')} +${stanza.from + 1},${count('-')} @@`,
    ` ${old[0]}`,
    ...lines,
    ` ${old.at(-1)}`,
  ].join('\n');
}
