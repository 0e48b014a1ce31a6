/** What `config.yml` may say. A section is one entry here: named values, each of which is one setting. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';
import { alertSettings } from './alerts.ts';
import { channel } from './channels.ts';
import { place } from './places.ts';
import { secret } from './secret.ts';

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/** A choice of rules by what they say of themselves. */
const profile = z.strictObject({
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']).optional(),
  status: texts.optional(),
  tag: texts.optional(),
  logsource: texts.optional(),
});

/** `7` is an address to old programs, and hardly meant as one. */
const isAddress = (value: string): boolean =>
  ipaddr.isValid(value) ? !/^\d+$/.test(value) : ipaddr.isValidCIDR(value);
const addresses = texts.refine(
  (values) => values.every(isAddress),
  'is no address or network, such as 203.0.113.7 or 2001:db8::/32',
);

/** The schema of each section. */
export const SECTIONS = {
  /** The values of Sigma's placeholders by name. */
  placeholders: z.record(z.string().regex(/^[^%\s\\]+$/), texts),
  profiles: z.record(z.string(), profile),
  /** Addresses and networks that no action may cut off, by the name of what they are. */
  never_block: z.record(z.string(), addresses),
  secrets: z.record(z.string(), secret),
  /** Over which people are told, by name; from the user's own file only. */
  channels: z.record(z.string().regex(/^[\w.-]{1,64}$/), channel),
  /** When alerts are told, and what of this machine is watched. */
  alerts: alertSettings,
  /** Where logs are, by name; from the user's own file only. */
  places: z.record(z.string().regex(/^[\w.-]{1,64}$/), place),
} as const;

/** The settings by section and name. */
export type Sections = {
  readonly [Name in keyof typeof SECTIONS]: Readonly<z.infer<(typeof SECTIONS)[Name]>>;
};

/** A choice of rules: the lowest level, and of each list one that must fit; `*` stands for anything. */
export type RuleProfile = z.infer<typeof profile>;
