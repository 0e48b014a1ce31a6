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

/** At most `width` numbers, neighbours added up. */
export function squeeze(values: readonly number[], width: number): number[] {
  const factor = Math.ceil(values.length / width);
  if (factor <= 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / factor) }, (_, index) =>
    values.slice(index * factor, (index + 1) * factor).reduce((sum, value) => sum + value, 0),
  );
}
