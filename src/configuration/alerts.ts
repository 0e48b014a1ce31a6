/** What `config.yml` may say of alerts. */
import { z } from 'zod';

const span = z.string().regex(/^\d{1,5}[smhd]$/, 'write a length of time, such as 30s, 15m, 4h');
const level = z.enum(['informational', 'low', 'medium', 'high', 'critical']);
const paths = z.union([z.string().transform((one) => [one]), z.array(z.string()).max(100)]);

/** The schema of the section; what is not said has the defaults of `alerts/settings.ts`. */
export const alertSettings = z
  .strictObject({
    /** Somebody is told of this level and those above. */
    level,
    /** What comes within that time goes into one notice. */
    wait: span,
    /** Told again after that time while nobody has taken it on. */
    repeat: span,
    /** Over when nothing more of it came for that time. */
    resolve: span,
    /** Told further up when nobody has taken it on by then. */
    escalate: span,
    /** Alerts told in an hour; of the rest a digest tells. */
    per_hour: z.int().min(1).max(1000),
    /** Between these times of day, below that level, nobody is told until they are over. */
    quiet: z.strictObject({
      from: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day, such as 22:00'),
      to: z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'write a time of day, such as 07:00'),
      below: level,
      zone: z.string().default('UTC'),
    }),
    /** Certificates whose end is watched, PEM. */
    certificates: paths,
    /** Folders whose file systems are watched (default: /). */
    disks: paths,
  })
  .partial();
