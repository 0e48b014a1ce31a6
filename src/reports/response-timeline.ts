/** The responders' side of the story: every journal entry in words. */
import type { JournalEntry } from '../incidents/incident.ts';
import type { EntryPayloads, EntryType } from '../incidents/journal-entry.ts';
import type { PlaybookStep } from './report-input.ts';
import type { ResponseItem } from './report-model.ts';
import { durationText, instantText, PHASE_TITLES, plural } from './report-words.ts';

type Typed = { [T in EntryType]: { type: T; payload: EntryPayloads[T] } }[EntryType];
type Told = Pick<ResponseItem, 'text'> & { command?: string };

/** One row per entry, oldest first. A command's start is told only when its end is not known. */
export function responseTimeline(
  journal: readonly JournalEntry[],
  steps: readonly PlaybookStep[],
): ResponseItem[] {
  const titles = new Map(steps.map(({ id, title }) => [id, title]));
  const stepName = (id: string): string => {
    const title = titles.get(id);
    return title === undefined ? `step ${id}` : `"${title}"`;
  };
  const unfinished = unfinishedStarts(journal);
  const struck = struckNotes(journal);
  const rows: ResponseItem[] = [];
  for (const entry of journal) {
    const { at, actor, seq } = entry;
    if (entry.payload === undefined) {
      rows.push({
        at,
        actor,
        text: `Entry ${seq} (${entry.type}): its content was erased; its hash remains.`,
        command: '',
        isStruck: false,
      });
      continue;
    }
    const isTold = entry.type !== 'command_started' || unfinished.has(seq);
    const told = isTold ? tell(entry as unknown as Typed, stepName) : undefined;
    if (told === undefined) continue;
    const { text, command = '' } = told;
    rows.push({ at, actor, text, command, isStruck: struck.has(seq) });
  }
  return rows;
}

/** Sequence numbers of command starts that no end follows. */
function unfinishedStarts(journal: readonly JournalEntry[]): ReadonlySet<number> {
  const open = new Map<string, number>();
  for (const { type, payload, seq } of journal) {
    if (type !== 'command_started' && type !== 'command_finished') continue;
    const { stepId, argv } = (payload ?? {}) as { stepId?: string; argv?: readonly string[] };
    const key = JSON.stringify([stepId, argv]);
    if (type === 'command_started') open.set(key, seq);
    else open.delete(key);
  }
  return new Set(open.values());
}

/** Notes, and corrections of notes, that a later entry took the place of or took back. */
function struckNotes(journal: readonly JournalEntry[]): ReadonlySet<number> {
  const struck = new Set<number>();
  const wordings = new Map<number, number[]>();
  for (const { type, payload, seq } of journal) {
    if (type !== 'note_corrected' && type !== 'note_withdrawn') continue;
    const { note } = (payload ?? {}) as { note?: number };
    if (note === undefined) continue;
    const earlier = wordings.get(note) ?? [note];
    for (const wording of earlier) struck.add(wording);
    wordings.set(note, type === 'note_corrected' ? [...earlier, seq] : earlier);
  }
  return struck;
}

