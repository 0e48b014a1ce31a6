/** Texts, and lists of addresses and networks, as the configuration may say them. */
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

/** A text; numbers and truth values as they were written. */
export const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
/** One text, or several. */
export const texts = z.union([text.transform((one) => [one]), z.array(text).min(1)]);

/** `7` is an address to old programs, and hardly meant as one. */
const isAddress = (value: string): boolean =>
  ipaddr.isValid(value) ? !/^\d+$/.test(value) : ipaddr.isValidCIDR(value);

/** Addresses and networks. */
export const addresses = texts.refine(
  (values) => values.every(isAddress),
  'is no address or network, such as 203.0.113.7 or 2001:db8::/32',
);
