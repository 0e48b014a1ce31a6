/** Where a secret comes from: a variable of the environment, a file, or what a command prints. */
import { z } from 'zod';

/** The schema of a source of a secret. */
export const secret = z.union([
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ command: z.array(z.string().min(1)).min(1) }),
]);

/** Where a secret comes from. */
export type Secret = z.infer<typeof secret>;
