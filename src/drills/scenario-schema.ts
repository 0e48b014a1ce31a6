/** The shape of a scenario file. Kept apart so that zod is loaded only when a file is read. */
import { z } from 'zod';
import { exerciseSchema } from './exercise-schema.ts';
import type { ShopScenario } from './scenario.ts';

/** Some text. */
export const text = z.string().min(1);
/** A list of texts, not empty. */
export const texts = z.array(text).min(1);
const positive = z.number().positive();
const count = z.number().int().nonnegative();
/** An ATT&CK technique. */
export const technique = z
  .string()
  .regex(/^T\d{4}(\.\d{3})?$/, 'an ATT&CK technique id such as T1110.001');
const parameters = z.record(z.string(), z.unknown()).nullable().default(null);

/** `HH:MM` becomes minutes after midnight. */
export const clock = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day such as "02:15"')
  .transform((value) => Number(value.slice(0, 2)) * 60 + Number(value.slice(3)));

const common = { technique: technique.optional(), pause: z.number().nonnegative().optional() };

const step = z.discriminatedUnion('do', [
  z.strictObject({
    ...common,
    do: z.literal('request'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS']).default('GET'),
    target: text,
    status: z.number().int().min(100).max(599).default(200),
    bytes: count.default(512),
    times: z.number().int().positive().default(1),
    agent: text.optional(),
    referrer: text.optional(),
    error: text.optional(),
    failure: text.optional(),
  }),
  z.strictObject({
    ...common,
    do: z.literal('scan'),
    targets: texts,
    status: z.number().int().default(404),
    times: z.number().int().positive().default(1),
    agent: text.optional(),
  }),
  z.strictObject({
    ...common,
    do: z.literal('webshell'),
    target: text,
    account: text,
    cwd: text,
    run: texts,
  }),
  z.strictObject({
    ...common,
    do: z.literal('guess'),
    users: z.array(z.strictObject({ name: text, tries: z.number().int().positive() })).min(1),
  }),
  z.strictObject({ ...common, do: z.literal('login'), account: text }),
  z.strictObject({ ...common, do: z.literal('logout') }),
  z.strictObject({
    ...common,
    do: z.literal('sudo'),
    run: text,
    become: z.boolean().default(false),
  }),
  z.strictObject({ ...common, do: z.literal('shell'), run: texts, cwd: text.optional() }),
  z.strictObject({
    ...common,
    do: z.literal('write'),
    path: text,
    by: text,
    key: text,
    mode: z
      .string()
      .regex(/^0\d{6}$/)
      .default('0100644'),
    isNew: z.boolean().default(true),
    account: text.optional(),
  }),
  z.strictObject({
    ...common,
    do: z.literal('say'),
    file: text,
    program: text,
    text,
    pid: z.boolean().default(true),
  }),
  z.strictObject({ ...common, do: z.literal('audit-account'), type: text, text, program: text }),
  z.strictObject({ ...common, do: z.literal('audit-off') }),
  z.strictObject({
    ...common,
    do: z.literal('cloud'),
    identity: text,
    service: text,
    name: text,
    parameters,
    response: parameters,
    readOnly: z.boolean().default(false),
    isData: z.boolean().default(false),
    times: z.number().int().positive().default(1),
    error: z.strictObject({ code: text, message: text }).optional(),
  }),
]);

const identity = z.strictObject({
  type: z.enum(['IAMUser', 'AssumedRole', 'AWSService']),
  name: text,
  principalId: z.string().default(''),
  accessKeyId: z.string().default(''),
  session: text.optional(),
  address: text,
  agent: text,
});

/** What every scenario says. */
export const base = {
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and hyphens'),
  title: text,
  summary: text,
  start: z.iso.datetime({ offset: true }),
  days: z.number().int().min(1).max(31),
  files: z.record(
    z.string(),
    z.strictObject({
      path: z
        .string()
        .regex(/^[a-z0-9][a-z0-9._-]*(\/[a-z0-9][a-z0-9._-]*)*$/i, 'a relative path without ".."'),
      rotate: z.enum(['never', 'daily']).default('never'),
      layout: z.enum(['lines', 'records']).default('lines'),
    }),
  ),
  answers: z
    .array(
      z.strictObject({
        part: z.enum(['when', 'who', 'in', 'as', 'stays', 'took', 'hid']),
        says: text,
        of: texts,
        names: z.array(text).default([]),
        bytes: count.optional(),
      }),
    )
    .default([]),
  exercise: exerciseSchema.optional(),
};

/** What every chapter says. */
export const chapterBase = {
  id: z.string().regex(/^[a-z][a-z0-9-]*$/, 'lower case letters, digits and hyphens'),
  ...{ title: text, technique, day: count, at: clock },
  entities: z.record(z.string(), z.array(text)),
};

/** Checks a parsed document of a shop and fills in defaults. */
export const shopSchema: z.ZodType<ShopScenario, unknown> = z.strictObject({
  ...base,
  site: text,
  host: z.strictObject({
    ...{ name: text, address: text, sshPort: count, webWorker: count, phpSocket: text },
  }),
  application: z.strictObject({ name: text, pid: count, upstream: text }),
  accounts: z.array(
    z.strictObject({
      ...{ name: text, uid: count, home: text },
      ...{ address: text.optional(), fingerprint: text.optional() },
    }),
  ),
  rhythm: z.array(z.number().nonnegative()).length(24),
  pools: z.strictObject({ visitors: texts, noise: texts }),
  agents: z.strictObject({ browsers: texts, application: texts }),
  shop: z.strictObject({
    ...{ categories: texts, products: texts, searches: texts },
    ...{ information: texts, assets: texts, retired: texts },
  }),
  traffic: z.strictObject({
    ...{ visitsPerDay: positive, appSessionsPerDay: positive, webhooksPerDay: positive },
    ...{ sshNoisePerDay: positive, webNoisePerDay: positive },
  }),
  returns: z.strictObject({
    ...{ perDay: positive, form: text, upload: text, folder: text, account: text },
  }),
  office: z.strictObject({ address: text, visitsPerDay: positive }),
  crawlers: z.array(z.strictObject({ agent: text, addresses: texts, perDay: positive })),
  monitors: z.array(
    z.strictObject({ agent: text, address: text, targets: texts, everySeconds: positive }),
  ),
  webhooks: z.strictObject({ addresses: texts, agent: text, target: text }),
  cron: z.array(
    z.strictObject({ account: text, command: text, at: clock, everyMinutes: positive }),
  ),
  visits: z.array(
    z.strictObject({
      ...{ account: text, day: count, at: clock, commands: texts, pauseSeconds: positive },
      ...{ address: text.optional(), mistakes: count.optional() },
      fumblesSudo: z.boolean().default(false),
    }),
  ),
  backup: z.strictObject({
    ...{ account: text, at: clock, commands: texts, identity: text, objects: count },
  }),
  deploys: z.strictObject({ account: text, at: z.array(clock).min(1), commands: texts }),
  noise: z.strictObject({ accounts: texts, targets: texts, agents: texts }),
  cloud: z.strictObject({
    account: z.string().regex(/^\d{12}$/, '12 digits'),
    region: text,
    identities: z.record(z.string(), identity),
    routines: z.array(
      z.strictObject({
        ...{ identity: text, service: text, name: text, parameters, everyMinutes: positive },
        isData: z.boolean().default(false),
      }),
    ),
  }),
  chapters: z
    .array(
      z.strictObject({
        ...chapterBase,
        ...{ from: text, agent: text },
        steps: z.array(step).min(1),
      }),
    )
    .min(1),
});
