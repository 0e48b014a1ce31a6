/** `ir retention plan`: how long logs are kept, and the same in the words of others. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { EXIT, refusedError, suggestion, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { periodText } from '../retention/period.ts';
import { type Policy, readPolicy, type Source } from '../retention/policy.ts';
import { loadRegimes, type Regime } from '../retention/regime.ts';
import { policyFor, TARGETS } from '../retention/targets.ts';
import type { Bound } from '../retention/window.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import type { Cell, TableResult } from './table-result.ts';

/** Options that all of `ir retention` share, as typed. */
export interface PolicyOptions {
  policy?: string | undefined;
}

/** The policy: the file that is named, else that of the workspace, else the user's own. */
export async function loadPolicy(
  context: CommandContext,
  { policy }: PolicyOptions,
): Promise<Policy> {
  const { env, cwd } = context.settings;
  const paths =
    policy === undefined
      ? [
          join(findWorkspace(context.settings).folder, 'retention.yml'),
          ownFolder(env, 'retention.yml'),
        ]
      : [resolve(cwd, policy)];
  const found = await readPolicy(paths, await loadRegimes(env));
  if (found !== undefined) return found;
  throw refusedError(
    policy === undefined
      ? `there is no policy: neither ${paths.join(' nor ')}`
      : `there is no policy ${policy}`,
    'Begin with: ir retention plan --regime pci-dss > retention.yml, then name it with --policy.',
  );
}

/** Options of `ir retention plan`, as typed. */
export interface PlanOptions extends PolicyOptions {
  regime?: readonly string[] | undefined;
  for?: string | undefined;
}

/** With `--for` the policy in another program's words, else a policy to begin with for the regimes named. */
export async function retentionText(
  context: CommandContext,
  options: PlanOptions,
): Promise<string> {
  if (options.for !== undefined) {
    const target = options.for.toLowerCase();
    if (!Object.hasOwn(TARGETS, target))
      throw usageError(
        `--for: nothing is known of "${options.for}"`,
        suggestion(target, Object.keys(TARGETS)),
      );
    const policy = await loadPolicy(context, options);
    assertDecided(policy);
    return policyFor(target, policy);
  }
  const regimes = await loadRegimes(context.settings.env);
  const chosen = (options.regime ?? []).map((id) => {
    const regime = regimes.get(id.toLowerCase());
    if (regime !== undefined) return regime;
    throw usageError(`--regime: there is no regime "${id}"`, suggestion(id, [...regimes.keys()]));
  });
  return starter(chosen);
}

/**
 * Bounds that exclude each other are for a person to decide, and so is a figure that a law leaves open: what is deleted before does not come back.
 * @throws IrError refused
 */
export function assertDecided({ sources, path }: Policy): void {
  for (const { name, window } of sources) {
    const [conflict] = window.conflicts;
    if (conflict !== undefined)
      throw refusedError(
        `${path}: ${name}: ${conflict}`,
        'Decide which holds, and write it in the policy.',
      );
    const [open] = window.open;
    if (open !== undefined)
      throw refusedError(
        `${path}: ${name}: ${open.regime} has no figure of its own (${open.asks}), and the policy gives none`,
        `Write periods: { ${open.regime}: 180 days } with what your own reasons give.`,
      );
  }
}

