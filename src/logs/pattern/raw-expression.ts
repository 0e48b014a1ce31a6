/** Expressions in a pattern, as a last resort: RE2's syntax, and linear time whatever they are. */
import { createRequire } from 'node:module';
import type { Kind } from './kinds.ts';

interface Re2 {
  matcher(text: string): { lookingAt(): boolean; end(): number };
}

const require = createRequire(import.meta.url);

/** One repetition without an upper bound and no group cannot make V8's own engine try many ways. */
const isPlain = (source: string): boolean => {
  const bare = source
    .replace(/\\.|\[(?:\\.|[^\]])*\]/g, 'x')
    .replace(/\(\?:[\w|]+\)(?![*+?{])/g, 'x');
  return !/[()|]|\{\d*,?\d{3,}/.test(bare) && (bare.match(/[*+]|\{\d+,\}/g)?.length ?? 0) <= 1;
};

/** The most that an expression sees of a line. */
const MAX_TEXT = 8192;

function compileLinear(source: string): Re2 {
  const { RE2JS } = require('re2js') as { RE2JS: { compile(source: string): Re2 } };
  return RE2JS.compile(source);
}

/** Throws when the source is not in the syntax of RE2. */
export const assertLinear = (source: string): void => void compileLinear(source);

/** The kind that takes what `source` matches; `assertLinear` has looked at it. Throws when it is no expression at all. */
export function rawKind(source: string): Kind {
  if (isPlain(source)) {
    const fast = new RegExp(source, 'y');
    return {
      end: (text, at) => {
        fast.lastIndex = at;
        return fast.test(text) ? fast.lastIndex : -1;
      },
    };
  }
  // RE2 takes longer to load than most formats to read.
  let linear: Re2 | undefined;
  return {
    end: (text, at) => {
      linear ??= compileLinear(source);
      const matcher = linear.matcher(text.slice(at, at + MAX_TEXT));
      return matcher.lookingAt() ? at + matcher.end() : -1;
    },
  };
}
