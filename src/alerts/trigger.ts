/** What raises an alert: findings of certain rules, or a figure beyond a bound. Files of `templates/alerts`, and the user's own. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { z as Zod } from 'zod';
import { bundledFolder, type Environment, ownFolder } from '../config.ts';
import { LEVELS, type Level } from '../events/level.ts';
import { readYamlFile } from '../yaml.ts';
import { FIGURES, type FigureName } from './figures.ts';

/** Of findings. */
export interface FindingTrigger {
  id: string;
  title: string;
  /** Lowest level; the levels of the alert are those of its findings. */
  level: Level | undefined;
  /** Titles, ids or files of rules, with *; none: all. */
  rules: readonly string[];
  next: string;
}

/** Of a figure of the last minute. */
export interface FigureTrigger {
  id: string;
  title: string;
  level: Level;
  figure: FigureName;
  above?: number | undefined;
  below?: number | undefined;
  /** So long it has to last, milliseconds. */
  forMs: number;
  /** With fewer events of its kind in the minute it says nothing. */
  least: number;
  next: string;
}

/** All triggers of a run. */
export interface Triggers {
  findings: readonly FindingTrigger[];
  figures: readonly FigureTrigger[];
}

/** The schema of a file, built with the zod that the caller has loaded. */
export function buildTriggerSchema(z: typeof Zod) {
  const line = z.string().trim().min(1).max(300);
  const level = z.enum(LEVELS);
  const common = {
    id: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'use small letters, digits and hyphens'),
    title: line,
    next: line,
  };
  return z.union([
    z.strictObject({
      ...common,
      findings: z.strictObject({
        level: level.optional(),
        rules: z.array(line).default([]),
      }),
    }),
    z
      .strictObject({
        ...common,
        level,
        figure: z.enum(Object.keys(FIGURES) as [FigureName, ...FigureName[]]),
        above: z.number().optional(),
        below: z.number().optional(),
        for: z
          .string()
          .regex(/^\d{1,4}[smh]$/, 'write a length of time, such as 5m')
          .default('1m'),
        least: z.int().min(0).default(0),
      })
      .refine(
        ({ above, below }) => (above === undefined) !== (below === undefined),
        'name above or below',
      ),
  ]);
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * The bundled ones, and the user's, which take the place of one with the same id.
 * @throws IrError (exit 3) at the first mistake
 */
export async function loadTriggers(environment: Environment): Promise<Triggers> {
  const { z } = await import('zod');
  const schema = buildTriggerSchema(z);
  const found = new Map<string, FindingTrigger | FigureTrigger>();
  for (const folder of [bundledFolder('alerts'), ownFolder(environment, 'alerts')]) {
    for (const name of existsSync(folder) ? readdirSync(folder).sort() : []) {
      if (!/\.ya?ml$/.test(name)) continue;
      const one = readTrigger(join(folder, name), schema);
      found.set(one.id, one);
    }
  }
  const all = [...found.values()];
  return {
    // Those about some rules come before those about all.
    findings: all
      .filter((one): one is FindingTrigger => 'rules' in one)
      .sort((a, b) => Math.min(b.rules.length, 1) - Math.min(a.rules.length, 1)),
    figures: all.filter((one): one is FigureTrigger => 'figure' in one),
  };
}

function readTrigger(
  path: string,
  schema: ReturnType<typeof buildTriggerSchema>,
): FindingTrigger | FigureTrigger {
  const data = readYamlFile(path, 'alert', schema);
  if ('findings' in data) {
    const { findings, ...same } = data;
    return { ...same, level: findings.level, rules: findings.rules };
  }
  const { for: text_, ...same } = data;
  return { ...same, forMs: Number(text_.slice(0, -1)) * (UNIT_MS[text_.slice(-1)] ?? 0) };
}
