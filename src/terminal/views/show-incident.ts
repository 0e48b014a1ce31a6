import type { ShowResult } from '../../commands/show-incident.ts';
import type { Finding } from '../../detect/finding.ts';
import { LEVELS, levelRank } from '../../events/level.ts';
import { grouped, plural } from '../../events/words.ts';
import type { CommandRun, KeyTimes } from '../../incidents/incident.ts';
import { evidenceLine, holderText } from '../evidence-text.ts';
import {
  clockLine,
  headLines,
  headline,
  metricsText,
  PHASES,
  paintSeverity,
  phaseLine,
} from '../incident-text.ts';
import {
  shorten,
  showInstant,
  showMicros,
  timeWidth,
  wrap,
  wrapAfter,
  wrapLines,
} from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

/** Rows of each kind that the overview shows; all of them are in --json. */
const MOST_ROWS = 8;
const LABEL = 12;

/** How `ir show` is shown. */
export const view: View<ShowResult> = {
  text(result, style) {
    const sections = [
      head(result, style),
      timesSection(result, style),
      factsSection(result, style),
      clocksSection(result, style),
      listsSection(result, style),
      checklistSection(result, style),
      actionsSection(result, style),
      findingsSection(result, style),
      sourcesSection(result, style),
      evidenceSection(result, style),
      notesSection(result, style),
      doubtsSection(result, style),
      unknownSection(result, style),
      headLines(result.head, style, 'Chain head'.padEnd(LABEL)),
    ].filter((lines) => lines.length > 0);
    return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  },
  json: withNulls,
};

function head({ incident }: ShowResult, style: Style): string[] {
  const { severity, impact, urgency, type, status, determination, openedBy, isDrill } = incident;
  const axes = [
    `impact ${impact}`,
    `urgency ${urgency}`,
    type === '' ? 'no playbook' : type,
    `opened by ${openedBy}`,
    ...(isDrill ? ['a drill'] : []),
  ];
  const description = incident.description.trim();
  return [
    headline(incident, style),
    `${paintSeverity(severity, style)}  ${status}, ${determination}`,
    ...wrap(axes.join(', '), style.width),
    ...(style.width >= 72 ? [phaseLine(incident, style)] : [`phase ${incident.phase}`]),
    ...(description === '' ? [] : cutRows(indented(description, style), MOST_ROWS, style)),
  ];
}

const TIME_NAMES = [
  'occurred',
  'detected',
  'acknowledged',
  'declared',
  'contained',
  'eradicated',
  'recovered',
  'closed',
] as const satisfies readonly (keyof KeyTimes)[];

function timesSection({ incident, metrics }: ShowResult, style: Style): string[] {
  const cells = TIME_NAMES.map(
    (name) => `${name.padEnd(14)}${showInstant(incident.times[name], style.offsetAt)}`,
  );
  const perLine = style.width >= 76 ? 2 : 1;
  const rows: string[] = [];
  for (let at = 0; at < cells.length; at += perLine) {
    const row = cells.slice(at, at + perLine).map((cell) => cell.padEnd(38));
    rows.push(row.join('').trimEnd());
  }
  return [...rows, ...metricsText(incident, metrics, style.width)];
}

/** `found by` for `foundBy` */
const factName = (name: string): string =>
  name
    .replace(/^is/, '')
    .replace(/(?!^)[A-Z]/g, ' $&')
    .toLowerCase();

function factsSection({ incident: { facts } }: ShowResult, style: Style): string[] {
  const said = Object.entries(facts).map(([name, value]) => {
    const text = Array.isArray(value) ? value.join(', ') : String(value).replaceAll('_', ' ');
    return `${factName(name)}: ${text}`;
  });
  return said.length === 0 ? [] : [wrapAfter('Facts', said.join('; '), style.width, LABEL)];
}

function clocksSection({ clockLines, advice }: ShowResult, style: Style): string[] {
  if (clockLines.length === 0) return [];
  return [
    ...clockLines
      .slice(0, MOST_ROWS)
      .map((line, index) => clockLine(index === 0 ? 'Clocks' : '', line, style, LABEL)),
    ...(clockLines.length > MOST_ROWS
      ? [
          wrapAfter(
            '',
            `and ${clockLines.length - MOST_ROWS} more: ir clock list`,
            style.width,
            LABEL,
          ),
        ]
      : []),
    wrapAfter('', advice, style.width, LABEL),
  ];
}

