/**
 * Bundled playbooks kept checked from the build: reading the YAML and checking it takes longer than all else
 * that showing a checklist does. A file is found by its content, so a changed one is read anew.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { Playbook } from './playbook.ts';

const CACHE_PATH = fileURLToPath(new URL('../playbooks.cache', import.meta.url));

let cache: Map<string, Playbook> | undefined;

const keyOf = (text: string): string => createHash('sha256').update(text).digest('base64');

/** The playbook that this text held at the build; undefined where it was not there or had problems. */
export function cachedPlaybook(text: string): Playbook | undefined {
  cache ??= readCache();
  return cache.get(keyOf(text));
}

/** Keeps what this run has read and checked. */
export function keepPlaybook(text: string, playbook: Playbook): void {
  cache ??= readCache();
  cache.set(keyOf(text), playbook);
}

function readCache(): Map<string, Playbook> {
  try {
    return deserialize(readFileSync(CACHE_PATH)) as Map<string, Playbook>;
  } catch {
    // Never a failure: without the cache the files are read.
    return new Map();
  }
}

/** Writes the cache beside the built program. */
export function writePlaybookCache(files: readonly { text: string; playbook: Playbook }[]): void {
  const entries = new Map(files.map(({ text, playbook }) => [keyOf(text), playbook]));
  const temporary = `${CACHE_PATH}.tmp-${process.pid}`;
  writeFileSync(temporary, serialize(entries));
  renameSync(temporary, CACHE_PATH);
}