function tell(entry: Typed, stepName: (id: string) => string): Told | undefined {
  switch (entry.type) {
    case 'incident_opened': {
      const { severity, impact, urgency, type } = entry.payload;
      const playbook = type === '' ? 'no playbook' : `playbook ${type}`;
      return { text: `Opened as ${severity}, impact ${impact}, urgency ${urgency}, ${playbook}.` };
    }
    case 'incident_updated':
      return { text: tellUpdate(entry.payload) };
    case 'note_added':
      return { text: tellNote(entry.payload, stepName) };
    case 'note_corrected': {
      const { note, text, happenedAt, reason } = entry.payload;
      const why = reason === '' ? '' : ` (because: ${reason})`;
      return { text: `Entry ${note} corrected${why}: ${ofTime(happenedAt)}${text}` };
    }
    case 'note_withdrawn':
      return { text: `Entry ${entry.payload.note} withdrawn${because(entry.payload.reason)}` };
    case 'payload_erased':
      return {
        text: `Content of entry ${entry.payload.entry} erased${because(entry.payload.reason)}`,
      };
    case 'step_done': {
      const { stepId, note } = entry.payload;
      return { text: `Done: ${stepName(stepId)}.${note === '' ? '' : ` ${note}`}` };
    }
    case 'step_waived':
      return {
        text: `Waived: ${stepName(entry.payload.stepId)}, because: ${entry.payload.reason}`,
      };
    case 'step_reopened':
      return {
        text: `Taken up again: ${stepName(entry.payload.stepId)}${because(entry.payload.reason)}`,
      };
    case 'command_started':
      return {
        text: `Command started on ${entry.payload.host}; no end is recorded.`,
        command: commandText(entry.payload.argv),
      };
    case 'command_finished':
      return tellCommand(entry.payload);
    case 'phase_changed': {
      const { from, to, reason, waivedSteps } = entry.payload;
      const waived =
        waivedSteps.length === 0 ? '' : ` (${plural(waivedSteps.length, 'required step')} waived)`;
      return {
        text: `Phase ${PHASE_TITLES[from] ?? from} to ${PHASE_TITLES[to] ?? to}${waived}${because(reason)}`,
      };
    }
    case 'incident_closed':
      return { text: `Closed${because(entry.payload.reason)}` };
    case 'incident_reopened':
      return { text: `Opened again${because(entry.payload.reason)}` };
    case 'timeline_saved': {
      const { findings } = entry.payload;
      // A file that was left out or could not be read has no hash.
      const files = entry.payload.files.filter(({ sha256 }) => sha256 !== '');
      return {
        text: `Evidence saved: ${plural(findings.length, 'finding')} from ${plural(files.length, 'log file')}.`,
      };
    }
    case 'report_rendered':
      return {
        text: `Report written: ${entry.payload.path} (template ${entry.payload.template}).`,
      };
    default:
      return undefined;
  }
}

/** In front of a note that tells of another time than that of its entry. */
const ofTime = (happenedAt: string | undefined): string =>
  happenedAt === undefined ? '' : `At ${instantText(happenedAt)}: `;

const because = (reason: string): string => (reason === '' ? '.' : `, because: ${reason}`);

function tellUpdate({ changes, reason }: EntryPayloads['incident_updated']): string {
  const { times = {}, clearedTimes = [], description, ...fields } = changes;
  const parts = [
    ...Object.entries(fields).map(([name, value]) => `${name} is ${value === '' ? 'none' : value}`),
    ...(description === undefined ? [] : ['description rewritten']),
    ...Object.entries(times).map(([name, value]) => `${name} at ${value}`),
    ...clearedTimes.map((name) => `${name} is not known after all`),
  ];
  return `Changed: ${parts.join('; ')}${because(reason)}`;
}

const NOTE_LABELS: Readonly<Record<string, string>> = {
  detection: 'How it was detected',
  impact: 'Impact noted',
  factor: 'Contributing factor noted',
  went_well: 'Noted as gone well',
  went_badly: 'Noted as gone badly',
  lucky: 'Noted as luck',
  action_item: 'Action item',
};

function tellNote(
  { text, kind = 'note', stepId, variables, happenedAt }: EntryPayloads['note_added'],
  stepName: (id: string) => string,
): string {
  const untold = Object.entries(variables ?? {}).filter(([name]) => !text.includes(name));
  const values = untold.map(([name, value]) => `${name} is ${value}`);
  const about = stepId === undefined || stepId === '' ? '' : ` on ${stepName(stepId)}`;
  const settled = values.length === 0 ? '' : ` (${values.join('; ')})`;
  return `${NOTE_LABELS[kind] ?? 'Note'}${about}: ${ofTime(happenedAt)}${text}${settled}`;
}

function tellCommand({
  argv,
  host,
  exitCode,
  durationMs,
}: EntryPayloads['command_finished']): Told {
  const end = exitCode === undefined ? 'did not end by itself' : `exit code ${exitCode}`;
  return {
    text: `Command on ${host}: ${end} after ${durationText(durationMs)}.`,
    command: commandText(argv),
  };
}

const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** An argv quoted as a POSIX shell would need it, for reading. */
export const commandText = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');