/** Who does what, what is affected, what was decided: of each list the newest, and where all are. */
function listsSection(result: ShowResult, style: Style): string[] {
  const { roles, tasks, assets, decisions } = result;
  const counts = <T extends { withdrawn?: unknown }>(items: readonly T[]): T[] =>
    items.filter(({ withdrawn }) => withdrawn === undefined);
  const held = new Map(counts(roles).map(({ role, person }) => [role, person]));
  const lists: readonly [label: string, lines: string[], command: string][] = [
    [
      'People',
      [...held].map(([role, person]) => `${person}, ${role.replaceAll('_', ' ')}`),
      'ir assign',
    ],
    [
      'Assets',
      counts(assets).map(
        ({ name, type, state }) =>
          `${name} (${type.replaceAll('_', ' ')}): ${state.replaceAll('_', ' ')}`,
      ),
      'ir asset list',
    ],
    ['Decisions', counts(decisions).map(({ text, why }) => `${text}, because ${why}`), 'ir decide'],
    [
      'Tasks',
      counts(tasks)
        .filter(({ state }) => state === 'open')
        .map(({ title, owner }) => `${title}${owner === undefined ? '' : `, ${owner}`}`),
      'ir task list',
    ],
  ];
  return lists.flatMap(([label, lines, command]) => {
    const more =
      lines.length > MOST_ROWS ? [`and ${lines.length - MOST_ROWS} earlier: ${command}`] : [];
    return [...lines.slice(-MOST_ROWS), ...more].map((line, index) =>
      wrapAfter(index === 0 ? label : '', line, style.width, LABEL),
    );
  });
}

/** Killed in the middle, or still running. */
const hasNoEnd = ({ exitCode, stdoutSha256 }: CommandRun): boolean =>
  exitCode === undefined && stdoutSha256 === '';

function checklistSection({ steps, commandRuns }: ShowResult, style: Style): string[] {
  const counts = PHASES.flatMap((phase) => {
    const done = steps.filter((step) => step.phase === phase && step.status === 'done').length;
    const waived = steps.filter((step) => step.phase === phase && step.status === 'waived').length;
    if (done + waived === 0) return [];
    return [`${phase} ${done} done${waived > 0 ? ` and ${waived} waived` : ''}`];
  });
  const interrupted = commandRuns.filter(hasNoEnd).length;
  const commands = `${plural(commandRuns.length, 'command')} run${interrupted > 0 ? `, ${interrupted} without a recorded end` : ''}`;
  const text = counts.length === 0 ? 'no step answered yet' : counts.join(', ');
  return [
    wrapAfter(
      'Checklist',
      commandRuns.length > 0 ? `${text}; ${commands}` : text,
      style.width,
      LABEL,
    ),
  ];
}

function findingsSection({ findings }: ShowResult, style: Style): string[] {
  const counts = [...LEVELS]
    .reverse()
    .map((level) => ({ level, count: findings.filter((one) => one.level === level).length }))
    .filter(({ count }) => count > 0)
    .map(({ level, count }) => `${count} ${level}`);
  if (findings.length === 0) return [wrapAfter('Findings', 'none saved', style.width, LABEL)];
  const rank = (finding: Finding): number => levelRank(finding.level);
  // The gravest ones get the room there is, and are shown in time order like the timeline itself.
  const gravest = new Set([...findings].sort((a, b) => rank(b) - rank(a)).slice(0, MOST_ROWS));
  const shown = findings.filter((finding) => gravest.has(finding));
  return [
    wrapAfter('Findings', `${findings.length}: ${counts.join(', ')}`, style.width, LABEL),
    ...shown
      .map((finding) => shorten(findingText(finding, style), style.width - 2, style))
      .map((row) => `  ${row}`),
    ...more(findings.length - shown.length, style),
  ];
}

function findingText({ firstUs, level, rule, count, entities }: Finding, style: Style): string {
  const who = [...new Set(Object.values(entities).flat())].slice(0, 3).join(', ');
  const times = count > 1 ? ` x${grouped(count)}` : '';
  return `${showMicros(firstUs, style.offsetAt).padEnd(timeWidth(style.offsetAt))}  ${level.padEnd(8)}  ${rule.title}${times}${who === '' ? '' : `  ${who}`}`;
}

function actionsSection({ actions = [] }: ShowResult, style: Style): string[] {
  const open = actions.filter(
    ({ state, risk, irreversible }) =>
      risk !== 'read' &&
      irreversible === undefined &&
      !['planned', 'undone', 'expired'].includes(state),
  );
  if (open.length === 0) return [];
  const rows = open.slice(0, MOST_ROWS).map(({ no, name, target, host, state, until }) => {
    const end = until === undefined ? '' : `, until ${showInstant(until, style.offsetAt)}`;
    return shorten(`  ${no}  ${name} on ${target}, ${host}: ${state}${end}`, style.width, style);
  });
  return [
    wrapAfter(
      'In place',
      `${open.length} of ${plural(actions.length, 'action')}`,
      style.width,
      LABEL,
    ),
    ...rows,
    ...more(open.length - rows.length, style),
  ];
}

