/** What `config.yml` may say. A section is one entry here: named values, each of which is one setting. */
import { z } from 'zod';
import { addresses, texts } from './addresses.ts';
import { alertSettings } from './alerts.ts';
import { channel } from './channels.ts';
import { place } from './places.ts';
import { secret } from './secret.ts';
import { trustedProxy } from './trusted-proxy.ts';

/** A choice of rules by what they say of themselves. */
const profile = z.strictObject({
  level: z.enum(['informational', 'low', 'medium', 'high', 'critical']).optional(),
  status: texts.optional(),
  tag: texts.optional(),
  logsource: texts.optional(),
});

/** The schema of each section. */
export const SECTIONS = {
  /** The values of Sigma's placeholders by name. */
  placeholders: z.record(z.string().regex(/^[^%\s\\]+$/), texts),
  profiles: z.record(z.string(), profile),
  /** Addresses and networks that no action may cut off, by the name of what they are. */
  never_block: z.record(z.string(), addresses),
  /** Proxies that tell who their client is, by name; no action cuts them off. */
  trusted_proxies: z.record(z.string(), trustedProxy),
  secrets: z.record(z.string(), secret),
  /** Over which people are told, by name; from the user's own file only. */
  channels: z.record(z.string().regex(/^[\w.-]{1,64}$/), channel),
  /** Files and folders whose changes a watch tells of, by the name of what they are. */
  watched_files: z.record(z.string(), texts),
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
