/** How a finding names the others of its act. */
import type { Finding, FoldedFinding } from '../../detect/finding.ts';
import { plural } from '../../events/words.ts';
import { showMicros } from '../layout.ts';
import type { Style } from '../style.ts';

/** `SQL injection with a delay (medium, 12 events), Path traversal (medium, 2 findings, 9 events)` */
export function othersText({ act }: Finding): string {
  if (act === undefined) return '';
  const byTitle = new Map<string, FoldedFinding[]>();
  for (const other of act.others) {
    const title = other.rule.title;
    byTitle.set(title, [...(byTitle.get(title) ?? []), other]);
  }
  const names = [...byTitle].map(([title, alike]) => {
    const events = alike.reduce((sum, { count }) => sum + count, 0);
    const [strongest] = alike as [FoldedFinding, ...FoldedFinding[]];
    const { level, evidence } = strongest;
    const times = alike.length > 1 ? `${plural(alike.length, 'finding')}, ` : '';
    // What probably worked is worth a look of its own.
    const isGrave = level === 'high' || level === 'critical';
    const place = isGrave && evidence !== undefined ? `, ${evidence.file}:${evidence.line}` : '';
    return `${title} (${level}, ${times}${plural(events, 'event')}${place})`;
  });
  if (act.unnamed > 0) names.push(`and ${plural(act.unnamed, 'more finding')}`);
  return names.join(', ');
}

/** The same as a sentence with the time that the whole act takes; empty when the finding stands alone. */
export function actText(finding: Finding, offsetAt?: Style['offsetAt']): string {
  const { act, firstUs, lastUs } = finding;
  if (act === undefined) return '';
  const span =
    firstUs === undefined || lastUs === undefined
      ? ''
      : ` (${showMicros(firstUs, offsetAt)} to ${showMicros(lastUs, offsetAt)})`;
  return `leads ${plural(act.others.length + act.unnamed, 'more finding')} of this act${span}: ${othersText(finding)}`;
}