function sourcesSection({ sources }: ShowResult, style: Style): string[] {
  if (sources.length === 0) return [wrapAfter('Sources', 'none saved', style.width, LABEL)];
  const rows = sources.slice(0, MOST_ROWS).map((source) => {
    const { evidenceNo, path, format, lines, skipped, sha256, problem } = source;
    const account = `${plural(lines, 'line')}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
    const name = format === '' ? 'unknown format' : format;
    return `${evidenceNo}  ${path}  ${problem ?? `${name}, ${account}`}  ${sha256.slice(0, 12)}`;
  });
  return [
    wrapAfter('Sources', String(sources.length), style.width, LABEL),
    ...rows.map((row) => `  ${shorten(row, style.width - 2, style)}`),
    ...more(sources.length - rows.length, style),
  ];
}

function evidenceSection({ evidence, bags }: ShowResult, style: Style): string[] {
  if (evidence.length === 0) return [];
  const rows = evidence.slice(0, MOST_ROWS).flatMap((item) => {
    const { holder, open } = item;
    const line = `  ${evidenceLine(item, style)}`;
    return open === undefined
      ? [line]
      : [line, `         ${shorten(holderText(holder, open), style.width - 9, style)}`];
  });
  const last = bags.at(-1);
  const copied =
    last === undefined
      ? 'no bag written'
      : `last bag ${showInstant(last.at, style.offsetAt)}, ${last.path}`;
  return [
    wrapAfter('Evidence', `${evidence.length}; ${copied}`, style.width, LABEL),
    ...rows,
    ...more(evidence.length - Math.min(MOST_ROWS, evidence.length), style),
  ];
}

/** Rows of one note on a terminal. */
const MOST_NOTE_ROWS = 3;

/** What does not fit on one screen is cut there, and nowhere else. */
const cutRows = (rows: string[], most: number, { isTerminal, isUnicode }: Style): string[] =>
  isTerminal && rows.length > most
    ? [...rows.slice(0, most - 1), `${rows[most - 1]} ${isUnicode ? '…' : '...'}`]
    : rows;

function notesSection({ notes, noteCount }: ShowResult, style: Style): string[] {
  if (noteCount === 0) return [wrapAfter('Notes', 'none', style.width, LABEL)];
  const latest = notes.slice(-MOST_ROWS);
  const rows = latest.flatMap((note) => {
    const { seq, at, actor, kind, happenedAt, withdrawn, corrections } = note;
    const marks = [
      ...(kind === 'note' ? [] : [kind]),
      ...(happenedAt === undefined ? [] : [`happened ${showInstant(happenedAt, style.offsetAt)}`]),
      ...(corrections.length === 0 ? [] : ['corrected']),
      ...(withdrawn === undefined ? [] : [`withdrawn: ${withdrawn.reason}`]),
    ].join(', ');
    const label = `${seq}  ${showInstant(at, style.offsetAt)} ${actor}${marks === '' ? '' : ` (${marks})`}: `;
    const text = label + (corrections.at(-1)?.text ?? note.text);
    const rows = cutRows(indented(text, style), MOST_NOTE_ROWS, style);
    return withdrawn === undefined ? rows : rows.map((row) => style.paint.strikethrough.dim(row));
  });
  return [
    wrapAfter('Notes', String(noteCount), style.width, LABEL),
    ...more(noteCount - latest.length, style),
    ...rows,
  ];
}

function doubtsSection({ doubtfulTimes }: ShowResult, style: Style): string[] {
  if (doubtfulTimes.length === 0) return [];
  const latest = doubtfulTimes.slice(-MOST_ROWS);
  return [
    ...more(doubtfulTimes.length - latest.length, style),
    ...latest.map((sentence) => wrapAfter('Clock', sentence, style.width, LABEL)),
  ];
}

function unknownSection({ unknownKinds }: ShowResult, style: Style): string[] {
  const kinds = Object.entries(unknownKinds);
  if (kinds.length === 0) return [];
  const text = kinds.map(([kind, count]) => `${kind} (${count})`).join(', ');
  const sentence = `${text}: entries of kinds that this version does not know; ir show --json has them.`;
  return [wrapAfter('Other', sentence, style.width, LABEL)];
}

const indented = (text: string, style: Style): string[] =>
  wrapLines(text, style.width - 2).map((line) => `  ${line}`);

const more = (count: number, style: Style): string[] =>
  count > 0 ? [style.paint.dim(`  and ${count} more (ir show --json has all)`)] : [];
