/** A proxy that tells who its client is. */
import { z } from 'zod';
import { addresses } from './addresses.ts';

/** Networks alone, or also where in a line of the log behind the proxy its client stands. */
export const trustedProxy = z.union([
  addresses.transform((networks) => ({ networks, header: undefined, quoted: undefined })),
  z
    .strictObject({
      networks: addresses,
      /** Name of the header, as lines with names have it. */
      header: z
        .string()
        .regex(/^[\w-]{1,64}$/)
        .optional(),
      /** Which quoted text it is, from 1, in lines without names. */
      quoted: z.int().min(1).max(20).optional(),
    })
    .transform(({ networks, header, quoted }) => ({ networks, header, quoted })),
]);

/** A proxy that tells who its client is. */
export type TrustedProxy = z.infer<typeof trustedProxy>;
