/** Dashboards as data: a file each of `templates/dashboards/` and of the user's own folder, whose files go before ours. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledFolder, type Environment, ownFolder } from '../config.ts';
import { templateError } from '../errors.ts';
import { LEVELS } from '../events/level.ts';
import { parseYaml, problemsOf } from '../yaml.ts';
import { TOPS, TRAFFIC_FIGURES, type TrafficFigure } from './traffic-panels.ts';

/** Which findings a panel is about: any of the values of every key that is named. */
const which = z.strictObject({
  /** Slugs of ATT&CK. */
  tactics: z.array(z.string()).optional(),
  /** Ids of ATT&CK; `T1110` stands for its parts as well. */
  techniques: z.array(z.string()).optional(),
  /** Parts of the title of the rule, any case. */
  titles: z.array(z.string()).optional(),
  /** The lowest level. */
  level: z.enum(LEVELS).optional(),
});

const figures = z
  .array(z.enum(Object.keys(TRAFFIC_FIGURES) as [TrafficFigure, ...TrafficFigure[]]))
  .min(1);
const base = { title: z.string().min(1), which: which.optional() };
const panel = z.discriminatedUnion('show', [
  z.strictObject({ show: z.literal('standing'), ...base }),
  z.strictObject({ show: z.literal('chart'), ...base }),
  z.strictObject({ show: z.literal('findings'), ...base }),
  z.strictObject({ show: z.literal('entities'), ...base, fields: z.array(z.string()).min(1) }),
  z.strictObject({ show: z.literal('counts'), title: z.string().min(1), of: figures }),
  z.strictObject({ show: z.literal('series'), title: z.string().min(1), of: figures }),
  z.strictObject({
    ...{ show: z.literal('top'), title: z.string().min(1), of: z.enum(TOPS) },
    by: z.enum(['events', 'bytes']).default('events'),
  }),
  z.strictObject({ show: z.literal('alerts'), title: z.string().min(1) }),
  z.strictObject({ show: z.literal('incidents'), title: z.string().min(1) }),
  z.strictObject({ show: z.literal('sources'), title: z.string().min(1) }),
  z.strictObject({ show: z.literal('host'), title: z.string().min(1) }),
]);

const schema = z.strictObject({
  title: z.string().min(1),
  about: z.string(),
  panels: z.array(panel).min(1).max(24),
});

/** Which findings. */
export type Which = z.infer<typeof which>;

/** A panel as a dashboard asks for it. */
export type PanelAsked = z.infer<typeof panel>;

/** A dashboard. */
export interface Dashboard extends z.infer<typeof schema> {
  /** Its file without the ending. */
  name: string;
}

const NAME = /^([a-z0-9][a-z0-9-]{0,31})\.ya?ml$/;

/** All of them by name, `overview` first. @throws IrError (exit 3) for a file that is none */
export function loadDashboards(env: Environment): Dashboard[] {
  const found = new Map<string, Dashboard>();
  for (const folder of [bundledFolder('dashboards'), ownFolder(env, 'dashboards')]) {
    if (!existsSync(folder)) continue;
    for (const file of readdirSync(folder).sort()) {
      const name = NAME.exec(file)?.[1];
      if (name !== undefined) found.set(name, readDashboard(join(folder, file), name));
    }
  }
  const rank = ({ name }: Dashboard): string => (name === 'overview' ? '' : name);
  return [...found.values()].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

function readDashboard(path: string, name: string): Dashboard {
  const document = parseYaml(readFileSync(path, 'utf8'), path);
  const checked = schema.safeParse(document.value);
  if (checked.success) return { name, ...checked.data };
  const [problem] = [...document.problems, ...problemsOf(checked.error, document, schema)];
  throw templateError(problem!.message, problem!.source, problem!.hint);
}
