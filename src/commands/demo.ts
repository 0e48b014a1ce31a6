/** `ir demo`: the whole job on a breach that never happened, in a folder of its own. */
import { existsSync, lstatSync, readdirSync, realpathSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { delimiter, join, relative, resolve } from 'node:path';
import { alertDocument } from '../detect/alert-document.ts';
import { analyse } from '../detect/analyse.ts';
import { stagesOf } from '../detect/attack.ts';
import type { Finding, Timeline } from '../detect/finding.ts';
import { storyDocument } from '../detect/story/tell.ts';
import { loadScenario } from '../drills/load-scenario.ts';
import { EXIT, IrError, messageOf, refusedError } from '../errors.ts';
import { levelRank } from '../events/level.ts';
import type { CommandContext } from './context.ts';
import { type DemoResponse, demoLength, playResponse, storyContext } from './demo-response.ts';
import { type DrillLogsResult, drillLogs } from './drill-logs.ts';
import { type OpenResult, openProposed } from './open-incident.ts';
import { type ReportResult, report } from './report.ts';
import { readOptions, type TimelineResult } from './timeline.ts';
import { assertOutsideStores } from './write-file.ts';

/** Options of `ir demo`. */
export interface DemoOptions {
  /** Folder to write to (default: ir-demo). */
  out?: string | undefined;
  /** The script that is running, so that the proposed commands can be copied. */
  script?: string | undefined;
  /** Reader threads, as for `ir timeline --workers`. */
  workers?: string | undefined;
}

/** What the demonstration left where. */
export interface DemoResult {
  /** Folder, as named. */
  out: string;
  drill: DrillLogsResult;
  /** Findings of medium level and above; all of them are saved in the incident. */
  timeline: TimelineResult;
  opened: OpenResult;
  /** What was played after that, until it was closed. */
  response: DemoResponse;
  report: Pick<ReportResult, 'path' | 'questions' | 'sha256'>;
  /** Commands to try next, in order, each with what it shows. */
  next: readonly { command: string; shows: string }[];
}

const MARKER = '.ir-demo';
/** What a demo makes; a second run replaces these and leaves everything else in the folder alone. */
const OWN = ['logs', '.ir', 'postmortem.md'];
const SCENARIO = 'webshop';
const DAY_MS = 86_400_000;
const MINUTES_OF_DAY = 1440;

/**
 * Writes the practice breach, reads it, opens the incident, plays the response until it is closed, renders the post-mortem.
 * @throws IrError (exit 6) when the folder holds something else
 */
export async function demo(context: CommandContext, options: DemoOptions): Promise<DemoResult> {
  const shown = options.out ?? 'ir-demo';
  const out = resolve(context.settings.cwd, shown);
  await prepareFolder(out, shown);
  const inner = contextIn(context, out);
  const start = startFor(context.now());
  const drill = await drillLogs(inner, SCENARIO, { out: 'logs', start });
  const found = await analyse(
    ['logs'],
    readOptions(inner, options.workers === undefined ? {} : { workers: options.workers }),
  );
  context.progress('');
  if (context.signal.aborted) throw refusedError('interrupted', 'Run ir demo again.');
  const story = storyContext(inner, Date.parse(start));
  const argv = ['open', '--from-timeline', 'logs'];
  const opened = await openProposed(story, { drill: true }, found, argv);
  const settings = { ...story.settings, incident: opened.incident.key };
  const response = await playResponse({ ...story, settings }, out);
  const rendered = await report({ ...story, settings }, { output: 'postmortem.md' });
  const { path, questions, sha256 } = rendered;
  return {
    out: shown,
    drill,
    timeline: graveOnly(found),
    opened,
    response,
    report: { path, questions, sha256 },
    next: nextCommands(found, shown, programFor(context.settings.env, options.script, out)),
  };
}

/** The demo's own workspace, whatever --store, --incident and --format say. */
const contextIn = (context: CommandContext, out: string): CommandContext => ({
  ...context,
  settings: {
    ...context.settings,
    cwd: out,
    store: join(out, '.ir'),
    incident: undefined,
    format: 'text',
  },
});

async function prepareFolder(out: string, shown: string): Promise<void> {
  assertOurs(out, shown);
  assertOutsideStores(out, shown, '--output');
  try {
    await mkdir(out, { recursive: true, mode: 0o700 });
    for (const name of OWN) await rm(join(out, name), { recursive: true, force: true });
    await writeFile(join(out, MARKER), 'Made by ir demo, which replaces its own files here.\n', {
      mode: 0o600,
    });
  } catch (error) {
    throw new IrError(`cannot use ${shown}: ${messageOf(error)}`, {
      exit: EXIT.refused,
      hint: 'Name a folder that can be written to: ir demo --output DIR',
      cause: error,
    });
  }
}

/** Only a folder that a demo made, or an empty one, is written to: a real case must never be replaced. */
function assertOurs(out: string, shown: string): void {
  if (!existsSync(out)) return;
  const hint = 'Name another folder: ir demo --output DIR';
  if (!lstatSync(out).isDirectory()) throw refusedError(`${shown} is not a folder`, hint);
  const isMarked = existsSync(join(out, MARKER)) && lstatSync(join(out, MARKER)).isFile();
  if (isMarked || readdirSync(out).length === 0) return;
  throw refusedError(`${shown} is not empty and was not made by ir demo`, hint);
}

/** The scenario's own start, so that every demo is alike; a machine set before it gets a recent one. */
function startFor(now: Date): string {
  const { start } = loadScenario(SCENARIO);
  const days = Math.ceil(demoLength() / MINUTES_OF_DAY);
  const midnight = Math.floor(now.getTime() / DAY_MS) * DAY_MS;
  const isOver = Date.parse(start) + days * DAY_MS <= now.getTime();
  return isOver ? start : new Date(midnight - (days + 1) * DAY_MS).toISOString();
}

function graveOnly(timeline: Timeline): TimelineResult {
  const findings = timeline.findings.filter(({ level }) => levelRank(level) >= levelRank('medium'));
  const hiddenFindings = timeline.hiddenFindings + timeline.findings.length - findings.length;
  const shown = { ...timeline, findings, stages: stagesOf(findings), hiddenFindings };
  return {
    timeline: shown,
    alerts: findings.map(alertDocument),
    story: timeline.stories.map(storyDocument),
    storyLength: 'short',
    isFlat: false,
    saved: undefined,
  };
}

/** `ir` when the one on the PATH is this program, else how to run this one from inside the folder. */
function programFor(
  env: Readonly<Record<string, string | undefined>>,
  script: string | undefined,
  out: string,
): string {
  if (script === undefined) return 'ir';
  const own = realpathSync(script);
  for (const folder of (env['PATH'] ?? '').split(delimiter)) {
    const candidate = join(folder, 'ir');
    if (folder !== '' && existsSync(candidate) && realpathSync(candidate) === own) return 'ir';
  }
  const fromFolder = relative(realpathSync(out), own);
  const path = fromFolder.length < own.length ? fromFolder : own;
  return `node ${/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`}`;
}

function nextCommands(
  { findings }: Timeline,
  out: string,
  ir: string,
): { command: string; shows: string }[] {
  const folder = /^[\w./-]+$/.test(out) ? out : `'${out.replaceAll("'", `'\\''`)}'`;
  const source = mainSource(findings);
  const trace =
    source === undefined
      ? []
      : [
          {
            command: `${ir} timeline logs --all --entity ${source}`,
            shows: 'every event of one intruder address',
          },
        ];
  return [
    { command: `cd ${folder}`, shows: 'the workspace is found from here' },
    { command: `${ir} show`, shows: 'the incident on one screen' },
    ...trace,
    { command: `${ir} respond --list`, shows: 'the checklist, with every answer' },
    { command: `${ir} search deploy`, shows: 'where the case speaks of the account' },
    {
      command: `${ir} drill start ssh-brute-force`,
      shows: 'an exercise: the response is yours',
    },
    { command: `${ir} verify`, shows: 'that nothing in the journal was changed' },
  ];
}

/** The address with the most findings of high level and above. */
function mainSource(findings: readonly Finding[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { level, entities } of findings) {
    if (levelRank(level) < levelRank('high')) continue;
    for (const value of entities['source.ip'] ?? []) {
      if (/^[0-9a-f.:]+$/i.test(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0];
}
