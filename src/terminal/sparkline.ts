/** Numbers as a row of block characters. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/** One character per number; zero is a blank, the largest a full block. Scaled by square root, so that
 * quiet hours stay visible beside a flood. */
export function sparkline(values: readonly number[]): string {
  const top = Math.sqrt(Math.max(1, ...values));
  return values
    .map((value) =>
      value === 0 ? ' ' : BLOCKS[Math.min(7, Math.floor((Math.sqrt(value) / top) * 7.999))],
    )
    .join('');
}
