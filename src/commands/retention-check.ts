/** `ir retention check`: whether logs are kept as the policy asks. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, type ExitCode, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { checkSource, LAPSES, type Lapse } from '../retention/check-source.ts';
import { filesOf } from '../retention/log-files.ts';
import { keptDays, readLogrotate, stanzaDiff, stanzaOf } from '../retention/logrotate.ts';
import { mostDays } from '../retention/period.ts';
import type { Source } from '../retention/policy.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { loadPolicy, type PolicyOptions } from './retention.ts';
import type { Cell, TableResult } from './table-result.ts';

/** Options of `ir retention check`, as typed. */
export interface CheckOptions extends PolicyOptions {
  root?: string | undefined;
  failOn?: string | undefined;
}

/** Looks at all files of the policy, and at the configuration of who writes them. */
export async function checkRetention(
  context: CommandContext,
  options: CheckOptions,
): Promise<CommandOutcome<TableResult>> {
  const least = options.failOn?.toLowerCase();
  if (least !== undefined && least !== 'warning' && least !== 'error')
    throw usageError(
      `--fail-on: "${options.failOn}" is not one of its words`,
      'Use warning or error.',
    );
  const policy = await loadPolicy(context, options);
  const root = resolve(context.settings.cwd, options.root ?? '/');
  const stanzas = readLogrotate(logrotateFiles(root));
  const lapses: Lapse[] = [];
  const diffs: string[] = [];
  let count = 0;
  for (const source of policy.sources) {
    context.signal.throwIfAborted();
    context.progress(`Looking at ${source.name}`);
    const files = await filesOf(source, () => {
      context.signal.throwIfAborted();
      return undefined;
    });
    count += files.length;
    lapses.push(...checkSource(source, files, context.now()));
    const writer = checkWriter(source, stanzas, root);
    lapses.push(...writer.lapses);
    diffs.push(...writer.diffs);
  }
  context.progress('');
  const degreeOf = ({ kind }: Lapse) => LAPSES[kind];
  const errors = lapses.filter((one) => degreeOf(one) === 'error').length;
  const result: TableResult = {
    title: `${plural(count, 'file')} of ${plural(policy.sources.length, 'source')} by ${policy.path}: ${plural(errors, 'error')}, ${plural(lapses.length - errors, 'warning')}`,
    heads: ['Degree', 'Source', 'What', 'File', 'Seen'],
    rows: lapses.map((one): Cell[] => [
      degreeOf(one),
      one.source,
      one.kind,
      one.path,
      one.by === undefined ? one.seen : `${one.seen} (${one.by})`,
    ]),
    notes: [
      ...(lapses.length === 0
        ? []
        : [
            'To do:',
            ...[...new Set(lapses.map(({ next }) => next))].slice(0, 20).map((next) => `  ${next}`),
          ]),
      ...(diffs.length === 0
        ? []
        : [
            '',
            'The change of configuration that keeps what is asked for:',
            ...diffs.flatMap((diff) => diff.split('\n')),
          ]),
    ],
    next: [],
    documents: lapses.map((one) => ({ degree: degreeOf(one), ...one })),
    about: {
      policy: policy.path,
      files: count,
      errors,
      warnings: lapses.length - errors,
      changes: diffs,
    },
  };
  const failing = least === 'warning' ? lapses.length : least === 'error' ? errors : 0;
  if (failing === 0) return { result };
  const exit: ExitCode = EXIT.findings;
  return { result, exit, reasons: () => [`--fail-on ${least}: ${failing} of that degree`] };
}

/** `/etc/logrotate.conf` and what lies in `/etc/logrotate.d`. */
function logrotateFiles(root: string): { path: string; text: string }[] {
  const folder = join(root, 'etc/logrotate.d');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  return [join(root, 'etc/logrotate.conf'), ...names.map((name) => join(folder, name))].flatMap(
    (path) => {
      try {
        return [{ path, text: readFileSync(path, 'utf8') }];
      } catch {
        return [];
      }
    },
  );
}

function checkWriter(
  source: Source,
  stanzas: ReturnType<typeof readLogrotate>,
  root: string,
): { lapses: Lapse[]; diffs: string[] } {
  const { name, writer, window } = source;
  if (window.keep === undefined || writer === 'program') return { lapses: [], diffs: [] };
  const wanted = mostDays(window.keep);
  const by = window.atLeast?.by;
  if (writer === 'journald') {
    const has = journaldDays(root);
    if (has === undefined || has >= wanted) return { lapses: [], diffs: [] };
    const next = 'ir retention plan --for journald';
    return {
      lapses: [
        {
          source: name,
          kind: 'deleted-early',
          seen: `journald keeps ${has} days, wanted ${wanted}`,
          by,
          next,
        },
      ],
      diffs: [],
    };
  }
  const stanza = stanzaOf(source, stanzas);
  if (stanza === undefined) return { lapses: [], diffs: [] };
  const days = keptDays(stanza);
  const most = window.atMost === undefined ? Infinity : mostDays(window.atMost.period);
  if (
    days === undefined
      ? most === Infinity
      : days >= mostDays(window.atLeast?.period ?? window.keep) && days <= most
  )
    return { lapses: [], diffs: [] };
  const kind = days !== undefined && days < wanted ? 'deleted-early' : 'too-old';
  const seen = `logrotate keeps ${days === undefined ? 'them without end' : `${Math.floor(days)} days`} (${stanza.path}:${stanza.from + 1}), wanted ${wanted}`;
  const diff = stanzaDiff(source, stanza, readFileSync(stanza.path, 'utf8'));
  return {
    lapses: [
      {
        source: name,
        kind,
        path: stanza.path,
        seen,
        by,
        next: `Apply the change of ${stanza.path} shown below.`,
      },
    ],
    diffs: [diff],
  };
}

/** Days after which journald forgets by time; undefined where no time is set. @see journald.conf(5) */
function journaldDays(root: string): number | undefined {
  const base = join(root, 'etc/systemd');
  const folder = join(base, 'journald.conf.d');
  const names = existsSync(folder) ? readdirSync(folder).sort() : [];
  let days: number | undefined;
  for (const path of [join(base, 'journald.conf'), ...names.map((name) => join(folder, name))]) {
    if (!existsSync(path)) continue;
    const [, value] = /^\s*MaxRetentionSec\s*=\s*(\S.*)$/m.exec(readFileSync(path, 'utf8')) ?? [];
    if (value !== undefined) days = spanDays(value);
  }
  return days;
}

const UNIT_DAYS: Readonly<Record<string, number>> = {
  '': 1 / 86_400,
  s: 1 / 86_400,
  sec: 1 / 86_400,
  m: 1 / 1440,
  min: 1 / 1440,
  h: 1 / 24,
  hour: 1 / 24,
  d: 1,
  day: 1,
  w: 7,
  week: 7,
  M: 30,
  month: 30,
  y: 365,
  year: 365,
};

function spanDays(text: string): number | undefined {
  let days = 0;
  for (const [, count = '', unit = ''] of text.matchAll(/(\d+)\s*([a-zA-Z]*)/g)) {
    const known = UNIT_DAYS[unit] ?? UNIT_DAYS[unit.replace(/s$/, '')];
    if (known === undefined) return undefined;
    days += Number(count) * known;
  }
  return days === 0 ? undefined : days;
}
