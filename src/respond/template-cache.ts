/**
 * Bundled playbooks and actions kept checked from the build: reading the YAML and checking it takes longer than all
 * else that showing a checklist does. A file is found by its content, so a changed one is read anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Action } from './action.ts';
import type { Playbook } from './playbook.ts';

/** The kinds of templates that are kept. */
export interface KeptTemplates {
  playbook: Playbook;
  action: Action;
}

const CACHE_PATH = fileURLToPath(new URL('../templates.cache', import.meta.url));

let cache: Map<string, KeptTemplates[keyof KeptTemplates]> | undefined;

const keyOf = (kind: keyof KeptTemplates, text: string): string =>
  createHash('sha256').update(`${kind}\n${text}`).digest('base64');

/** What this text held at the build, or when this run read it; undefined where it was not there or had problems. */
export function keptTemplate<K extends keyof KeptTemplates>(
  kind: K,
  text: string,
): KeptTemplates[K] | undefined {
  cache ??= readCache();
  return cache.get(keyOf(kind, text)) as KeptTemplates[K] | undefined;
}

/** Keeps what this run has read and checked. */
export function keepTemplate<K extends keyof KeptTemplates>(
  kind: K,
  text: string,
  template: KeptTemplates[K],
): void {
  cache ??= readCache();
  cache.set(keyOf(kind, text), template);
}

function readCache(): NonNullable<typeof cache> {
  try {
    return deserialize(readFileSync(CACHE_PATH)) as NonNullable<typeof cache>;
  } catch {
    // Never a failure: without the cache the files are read.
    return new Map();
  }
}

/** Writes all that is kept beside the built program. */
export function writeTemplateCache(): void {
  const temporary = `${CACHE_PATH}.tmp-${process.pid}`;
  writeFileSync(temporary, serialize(cache ?? new Map()));
  renameSync(temporary, CACHE_PATH);
}
