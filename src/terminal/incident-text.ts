/** How an incident looks on a terminal: the pieces that several views share. */
import type { ClockLine } from '../incidents/clock-state.ts';
import type { Incident, Phase, Severity } from '../incidents/incident.ts';
import type { Metrics } from '../incidents/key-times.ts';
import { shorten, showDuration, showInstant, wrap, wrapAfter } from './layout.ts';
import type { Style } from './style.ts';

/** The phases in their order, as they are shown. */
export const PHASES = [
  'triage',
  'containment',
  'eradication',
  'recovery',
  'post_incident',
] as const satisfies readonly Phase[];

/** `INC-2026-0001  Title`, cut to the width. */
export const headline = ({ key, title }: Incident, style: Style): string =>
  `${style.paint.bold(key)}  ${shorten(title, Math.max(10, style.width - key.length - 2), style)}`;

/** The severity in its colour. */
export function paintSeverity(severity: Severity, style: Style): string {
  const { paint } = style;
  const colour = { SEV1: paint.bold.red, SEV2: paint.red, SEV3: paint.yellow, SEV4: paint.cyan };
  return colour[severity](severity);
}

/** All phases in one line, the current one marked. */
export const phaseLine = (incident: Incident, style: Style): string =>
  PHASES.map((phase) => (phase === incident.phase ? style.paint.bold(`[${phase}]`) : phase)).join(
    ' > ',
  );

/** The four metrics, or the question to answer first: all of them are measured to or from the detection. */
export function metricsText(
  { times, status }: Incident,
  metrics: Metrics,
  width: number,
): string[] {
  if (times.detected === undefined) {
    const reason = status === 'closed' ? ' --reason "..."' : '';
    return [
      ...wrap('MTTD, MTTA, MTTC, MTTR unknown: detected not given.', width),
      ...wrap(`When was it noticed? Say so with: ir update --detected-at TIME${reason}`, width),
    ];
  }
  const { mttdMs, mttaMs, mttcMs, mttrMs } = metrics;
  const text = [
    `MTTD ${showDuration(mttdMs)}`,
    `MTTA ${showDuration(mttaMs)}`,
    `MTTC ${showDuration(mttcMs)}`,
    `MTTR ${showDuration(mttrMs)}`,
  ].join('   ');
  return wrap(text, width);
}

/** `C-012 GDPR: Notify the supervisory authority: 2d 3h left, due 2026-03-05 11:00:00Z`. */
export function clockLine(
  label: string,
  { number, title, dueAt, countdown, state, reason }: ClockLine,
  { paint, offsetAt, width }: Style,
  indent: number,
): string {
  const due = dueAt === undefined ? '' : `, due ${showInstant(dueAt, offsetAt)}`;
  const isPressing = state === 'overdue' || state === 'due_soon' || state === 'at_once';
  const text = `${number} ${title}: ${countdown}${due}${reason === '' ? '' : ` (${reason})`}`;
  // Painted after it was folded: what is folded is made safe to show, and that shows escapes.
  const folded = wrapAfter(label, text, width, indent);
  return isPressing ? folded.replace(`: ${countdown}`, () => `: ${paint.bold(countdown)}`) : folded;
}

/** The chain head, whole: it is there to be copied. On a narrow terminal it has a line of its own. */
export function headLines(head: string, style: Style, label = 'chain head '): string[] {
  const isNarrow = label.length + head.length > style.width;
  return isNarrow ? [label.trimEnd(), head] : [label + head];
}
