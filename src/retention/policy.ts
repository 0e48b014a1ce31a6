/** The policy of an organisation, `retention.yml`: its sources, the regimes that bind them, how long each is kept. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { z as Zod } from 'zod';
import { EXIT, fileFault, IrError, suggestion, templateError } from '../errors.ts';
import { parseYaml, problemsOf, type YamlDocument } from '../yaml.ts';
import type { Period } from './period.ts';
import { periodSchema, type Regime } from './regime.ts';
import { type Window, windowOf } from './window.ts';

/** Who writes a source, and so who forgets it. */
export const WRITERS = ['logrotate', 'journald', 'program'] as const;

/** Log files of one kind. */
export interface Source {
  name: string;
  /** Globs of absolute paths. */
  files: readonly string[];
  /** Folder below which `apply` may change files; without it nothing is touched. */
  archive?: string | undefined;
  writer: (typeof WRITERS)[number];
  compressAfter?: Period | undefined;
  move?: { after: Period; to: string } | undefined;
  window: Window;
}

/** A policy with its windows worked out. */
export interface Policy {
  path: string;
  sha256: string;
  sources: readonly Source[];
  regimes: readonly Regime[];
}

/** The schema of the file, built with the zod that the caller has loaded. */
export function buildPolicySchema(z: typeof Zod) {
  const name = z
    .string()
    .regex(/^[a-z0-9]+(?:[-_.][a-z0-9]+)*$/i, 'use letters, digits and hyphens');
  const path = z.string().refine(isAbsolute, 'write an absolute path');
  const period = periodSchema(z);
  return z.strictObject({
    regimes: z.array(name).default([]),
    periods: z.record(z.string(), period).default({}),
    sources: z
      .array(
        z.strictObject({
          name,
          files: z.array(path).min(1),
          archive: path.optional(),
          writer: z.enum(WRITERS).default('logrotate'),
          regimes: z.array(name).optional(),
          keep: period.optional(),
          compress_after: period.optional(),
          move_after: period.optional(),
          move_to: path.optional(),
        }),
      )
      .min(1),
  });
}

type PolicyFile = Zod.output<ReturnType<typeof buildPolicySchema>>;

/**
 * Reads the first of these files that is there.
 * @throws IrError (exit 3) at the place of the first mistake, unknown keys and regimes among them
 */
export async function readPolicy(
  paths: readonly string[],
  regimes: ReadonlyMap<string, Regime>,
): Promise<Policy | undefined> {
  const path = paths.find((one) => existsSync(one));
  if (path === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFault(error, 'retention policy', { path });
  }
  const { z } = await import('zod');
  const schema = buildPolicySchema(z);
  const document = parseYaml(text, path);
  const checked = schema.safeParse(document.value);
  const [problem] = checked.success
    ? document.problems
    : [...document.problems, ...problemsOf(checked.error, document, schema)];
  if (problem !== undefined || !checked.success) {
    const { message = 'the policy cannot be read', source = { path }, hint } = problem ?? {};
    throw new IrError(message, { exit: EXIT.invalidTemplate, source, ...(hint && { hint }) });
  }
  const sha256 = createHash('sha256').update(text).digest('hex');
  const sources = checked.data.sources.map((_, index) =>
    sourceOf(checked.data, index, regimes, document),
  );
  const used = new Set(sources.flatMap(({ window }) => window.regimes));
  return { path, sha256, sources, regimes: [...regimes.values()].filter(({ id }) => used.has(id)) };
}

function sourceOf(
  file: PolicyFile,
  index: number,
  regimes: ReadonlyMap<string, Regime>,
  document: YamlDocument,
): Source {
  const raw = file.sources[index]!;
  const ids = raw.regimes ?? file.regimes;
  const unknown = [...ids, ...Object.keys(file.periods)].find((id) => !regimes.has(id));
  if (unknown !== undefined) {
    throw templateError(
      `there is no regime "${unknown}"`,
      document.placeOf(
        raw.regimes?.includes(unknown) ? ['sources', index, 'regimes'] : ['regimes'],
      ),
      suggestion(unknown, [...regimes.keys()]),
    );
  }
  const { move_after: after, move_to: to, archive } = raw;
  const fault = (message: string, hint: string): IrError =>
    templateError(message, document.placeOf(['sources', index]), hint);
  if ((after === undefined) !== (to === undefined))
    throw fault('move_after and move_to belong together', 'Write both or none.');
  if (archive === undefined && (after ?? raw.compress_after) !== undefined)
    throw fault(
      'only files of an archive are compressed and moved',
      'Name the folder with archive, or leave it to who writes the files.',
    );
  for (const folder of [archive, to]) {
    if (folder !== undefined && isSystems(folder))
      throw fault(
        `${folder} belongs to the system: nothing is deleted there`,
        'Copy logs into a folder of their own, and name that.',
      );
  }
  return {
    name: raw.name,
    files: raw.files,
    archive,
    writer: raw.writer,
    compressAfter: raw.compress_after,
    move: after === undefined || to === undefined ? undefined : { after, to },
    window: windowOf(
      ids.map((id) => regimes.get(id)!),
      file.periods,
      raw.keep,
    ),
  };
}

/** Folders in which a policy of ours deletes nothing, whatever it says. */
const isSystems = (folder: string): boolean =>
  /^\/+(?:$|(?:var\/+log|var|etc|usr|bin|sbin|lib|boot|dev|proc|sys|run|root|home)\/*$|(?:var\/+log|etc|usr|boot|dev|proc|sys|run)\/)/.test(
    folder.replace(/\/+$/, '').replace(/\/\.\.?(?=\/|$)/g, '') || '/',
  ) || /(?:^|\/)\.\.(?:\/|$)/.test(folder);
