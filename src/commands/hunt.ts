/** `ir hunt`: the rules asked of a search cluster, where the events are; what it finds is confirmed by our own engine. */
import { rmSync } from 'node:fs';
import { appendFile, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openCluster } from '../connectors/search-cluster.ts';
import { sortPart, splitByFile } from '../connectors/split-by-file.ts';
import { chooseRules } from '../detect/choose-rules.ts';
import { createPlan } from '../detect/plan.ts';
import { usageError } from '../errors.ts';
import { askedRules, collectHits, type HuntLimits } from '../hunt/collect-hits.ts';
import type { CommandContext } from './context.ts';
import { counted } from './incompleteness.ts';
import type { CommandOutcome } from './outcome.ts';
import { openPlace, waitFor } from './places.ts';
import { readAsked } from './pull.ts';
import type { LocalPaths } from './remote-logs.ts';
import type { TableResult } from './table-result.ts';
import {
  type EventsResult,
  readOptions,
  type TimelineOptions,
  type TimelineResult,
  timeline,
} from './timeline.ts';

/** The options of `ir hunt`. */
export interface HuntOptions extends TimelineOptions {
  explain?: boolean;
  maxHits?: string;
  maxTime?: string;
  /** See `HuntLimits`. */
  worthIt?: number;
}

const STANDARD_HITS = 200_000;
const MOST_HITS = 10_000_000;
const STANDARD_SECONDS = 60;
/** A cluster that lost a node has chosen the copies by then. */
const AGAIN_MS = 5000;

/** Shows what would be asked. */
export async function explainHunt(
  context: CommandContext,
  options: HuntOptions,
): Promise<TableResult> {
  const { ruleSet } = await chooseRules(readOptions(context, options));
  const rules = askedRules({ ruleSet });
  const wide = rules.filter(({ pushed }) => pushed === 'log source only');
  return {
    title: `${counted(rules.length, 'rule')} as the cluster is asked`,
    heads: ['Rule', 'Asked', 'Query'],
    rows: rules.map(({ title, pushed, query }) => [title, pushed, JSON.stringify(query)]),
    notes: [
      'Every document that comes back is looked at by the rules themselves: what is asked for is never less than what they hit.',
      ...(wide.length === 0
        ? []
        : [
            `Of ${counted(wide.length, 'rule')} the cluster can say no more than which logs they are for.`,
          ]),
    ],
    next: [],
    documents: rules,
    about: {},
  };
}

/** Hunts, and tells what was found as `ir timeline` does. */
export async function hunt(
  context: CommandContext,
  word: string,
  options: HuntOptions,
): Promise<CommandOutcome<TimelineResult | EventsResult>> {
  const limits: HuntLimits = {
    hits: readCount('--max-hits', options.maxHits, STANDARD_HITS, MOST_HITS),
    seconds: readCount('--max-time', options.maxTime, STANDARD_SECONDS, 3600),
    ...(options.worthIt !== undefined && { worthIt: options.worthIt }),
    again: async (why) => {
      context.say(`${why}; the search begins anew`);
      await waitFor(AGAIN_MS, context.signal);
    },
  };
  return timeline(context, [word], options, () => bringHits(context, word, options, limits));
}

async function bringHits(
  context: CommandContext,
  word: string,
  options: HuntOptions,
  limits: HuntLimits,
): Promise<LocalPaths> {
  const { connector, reach } = await openPlace(context, word, options);
  const { shown } = reach.place;
  if (connector.isHunted !== true)
    throw usageError(
      `${connector.title} cannot be hunted in: it has no language that the rules could be put into`,
      `Read it: ir timeline ${shown} --since 2h`,
    );
  const { ruleSet } = await chooseRules(readOptions(context, options));
  const cluster = await openCluster(reach);
  const folder = await mkdtemp(join(tmpdir(), 'ir-hunt-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'hits');
  await appendFile(file, '', { mode: 0o600 });
  let brought = 0;
  const { searched } = await collectHits(
    cluster,
    createPlan(ruleSet),
    readAsked(context, options),
    limits,
    async (documents) => {
      brought += documents.length;
      context.progress(`${shown}: ${brought} documents to look at`);
      await appendFile(file, documents.map((one) => `${JSON.stringify(one)}\n`).join(''));
    },
  );
  context.progress('');
  context.say(
    `${shown}: ${counted(brought, 'document')} brought by ${searched} searches, looked at by the rules here`,
  );
  const parts = await splitByFile(file, folder, 'part');
  for (const part of parts) await sortPart(part);
  const names = new Map(parts.map(({ path, file: name }) => [path, name ?? shown]));
  const paths = parts.length === 0 ? [file] : parts.map(({ path }) => path);
  return { paths, shownAs: (path) => names.get(path) ?? shown };
}

function readCount(flag: string, text: string | undefined, standard: number, most: number): number {
  if (text === undefined) return standard;
  const count = Number(text);
  if (Number.isInteger(count) && count > 0 && count <= most) return count;
  throw usageError(`${flag}: "${text}" is no number from 1 to ${most}`);
}
