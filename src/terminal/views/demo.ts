/** What the demo made: its timeline, the incident, the post-mortem, and what to try next. */
import type { DemoResult } from '../../commands/demo.ts';
import { plural } from '../../events/words.ts';
import { showInstant, wrap, wrapAfter } from '../layout.ts';
import { neutraliseLine } from '../neutralise.ts';
import { nextLines } from '../next-lines.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';
import { view as openView } from './open-incident.ts';
import { view as timelineView } from './timeline.ts';

/** How `ir demo` is shown. */
export const view: View<DemoResult> = {
  async *text(result, style) {
    const { drill, timeline, opened } = result;
    const about = `${drill.title}. ${drill.summary}`;
    const written = `Wrote ${plural(drill.lines, 'log line')} to ${neutraliseLine(result.out)}/logs; ${drill.attackLines.toLocaleString('en')} of them are the intruder's. This is what ir timeline logs says of them:`;
    yield `${[...wrap(about, style.width), '', ...wrap(written, style.width)].join('\n')}\n\n`;
    yield* timelineView.text(timeline, style);
    yield '\n';
    // Its last line says what to do next; the demo ends with more than that.
    yield `${String(openView.text(opened, style))
      .trimEnd()
      .split('\n')
      .filter((line) => !/^Next:/.test(line))
      .join('\n')}\n\n`;
    yield* reportLines(result, style);
    yield `${nextLines('Try next:', result.next, style).join('\n')}\n`;
  },
  json: ({ out, drill, timeline, opened, response, report, next }) =>
    withNulls({
      out,
      lines: drill.lines,
      attackLines: drill.attackLines,
      findings: timeline.timeline.totals.byLevel,
      incident: opened.incident,
      head: opened.head,
      response,
      report: { ...report, questions: report.questions.length },
      next,
    }),
};

function* reportLines({ out, report, response }: DemoResult, style: Style): Iterable<string> {
  const { steps, from, until } = response;
  const played = `Played a response from ${showInstant(from, style.offsetAt)} to ${showInstant(until, style.offsetAt)}, in the story's own time: ${plural(steps, 'step')} of the checklist, with actions on systems that were taken back or ran out. Commands were simulated; nothing was run on this machine.`;
  yield `${wrapAfter('', played, style.width, 0)}\n\n`;
  const waits = report.questions.length;
  const open = waits === 0 ? 'nothing in it is open' : `${plural(waits, 'question')} in it wait`;
  const text = `Wrote the post-mortem to ${neutraliseLine(out)}/postmortem.md: ${open}.`;
  yield `${wrapAfter('', text, style.width, 0)}\n\n`;
}
