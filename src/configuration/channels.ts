/** What `config.yml` may say of a channel over which people are told. */
import { z } from 'zod';
import { secret } from './secret.ts';

/** What is told without being asked for: caused by an entry, or by time. */
export const NOTICE_EVENTS = [
  ...['opened', 'escalated', 'phase_changed'],
  ...['step_overdue', 'update_due', 'clock_near', 'action_expiring'],
  ...['alert', 'alert_escalated', 'alert_resolved', 'alert_digest'],
] as const;

/** Who reads it: those who work on the case, those who decide, those outside. */
export const AUDIENCES = ['team', 'management', 'outside'] as const;

const TLPS = ['CLEAR', 'GREEN', 'AMBER', 'AMBER+STRICT', 'RED'] as const;

const tlp = z.preprocess(
  (value) => (typeof value === 'string' ? value.trim().toUpperCase().replace(/^TLP:/, '') : value),
  z.enum(TLPS),
);

const isUrl = (value: string): boolean =>
  /^https?:\/\/[^\s@]+$/i.test(value) && URL.canParse(value);
const plainUrl = z.string().refine(isUrl, 'is no http or https address without user and password');
/** What takes a secret along in the open goes nowhere but to this machine. */
const isPrivate = (value: string): boolean =>
  URL.canParse(value) &&
  (new URL(value).protocol === 'https:' ||
    /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(new URL(value).hostname));
const privateUrl = plainUrl.refine(
  isPrivate,
  'would take the token along in the open: write https, or http to this machine',
);
const url = z.union([plainUrl, secret]);
const host = z.string().regex(/^[\w.:-]+$/, 'is no name or address of a host');
const port = z.int().min(1).max(65_535);
const mail = z.string().regex(/^[^\s@<>,;:"()]+@[^\s@<>,;:"()]+$/, 'is no mail address');
const mails = z.union([mail.transform((one) => [one]), z.array(mail).min(1).max(50)]);

/** What every channel may say. */
const common = {
  audience: z.enum(AUDIENCES).default('team'),
  /** The most that may go there unredacted. */
  tlp: tlp.default('AMBER'),
  /** What is told by itself. */
  on: z.array(z.enum(NOTICE_EVENTS)).default([]),
  /** Attempts before a notice is given up. */
  tries: z.int().min(1).max(50).default(12),
  /** Notices in an hour; more wait. */
  per_hour: z.int().min(1).max(10_000).default(60),
  /** Seconds for one attempt. */
  timeout: z.number().min(0.1).max(120).default(30),
};
const http = { ...common, ca_file: z.string().min(1).optional() };

/** The schema of a channel, by its type. */
export const channel = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('webhook'),
    ...http,
    url,
    /** Key of the signature. */
    secret: secret.optional(),
    /** Path of a template of the body, or the name of one of the user's. */
    template: z.string().min(1).optional(),
    content_type: z
      .string()
      .regex(/^[\w.+-]+\/[\w.+-]+(?:; ?charset=[\w-]+)?$/)
      .default('application/json'),
    headers: z.record(z.string().regex(/^[\w-]+$/), z.union([z.string(), secret])).default({}),
  }),
  z.strictObject({ type: z.literal('slack'), ...http, url }),
  z.strictObject({ type: z.literal('mattermost'), ...http, url }),
  z.strictObject({ type: z.literal('teams'), ...http, url }),
  z.strictObject({
    type: z.literal('pagerduty'),
    ...http,
    routing_key: secret,
    url: plainUrl.default('https://events.pagerduty.com/v2/enqueue'),
    /** A REST key that may read: who acknowledges there has taken it on here. */
    read_token: secret.optional(),
    api_url: privateUrl.default('https://api.pagerduty.com'),
  }),
  z.strictObject({
    type: z.literal('sns'),
    ...http,
    topic: z
      .string()
      .regex(/^arn:aws[\w-]*:sns:[\w-]+:\d{12}:[\w.-]+$/, 'is no ARN of a topic')
      .optional(),
    phone: z
      .string()
      .regex(/^\+\d{6,15}$/, 'is no number such as +4930555')
      .optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/)
      .optional(),
    profile: z.string().min(1).optional(),
    access_key: secret.optional(),
    secret_key: secret.optional(),
    session_token: secret.optional(),
    url: plainUrl.optional(),
  }),
  z.strictObject({
    type: z.literal('smtp'),
    ...http,
    host,
    port: port.optional(),
    /** `starttls` on 587 and `tls` on 465 are encrypted and refuse to go on where they are not. */
    encryption: z.enum(['starttls', 'tls', 'none']).default('starttls'),
    user: z.string().min(1).optional(),
    password: secret.optional(),
    from: mail,
    to: mails,
  }),
  z.strictObject({
    type: z.literal('syslog'),
    ...http,
    host,
    port: port.optional(),
    protocol: z.enum(['tls', 'tcp', 'udp']).default('tls'),
    facility: z.int().min(0).max(23).default(16),
  }),
]);

/** A channel as configured. */
export type ChannelSettings = z.infer<typeof channel>;

/** One type of channel. */
export type ChannelOf<T extends ChannelSettings['type']> = Extract<ChannelSettings, { type: T }>;
