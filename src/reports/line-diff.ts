/** What changed between two texts, line by line. */

/** Lines around a change that are shown, too. */
const AROUND = 2;
/** Differences that are looked for; beyond, what lies between is shown as taken out and put in. */
const MOST = 2_000;

/** A line, and whether it is in both, in the old or in the new text. */
export interface DiffLine {
  mark: ' ' | '-' | '+';
  text: string;
}

/** All lines of both texts. @see Myers, "An O(ND) Difference Algorithm and Its Variations" (1986) */
export function diffLines(before: readonly string[], after: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail++;
  const same = (lines: readonly string[]) => lines.map((text) => ({ mark: ' ' as const, text }));
  return [
    ...same(before.slice(0, head)),
    ...middle(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...same(before.slice(before.length - tail)),
  ];
}

function middle(a: readonly string[], b: readonly string[]): DiffLine[] {
  const trace: Map<number, number>[] = [];
  let ends = new Map([[1, 0]]);
  for (let d = 0; d <= Math.min(a.length + b.length, MOST); d++) {
    trace.push(ends);
    const next = new Map(ends);
    for (let k = -d; k <= d; k += 2) {
      let x = isDown(ends, k, d) ? ends.get(k + 1)! : ends.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      next.set(k, x);
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace);
    }
    // Only the diagonals of this round are asked for by the next one.
    ends = new Map([...next].filter(([k]) => Math.abs(k - d) % 2 === 0 && Math.abs(k) <= d));
  }
  return [
    ...a.map((text) => ({ mark: '-' as const, text })),
    ...b.map((text) => ({ mark: '+' as const, text })),
  ];
}

const isDown = (ends: ReadonlyMap<number, number>, k: number, d: number): boolean =>
  k === -d || (k !== d && (ends.get(k - 1) ?? -1) < (ends.get(k + 1) ?? -1));

function walkBack(
  a: readonly string[],
  b: readonly string[],
  trace: readonly ReadonlyMap<number, number>[],
): DiffLine[] {
  const lines: DiffLine[] = [];
  let [x, y] = [a.length, b.length];
  for (let d = trace.length - 1; d >= 0; d--) {
    const ends = trace[d]!;
    const k = x - y;
    const from = d === 0 ? 0 : isDown(ends, k, d) ? k + 1 : k - 1;
    const fromX = d === 0 ? 0 : ends.get(from)!;
    const fromY = d === 0 ? 0 : fromX - from;
    while (x > fromX && y > fromY) {
      lines.push({ mark: ' ', text: a[--x]! });
      y--;
    }
    if (d === 0) break;
    lines.push(x === fromX ? { mark: '+', text: b[--y]! } : { mark: '-', text: a[--x]! });
  }
  return lines.reverse();
}

/** The changes with what is around them, under the heading that each stands below; nothing where there are none. */
export function changesOf(before: string, after: string): string[] {
  const lines = diffLines(before.split('\n'), after.split('\n'));
  const isShown = lines.map(() => false);
  for (const [at, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    for (let near = at - AROUND; near <= at + AROUND; near++)
      if (near >= 0 && near < lines.length) isShown[near] = true;
  }
  const shown: string[] = [];
  let heading = '';
  for (const [at, { mark, text }] of lines.entries()) {
    if (/^#{1,6} /.test(text) && mark !== '-') heading = text.replace(/^#+ /, '');
    if (isShown[at] !== true) continue;
    if (isShown[at - 1] !== true) shown.push(`@@ ${heading} @@`);
    shown.push(`${mark}${text}`);
  }
  return shown;
}
