/** What `config.yml` may say of a place where logs are. */
import { z } from 'zod';
import { secret } from './secret.ts';

/** The schema of a place. */
export const place = z.strictObject({
  url: z
    .string()
    .regex(
      /^[a-z][a-z0-9]*(?:\+[a-z]+)?:\/\/[^\s]+$/i,
      'is no place such as opensearch://host:9200/logs-*',
    )
    .refine(
      (value) => !/^[^/]*\/\/[^/@]*:[^/@]*@/.test(value),
      'holds a password; name its source beside it',
    ),
  user: z.string().min(1).optional(),
  password: secret.optional(),
  token: secret.optional(),
  api_key: secret.optional(),
  app_key: secret.optional(),
  license_key: secret.optional(),
  /** A further header, such as the tenant of Loki. */
  tenant: z
    .string()
    .regex(/^[\w!.*'()-]{1,150}$/)
    .optional(),
  ca_file: z.string().min(1).optional(),
  /** Seconds for one answer. */
  timeout: z.number().min(0.1).max(600).default(30),
});

/** A place as configured. */
export type PlaceSettings = z.infer<typeof place>;
