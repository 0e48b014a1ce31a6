/** Protection that was switched off and at once on again: a service that was restarted by hand protects as before. */
import { grouped } from '../events/words.ts';
import type { PreparedFile } from '../logs/prepare.ts';
import { valueAt } from './act.ts';
import type { Finding } from './finding.ts';
import { lookAgain } from './second-look.ts';

/** Impairing defences. */
const IMPAIRS = 'T1562';
const COMMANDS = 'process.command_line';
/** A restart in two steps takes no longer; microseconds. */
const SOON_US = 120_000_000;

/** What undoes each command that switches something off, as it may stand in a line. */
const UNDOING: readonly [off: RegExp, on: (name: string) => string[]][] = [
  [
    /\bsystemctl (?:-\S+ )*stop ([\w@.-]{2,64})$/,
    (name) =>
      [`start ${name}`, `restart ${name}`].flatMap((text) => [text, text.replace(' ', '" a2="')]),
  ],
  [/\bservice ([\w@.-]{2,64}) stop$/, (name) => [`${name} start`, `${name} restart`]],
  [/\bufw (?:--force )?(disable)$/, () => ['ufw enable', 'ufw --force enable']],
  [/\b(setenforce) 0$/, () => ['setenforce 1']],
];

/** The words of which one undoes a command; none where nothing does. */
function undoing(command: string): string[] {
  for (const [off, on] of UNDOING) {
    const name = off.exec(command)?.[1];
    if (name !== undefined) return on(name.replace(/\.service$/, ''));
  }
  return [];
}

/** What is less than a level where it came back: by hand it still is medium, by systemd it was a restart. */
const LESS: Partial<Record<Finding['level'], Finding['level']>> = {
  high: 'medium',
  low: 'informational',
};

/** Of each thing that was switched off the words of which one says that it is on again; empty where nothing would. */
function wordsOf({ entities, level }: Finding): string[][] {
  const commands = entities[COMMANDS] ?? [];
  if (commands.length > 0) return level === 'high' ? commands.map(undoing) : [];
  // What systemd says of a service, and nobody's command.
  return level === 'low' ? (entities['service.name'] ?? []).map((name) => [`Started ${name}`]) : [];
}

/** Findings of protection that came back within two minutes say so and are less. Looks into the files again. */
export function* withRestarts(
  found: readonly Finding[],
  files: readonly PreparedFile[],
): Generator<void, Finding[], void> {
  const told = [...found];
  for (const [index, finding] of found.entries()) {
    const { lastUs, evidence } = finding;
    if (lastUs === undefined || !finding.rule.techniques.some((id) => id.startsWith(IMPAIRS)))
      continue;
    const words = wordsOf(finding);
    const less = LESS[finding.level];
    if (less === undefined || words.length === 0) continue;
    if (words.some((of) => of.length === 0)) continue;
    const paths = new Set(evidence.map(({ file }) => file));
    const isCommand = finding.entities[COMMANDS] !== undefined;
    const host = valueAt(finding.event, 'host.hostname');
    const seen = new Map<string, number>();
    yield* lookAgain(files, {
      words: words.flat(),
      isIn: (file) => paths.has(files[file]!.path),
      isWanted({ timeUs, ...event }, raw) {
        const isSoon = timeUs !== undefined && timeUs >= lastUs && timeUs - lastUs <= SOON_US;
        if (!isSoon || event['event.outcome'] === 'failure') return false;
        if (isCommand !== (event[COMMANDS] !== undefined)) return false;
        if (host !== undefined && event['host.hostname'] !== host) return false;
        for (const word of words.flat()) if (raw.includes(word)) seen.set(word, timeUs);
        return false;
      },
    });
    if (!words.every((of) => of.some((word) => seen.has(word)))) continue;
    const seconds = Math.round((Math.max(...seen.values()) - lastUs) / 1_000_000);
    const doubt = `on again ${grouped(seconds)} ${seconds === 1 ? 'second' : 'seconds'} later: it ${isCommand ? 'may have been restarted by hand' : 'was restarted'}`;
    told[index] = { ...finding, level: less, doubt };
  }
  return told;
}
