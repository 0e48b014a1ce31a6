/** Counts how often we agree with a peer's expectations, for the tests that score us against them. */

interface Count {
  right: number;
  of: number;
  misses: string[];
}

export interface Score {
  /** Compares by value, key order included. */
  add(what: string, got: unknown, want: unknown, context?: string): void;
  /** Share of agreement by name; also prints the table (and the misses, with IR_SHOW_MISSES=1). */
  shares(): Record<string, number>;
}

/** Starts a score against one peer. */
export function createScore(peer: string): Score {
  const counts = new Map<string, Count>();
  return {
    add(what, got, want, context = '') {
      const count = counts.get(what) ?? { right: 0, of: 0, misses: [] };
      counts.set(what, count);
      count.of += 1;
      if (JSON.stringify(got) === JSON.stringify(want)) count.right += 1;
      else count.misses.push(`  ${context}: ${JSON.stringify(got)} not ${JSON.stringify(want)}`);
    },
    shares() {
      const shares: Record<string, number> = {};
      const lines = [`${peer}:`];
      for (const [what, { right, of, misses }] of counts) {
        shares[what] = right / of;
        lines.push(`  ${what.padEnd(28)} ${right}/${of} ${((100 * right) / of).toFixed(1)} %`);
        if (process.env['IR_SHOW_MISSES']) lines.push(...misses.slice(0, 12));
      }
      process.stdout.write(`${lines.join('\n')}\n`);
      return shares;
    },
  };
}
