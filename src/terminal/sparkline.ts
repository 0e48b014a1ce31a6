/** Numbers as a row of block characters. */
const BLOCKS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN = ['.', ':', '-', '=', '+', '*', '#', '@'];

/** One character per number; zero is a blank, the largest a full block. Scaled by square root, so that
 * quiet hours stay visible beside a flood. */
export function sparkline(values: readonly number[], isUnicode = false): string {
  const blocks = isUnicode ? BLOCKS : PLAIN;
  const top = Math.sqrt(Math.max(1, ...values));
  return values
    .map((value) =>
      value === 0 ? ' ' : blocks[Math.min(7, Math.floor((Math.sqrt(value) / top) * 7.999))],
    )
    .join('');
}