/** Windows of all sources; without a policy the regimes to choose from. */
export async function planRetention(
  context: CommandContext,
  options: PlanOptions,
): Promise<CommandOutcome<TableResult>> {
  const isThere =
    options.policy !== undefined ||
    existsSync(join(findWorkspace(context.settings).folder, 'retention.yml')) ||
    existsSync(ownFolder(context.settings.env, 'retention.yml'));
  if (!isThere) return { result: await listRegimes(context) };
  const { sources, path, regimes } = await loadPolicy(context, options);
  const conflicts = sources.flatMap(({ name, window }) =>
    window.conflicts.map((one) => `${name}: ${one}`),
  );
  const open = sources.flatMap(({ name, window }) =>
    window.open.map(
      ({ regime, asks }) =>
        `${name}: ${regime} has no figure of its own; write periods: { ${regime}: ... } (${asks})`,
    ),
  );
  const result: TableResult = {
    title: `Retention by ${path}`,
    heads: ['Source', 'At least', 'At most', 'At hand', 'Kept', 'Written by', 'Then'],
    rows: sources.map((source): Cell[] => [
      source.name,
      said(source.window.atLeast),
      said(source.window.atMost),
      said(source.window.atHand),
      source.window.keep && periodText(source.window.keep),
      source.writer,
      thenOf(source),
    ]),
    notes: [
      ...(conflicts.length === 0
        ? []
        : ['For a person to decide:', ...conflicts.map((one) => `  ${one}`)]),
      ...open,
      ...regimes.map(
        ({ title, cite, url, note }) =>
          `${title}, ${cite} (${url})${note === '' ? '' : `: ${note}`}`,
      ),
    ],
    next: [
      { command: 'ir retention check', shows: 'whether it is so' },
      { command: 'ir retention plan --for logrotate', shows: 'the same for others' },
    ],
    documents: sources.map(({ window, ...source }) => ({ ...source, ...window })),
    about: { policy: path, conflicts, open },
  };
  if (conflicts.length + open.length === 0) return { result };
  const reasons = (): string[] => [
    `the policy leaves ${plural(conflicts.length + open.length, 'decision')} open`,
  ];
  return { result, exit: EXIT.findings, reasons };
}

const said = (bound: Bound | undefined): string | undefined =>
  bound && `${periodText(bound.period)} (${bound.by.split(',')[0]})`;

const thenOf = ({ archive, compressAfter, move, window }: Source): string =>
  archive === undefined
    ? 'its writer deletes it'
    : [
        compressAfter && `packed after ${periodText(compressAfter)}`,
        move && `moved to ${move.to} after ${periodText(move.after)}`,
        window.keep && `deleted after ${periodText(window.keep)}`,
      ]
        .filter(Boolean)
        .join(', ');

async function listRegimes(context: CommandContext): Promise<TableResult> {
  const regimes = [...(await loadRegimes(context.settings.env)).values()];
  return {
    title: 'No policy yet. Regimes to choose from:',
    heads: ['Regime', 'At least', 'At most', 'At hand', 'What'],
    rows: regimes.map((regime): Cell[] => [
      regime.id,
      regime.atLeast ? periodText(regime.atLeast) : regime.asks === 'at_least' ? 'asks' : undefined,
      regime.atMost ? periodText(regime.atMost) : regime.asks === 'at_most' ? 'asks' : undefined,
      regime.atHand && periodText(regime.atHand),
      `${regime.title}, ${regime.cite}`,
    ]),
    notes: [],
    next: [
      {
        command: 'ir retention plan --regime pci-dss > retention.yml',
        shows: 'a policy to begin with',
      },
    ],
    documents: regimes,
    about: {},
  };
}

/** A policy with comments. */
const starter = (regimes: readonly Regime[]): string =>
  [
    '# How long logs are kept. Check it with: ir retention check --policy retention.yml',
    ...regimes.map(
      ({ id, title, cite, asOf, note }) =>
        `# ${id}: ${title}, ${cite} (as of ${asOf}).${note === '' ? '' : ` ${note}`}`,
    ),
    `regimes: [${regimes.map(({ id }) => id).join(', ')}]`,
    ...periodLines(regimes),
    'sources:',
    '  # What logrotate rotates: nothing is touched here, its configuration is shown.',
    '  - name: logins',
    '    files: [/var/log/auth.log*]',
    '    writer: logrotate',
    '  # A folder of its own for what is kept longer: only in such folders ir compresses, moves and deletes.',
    '  # - name: web-archive',
    '  #   files: [/srv/log-archive/web/**]',
    '  #   archive: /srv/log-archive/web',
    '  #   writer: program',
    '  #   compress_after: 7 days',
    '  #   move_after: 100 days',
    '  #   move_to: /srv/log-archive/cold/web',
    '  #   keep: 13 months',
    '',
  ].join('\n');

const periodLines = (regimes: readonly Regime[]): string[] => {
  const asking = regimes.filter(({ asks }) => asks !== undefined);
  if (asking.length === 0) return [];
  return [
    '# These name no figure: write yours, and why.',
    'periods:',
    ...asking.map(({ id, asks }) => `  # ${id}: 180 days   # ${asks}`),
  ].map((line, index, all) => (index === 1 && all.length > 2 ? `# ${line}` : line));
};
