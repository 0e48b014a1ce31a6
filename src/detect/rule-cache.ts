/**
 * Parsed rules kept from the build: reading 150 YAML files costs more than reading most logs. An entry is
 * found by the hash of the file's text, so an edited rule is simply parsed again; an untouched one is not even read.
 */
import { createHash } from 'node:crypto';
import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import type { SigmaCorrelation, SigmaRule } from '../sigma/rule.ts';

type RuleDocument = SigmaRule | SigmaCorrelation;

/** Documents by the keys of their file: what it holds, and how it lay there at the build. */
export type RuleCache = ReadonlyMap<string, readonly RuleDocument[]>;

/** Raised when the shape of the documents changes. */
const VERSION = 1;
const CACHE_PATH = fileURLToPath(new URL('../rules.cache', import.meta.url));

/** The key of a file. `shownPath` is part of it because the documents carry it. */
export const cacheKey = (shownPath: string, text: string): string =>
  createHash('sha256').update(`${VERSION}\n${shownPath}\n${text}`).digest('base64');

/**
 * The key of a file as it lies there: size and time of change, as build tools take them. Where they changed
 * (a copied installation), the text decides.
 */
export function stampKey(shownPath: string, path: string): string {
  const status = statSync(path, { throwIfNoEntry: false });
  return `${VERSION} ${shownPath} ${status?.size} ${status?.mtimeMs}`;
}

/** The cache that the build wrote; empty when there is none, as in a source checkout under test. */
export function readRuleCache(): RuleCache {
  try {
    return deserialize(readFileSync(CACHE_PATH)) as RuleCache;
  } catch {
    // Never a failure: without the cache the rules are parsed.
    return new Map();
  }
}

/** Writes the cache beside the built program. */
export function writeRuleCache(cache: RuleCache): void {
  const temporary = `${CACHE_PATH}.tmp-${process.pid}`;
  writeFileSync(temporary, serialize(cache));
  renameSync(temporary, CACHE_PATH);
}
