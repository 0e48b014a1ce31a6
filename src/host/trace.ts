/** Traces: what an incident left, in the forms in which a machine may still hold it. */
import { isIP } from 'node:net';

/** What a trace is, by the word in front of the value: `account=eve`. */
export const TRACE_KINDS = [
  'address',
  'domain',
  'url',
  'hash',
  'name',
  'path',
  'key',
  'account',
  'unit',
] as const;

/** One of `TRACE_KINDS`. */
export type TraceKind = (typeof TRACE_KINDS)[number];

/** Something to look for. */
export interface Trace {
  kind: TraceKind;
  value: string;
  /** Who says so: `finding F-3`, `indicator of the incident`, `list bad.txt, line 4`. */
  from: string;
}

/** Types of MISP, STIX and our own that stand for these kinds. */
const KIND_OF_TYPE: readonly (readonly [RegExp, TraceKind])[] = [
  [/^(?:ip(?:-(?:src|dst))?|ipv[46](?:-addr)?|address)$/, 'address'],
  [/^(?:domain|hostname|domain-name|fqdn)$/, 'domain'],
  [/^(?:url|uri|link)$/, 'url'],
  [/^(?:hash|md5|sha1|sha256|sha512|file-hash)$/, 'hash'],
  [/^(?:filename|file-name|name)$/, 'name'],
  [/^(?:path|file|file-path|file\.path)$/, 'path'],
  [/^(?:key|ssh-key|ssh-fingerprint|key-fingerprint)$/, 'key'],
  [/^(?:account|user|username|user-account|target-user|user\.name)$/, 'account'],
  [/^(?:unit|service|systemd-unit|timer)$/, 'unit'],
];

/** The kind that a type of an indicator stands for; undefined: not one that a machine is searched for. */
export const traceKindOf = (type: string): TraceKind | undefined =>
  KIND_OF_TYPE.find(([pattern]) => pattern.test(type.toLowerCase()))?.[1];

const HASH = /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128})$/;
const LEAST = 3;

/** The value in the spelling in which it is looked for; undefined where it is none of its kind. */
export function traceValue(kind: TraceKind, written: string): string | undefined {
  const value = written.trim();
  switch (kind) {
    case 'address':
      return isIP(value) === 0 ? undefined : value.toLowerCase();
    case 'hash':
      return HASH.test(value.toLowerCase()) ? value.toLowerCase() : undefined;
    case 'domain':
      return /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/i.test(value) ? value.toLowerCase() : undefined;
    case 'path':
      return /^\/[^/]/.test(value) ? value.replace(/\/+$/, '') : undefined;
    case 'name':
    case 'unit':
      return value.length < LEAST || value.includes('/') ? undefined : value;
    case 'key':
      return keyValue(value);
    case 'account':
      return /^[^\s:/]{1,64}$/.test(value) ? value : undefined;
    case 'url':
      return value.length < 8 ? undefined : value.replace(/^[a-z][a-z0-9+.-]*:/i, '');
  }
}

/** A fingerprint, or the base64 of a line of `authorized_keys`. */
function keyValue(value: string): string | undefined {
  const fingerprint = /(?:^|\s)(SHA256:[A-Za-z0-9+/]{43})=?(?:\s|$)/.exec(value)?.[1];
  return fingerprint ?? /(?:^|\s)(AAAA[A-Za-z0-9+/]{16,}={0,2})(?:\s|$)/.exec(value)?.[1];
}

/** Each value once, as its first source has it. */
export const distinctTraces = (traces: readonly Trace[]): Trace[] =>
  [
    ...new Map(
      traces.toReversed().map((trace) => [`${trace.kind}\0${trace.value}`, trace]),
    ).values(),
  ].reverse();
