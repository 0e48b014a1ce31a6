/** `ir drill logs`: writes the logs of a practice breach and the answers. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { loadScenario } from '../drills/load-scenario.ts';
import { TRUTH_FILE, type WrittenFile } from '../drills/log-writer.ts';
import type { Scenario } from '../drills/scenario.ts';
import { writeDrill } from '../drills/write-drill.ts';
import { EXIT, IrError, messageOf, refusedError, usageError } from '../errors.ts';
import { parseRfc3339 } from '../events/rfc3339.ts';
import { instantUs } from '../incidents/instant.ts';
import type { CommandContext } from './context.ts';
import { readInstant } from './incident-access.ts';
import { assertOutsideStores, assertWritable } from './write-file.ts';

/** The options of `ir drill logs` as commander gives them. */
export interface DrillLogsOptions {
  out: string;
  seed?: string | undefined;
  scale?: string | undefined;
  start?: string | undefined;
}

/** What was written. */
export interface DrillLogsResult {
  scenario: string;
  title: string;
  summary: string;
  /** The folder as the user named it. */
  out: string;
  seed: number;
  scale: number;
  /** RFC 3339, UTC. */
  start: string;
  end: string;
  /** The answers, relative to `out`. */
  truth: string;
  lines: number;
  attackLines: number;
  files: readonly WrittenFile[];
}

const DAY_MS = 86_400_000;
const LARGEST_SEED = 0xffff_ffff;
const LARGEST_SCALE = 1000;

/** Writes the drill `name` (a bundled one, or the path of a scenario file). */
export async function drillLogs(
  context: CommandContext,
  name: string,
  options: DrillLogsOptions,
): Promise<DrillLogsResult> {
  const scenario = loadScenario(name, ownFolder(context.settings.env, 'drills'));
  if (Object.keys(scenario.files).length === 0)
    throw refusedError(`the drill "${name}" has no logs`, 'See which have: ir drill list');
  const seed = readNumber('--seed', options.seed ?? '1', /^\d{1,10}$/, LARGEST_SEED);
  const scale = readNumber('--scale', options.scale ?? '1', /^\d{1,4}(\.\d{1,3})?$/, LARGEST_SCALE);
  if (scale === 0) throw usageError('--scale is 0', 'Use a number above 0, such as 1 or 20.');
  const startMs = readStart(context, options.start, scenario.start);
  const out = resolve(context.settings.cwd, options.out);
  assertOurs(out, options.out);
  await assertReplaceable(context, out, options.out, scenario);

  const onProgress = (part: number): void =>
    context.progress(`writing ${scenario.name}: ${Math.round(part * 100)} %`);
  const { signal } = context;
  const files = await writeDrill(scenario, { out, seed, scale, startMs, signal, onProgress }).catch(
    (error: unknown) => {
      throw new IrError(`cannot write the drill to ${options.out}: ${messageOf(error)}`, {
        exit: EXIT.refused,
        hint: 'Name a folder that can be written to and has room; nothing was left there.',
        cause: error,
      });
    },
  );
  context.progress('');
  if (files === undefined) throw refusedError('interrupted; the files written so far were removed');

  const logs = files.filter(({ path }) => path !== TRUTH_FILE);
  return {
    ...{ scenario: scenario.name, title: scenario.title, summary: scenario.summary },
    ...{ out: options.out, seed, scale },
    start: new Date(startMs).toISOString(),
    end: new Date(startMs + scenario.days * DAY_MS).toISOString(),
    truth: TRUTH_FILE,
    lines: logs.reduce((sum, file) => sum + file.lines, 0),
    attackLines: logs.reduce((sum, file) => sum + file.attackLines, 0),
    files: [...logs].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function readNumber(flag: string, text: string, shape: RegExp, largest: number): number {
  const value = shape.test(text) ? Number(text) : Number.NaN;
  if (!(value <= largest)) {
    throw usageError(`${flag} is no number from 0 to ${largest}: "${text}"`);
  }
  return value;
}

/** The option is read as all times are; the scenario's own start is RFC 3339. */
function readStart(context: CommandContext, text: string | undefined, usual: string): number {
  const instant = readInstant(context, text, '--start');
  const startUs = instant === undefined ? parseRfc3339(usual) : instantUs(instant);
  return Math.floor(startUs / 1000);
}

/** What an earlier drill wrote may be replaced, but no links, devices or stores that came in its place. */
async function assertReplaceable(
  context: CommandContext,
  out: string,
  shown: string,
  { files, days }: Scenario,
): Promise<void> {
  assertOutsideStores(out, shown, '--output');
  const paths = Object.values(files).flatMap(({ path, rotate }) =>
    rotate === 'daily'
      ? [path, ...Array.from({ length: days - 1 }, (_, day) => `${path}.${day + 1}`)]
      : [path],
  );
  for (const path of [TRUTH_FILE, ...paths]) {
    await assertWritable(context, {
      ...{ path: join(out, path), shown: join(shown, path), flag: '--output' },
      ...{ isForced: true, inside: out },
    });
  }
}

/** Refuses a folder that holds something else than an earlier drill. */
function assertOurs(out: string, shown: string): void {
  if (!existsSync(out) || existsSync(join(out, TRUTH_FILE))) return;
  let names: string[];
  try {
    names = readdirSync(out);
  } catch (error) {
    throw usageError(`--output cannot be used: ${messageOf(error)}`, 'Name a folder.');
  }
  if (names.length > 0) {
    throw refusedError(
      `${shown} is not empty and holds no earlier drill`,
      'Name a new folder, so that practice logs do not mix with real ones.',
    );
  }
}
