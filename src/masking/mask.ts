/** Masks what should not be told: mail addresses, network addresses, cards, tokens. What each is, says a file of `templates/masking/`. */
import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { bundledFolder } from '../config.ts';
import { templateError } from '../errors.ts';
import { parseYaml, problemsOf } from '../yaml.ts';

/** What a pattern alone cannot say. */
const CHECKS = {
  /** @see ISO/IEC 7812-1, annex B */
  luhn(text: string): boolean {
    const digits = [...text.replace(/\D/g, '')].reverse().map(Number);
    const doubled = digits.map((digit, at) =>
      at % 2 === 0 ? digit : (digit * 2) % 9 || (digit && 9),
    );
    return doubled.reduce((sum, digit) => sum + digit, 0) % 10 === 0 && new Set(digits).size > 1;
  },
  address: (text: string): boolean => isIP(text) !== 0,
} as const;

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z-]*$/),
  title: z.string(),
  replacement: z.string(),
  check: z.enum(['luhn', 'address']).optional(),
  /** Linear: no nested repetition, every repetition bounded. */
  patterns: z.array(z.string()).min(1),
});

interface Mask {
  name: string;
  replacement: string;
  check: ((text: string) => boolean) | undefined;
  patterns: readonly RegExp[];
}

let loaded: readonly Mask[] | undefined;

/** @throws IrError (exit 3) for a file that is no set of masks */
function masks(): readonly Mask[] {
  const folder = bundledFolder('masking');
  loaded ??= readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .sort()
    .map((file) => readMask(join(folder, file)));
  return loaded;
}

function readMask(path: string): Mask {
  const document = parseYaml(readFileSync(path, 'utf8'), path);
  const checked = schema.safeParse(document.value);
  if (!checked.success) {
    const [problem] = [...document.problems, ...problemsOf(checked.error, document, schema)];
    throw templateError(problem!.message, problem!.source, problem!.hint);
  }
  const { name, replacement, check, patterns } = checked.data;
  return {
    ...{ name, replacement, check: check && CHECKS[check] },
    patterns: patterns.map((pattern) => new RegExp(pattern, 'g')),
  };
}

/** The text with `[mail]`, `[address]`, `[card]` and `[token]` in place of such. */
export function mask(text: string): string {
  // Tokens first: a part of one may look like something else.
  const order = [...masks()].sort(
    (a, b) => Number(b.name === 'token') - Number(a.name === 'token'),
  );
  return order.reduce(
    (shown, { replacement, check, patterns }) =>
      patterns.reduce(
        (one, pattern) =>
          one.replace(pattern, (found) =>
            check === undefined || check(found) ? replacement : found,
          ),
        shown,
      ),
    text,
  );
}
