/** The words that reports share: names of phases and times, texts cut short. */
import type { Instant, KeyTimes, Phase } from '../incidents/incident.ts';

/** The phases in their order. */
export const PHASE_TITLES: Readonly<Record<Phase, string>> = {
  triage: 'Triage',
  containment: 'Containment',
  eradication: 'Eradication',
  recovery: 'Recovery',
  post_incident: 'Post-incident',
};

/** Each key time and what it stands for, in the order in which they usually come. */
export const TIME_MEANINGS: readonly (readonly [keyof KeyTimes, string])[] = [
  ['occurred', 'first malicious activity'],
  ['detected', 'first noticed by us'],
  ['acknowledged', 'somebody took it on'],
  ['declared', 'declared an incident'],
  ['contained', 'could do no more harm'],
  ['eradicated', 'causes and footholds removed'],
  ['recovered', 'normal operation restored'],
  ['closed', 'incident closed'],
];

const quoteWord = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** An argv quoted as a POSIX shell would need it, for reading. */
export const commandText = (argv: readonly string[]): string => argv.map(quoteWord).join(' ');

/**
 * The beginning of a text, cut between words where there is a place to cut: a word in two halves reads as another one.
 * @param most characters, the mark of the cut included
 */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = text.slice(0, Math.max(1, most - 3));
  const boundary = Math.max(
    ...[' ', '/', ',', ';', '&', '?'].map((sign) => room.lastIndexOf(sign)),
  );
  return `${(boundary >= room.length / 2 ? room.slice(0, boundary) : room).trimEnd()}...`;
}

/** Microseconds since the epoch as RFC 3339 UTC; null for no time or one that no calendar holds. */
export function microsInstant(micros: number | undefined): Instant | null {
  if (micros === undefined || !(Math.abs(micros) < 8.64e18)) return null;
  const milliseconds = Math.floor(micros / 1_000);
  const rest = Math.round(micros - milliseconds * 1_000);
  const text = new Date(milliseconds).toISOString();
  return rest === 0 ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
