/** A collection: what is taken from a machine, in which order, within which limits. */
import type { SourcePlace } from '../../errors.ts';

/**
 * How soon it is gone, what goes first first: the order in which it is taken.
 * @see https://www.rfc-editor.org/rfc/rfc3227#section-2.1
 */
export const VOLATILITIES = [
  'memory',
  'temporary',
  'disk',
  'remote-logs',
  'configuration',
  'archive',
] as const;

/** One of `VOLATILITIES`. */
export type Volatility = (typeof VOLATILITIES)[number];

/** What is read from the kernel and the file system directly, where a changed program could lie. */
export const READERS = ['processes', 'sockets', 'open-deleted', 'ssh-keys', 'set-uid'] as const;

/** One of `READERS`. */
export type ReaderName = (typeof READERS)[number];

/** How an item is taken. */
export type Source =
  | { kind: 'run'; argv: readonly string[]; timeoutMs: number }
  | { kind: 'read'; reader: ReaderName }
  | { kind: 'files'; globs: readonly string[]; keep: 'start' | 'end' };

/** One thing that is taken. */
export interface Item {
  /** Unique in what is taken together. */
  id: string;
  title: string;
  volatility: Volatility;
  source: Source;
  /** Of each output or file so many bytes are kept. */
  maxBytes: number;
  needsRoot: boolean;
}

/** A collection as its file has it. */
export interface Collection {
  id: string;
  title: string;
  summary: string;
  /** Collections whose items are taken as well. */
  includes: readonly string[];
  /** Of all together. */
  maxBytes: number;
  maxMs: number;
  items: readonly Item[];
  source: SourcePlace;
  origin: 'bundled' | 'user';
}
