/**
 * What we read and write of a CACAO 2.0 playbook.
 * @see https://docs.oasis-open.org/cacao/security-playbooks/v2.0/security-playbooks-v2.0.html
 */
import { createHash } from 'node:crypto';

/** A JSON object, as it comes. */
export type Json = Record<string, unknown>;

/** Identifies what is ours inside a CACAO document. */
export const EXTENSION = 'extension-definition--6f1d2b84-3c5e-4a97-8b1f-5e0c7a92d4b3';

/** Who makes the documents and the extension: the program, as a STIX identity. */
export const IDENTITY = 'identity--9a3e6c10-7d24-4f58-b6a1-2c8d0e5f7b19';

/**
 * An identifier of that kind which is the same for the same name: a hash in the form of a UUID of version 4, which steps must have.
 * @see section 10.10 of the specification
 */
export function identifier(kind: string, name: string): string {
  const hex = createHash('sha256').update(`${kind}\n${name}`).digest('hex');
  const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
  return `${kind}--${parts.join('-')}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The object under a key, or none. */
export const objectAt = (object: Json, key: string): Json => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return isObject(value) ? value : {};
};

/** The text under a key, or none. */
export const textAt = (object: Json, key: string): string => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return typeof value === 'string' ? value : '';
};

/** The list under a key, or none. */
export const listAt = (object: Json, key: string): readonly unknown[] => {
  const value = Object.hasOwn(object, key) ? object[key] : undefined;
  return Array.isArray(value) ? value : [];
};

/** True for an object that is no list. */
export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
