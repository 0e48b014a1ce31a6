/** `ir retention check`: whether logs are kept as the policy asks. */
import { resolve } from 'node:path';
import { EXIT, type ExitCode, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { checkSource, LAPSES, type Lapse } from '../retention/check-source.ts';
import { checkWriter, readWriters } from '../retention/check-writer.ts';
import { filesOf } from '../retention/log-files.ts';
import type { Policy } from '../retention/policy.ts';
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
  const seen = await lookAt(context, policy, root);
  const { lapses } = seen;
  const errors = lapses.filter((one) => degreeOf(one) === 'error').length;
  const result = tableOf(policy, seen, errors);
  const failing = least === 'warning' ? lapses.length : least === 'error' ? errors : 0;
  if (failing === 0) return { result };
  const exit: ExitCode = EXIT.findings;
  return { result, exit, reasons: () => [`--fail-on ${least}: ${failing} of that degree`] };
}

/** What was found in all sources. */
interface Seen {
  lapses: readonly Lapse[];
  /** Changes of configurations. */
  diffs: readonly string[];
  /** Files. */
  count: number;
}

async function lookAt(context: CommandContext, policy: Policy, root: string): Promise<Seen> {
  const writers = readWriters(root);
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
    const writer = checkWriter(source, writers);
    lapses.push(...writer.lapses);
    diffs.push(...writer.diffs);
  }
  context.progress('');
  return { lapses, diffs, count };
}

const degreeOf = ({ kind }: Lapse) => LAPSES[kind];

function tableOf(policy: Policy, { lapses, diffs, count }: Seen, errors: number): TableResult {
  return {
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
        : ['', 'The change of configuration that keeps what is asked for:']),
    ],
    ...(diffs.length > 0 && { verbatim: diffs.flatMap((diff) => diff.split('\n')) }),
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
}
