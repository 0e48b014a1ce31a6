/** Ids for other programs: the same thing is the same object in every export. */
import { createHash } from 'node:crypto';

/** A UUID in the form of version 5, made of a name. */
export function uuidOf(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Addresses of the indicators of a report that are written for other programs, with what they are. */
export type KnownKind = 'ipv4' | 'ipv6' | 'domain' | 'sha256' | 'path' | 'agent';

/** What a value of a report's indicator is to other programs; undefined for what they have no word for. */
export function kindOf(kind: string, value: string): KnownKind | undefined {
  if (kind === 'address') {
    if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(value)) return 'ipv4';
    return /^[\da-f]*:[\da-f:.]+$/i.test(value) ? 'ipv6' : undefined;
  }
  if (kind === 'domain') return 'domain';
  if (kind === 'hash') return /^[\da-f]{64}$/i.test(value) ? 'sha256' : undefined;
  if (kind === 'user agent') return 'agent';
  return kind === 'file' ? 'path' : undefined;
}
