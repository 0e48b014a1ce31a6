/**
 * The zones that stamps name. An abbreviation counts when the time zone database of today uses it for one offset
 * alone, or RFC 2822 gives it one. Those that several countries write for different times do not: such a stamp is
 * read in `--tz`, and marked.
 */

/** Minutes east of UTC. */
const MINUTES: Readonly<Record<string, number>> = {
  // biome-ignore format: Greenwich
  UTC: 0,
  GMT: 0,
  UT: 0,
  UCT: 0,
  // biome-ignore format: Europe
  WET: 0,
  WEST: 60,
  CET: 60,
  CEST: 120,
  EET: 120,
  EEST: 180,
  MSK: 180,
  // biome-ignore format: Africa
  WAT: 60,
  CAT: 120,
  SAST: 120,
  EAT: 180,
  // biome-ignore format: Asia
  PKT: 300,
  WIB: 420,
  WITA: 480,
  WIT: 540,
  HKT: 480,
  SGT: 480,
  KST: 540,
  JST: 540,
  // biome-ignore format: Australia and New Zealand
  AWST: 480,
  ACST: 570,
  ACDT: 630,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
  // biome-ignore format: America, as RFC 2822 section 4.3 has them
  EST: -300,
  EDT: -240,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  // biome-ignore format: Newfoundland, Alaska, Hawaii
  NDT: -150,
  AKST: -540,
  AKDT: -480,
  HST: -600,
};

/**
 * India, Ireland and Israel; Chicago, Shanghai and Havana; London and Dhaka; Halifax and Riyadh; and so on. Still
 * they are names of zones, and not of hosts.
 */
const AMBIGUOUS = 'IST CST BST AST ADT SST NST ECT AMT GST PYT ART BRT BOT COT PHT ICT MMT WST';

/** In place of minutes: the stamp names a zone that may be one of several. */
export const AMBIGUOUS_ZONE = Number.NaN;

const ZONES: ReadonlyMap<string, number> = new Map([
  ...Object.entries(MINUTES),
  ...AMBIGUOUS.split(' ').map((name): [string, number] => [name, AMBIGUOUS_ZONE]),
  ['Z', 0],
  ['z', 0],
]);

/** Names of zones with two letters and more, in capitals. */
export const ZONE_NAMES: readonly string[] = [...ZONES.keys()].filter((name) => name.length > 1);

/** Matches one of the names; for expressions. */
export const ZONE_NAME_PATTERN = `(?:${ZONE_NAMES.toSorted((a, b) => b.length - a.length).join('|')})`;

/** The longest name. */
export const MAX_ZONE_NAME = 5;

/** Minutes east of UTC of a name, `AMBIGUOUS_ZONE` for one of several meanings, undefined for anything else. */
export const namedZone = (name: string): number | undefined => ZONES.get(name);

/**
 * Minutes east of UTC of `Z`, `CEST`, `+0200`, `+02:00` or `+02`; undefined when no zone is written, and
 * `AMBIGUOUS_ZONE` for a name of several meanings.
 */
export function zoneMinutes(zone: string | undefined): number | undefined {
  if (zone === undefined || zone === '') return undefined;
  if (!zone.startsWith('+') && !zone.startsWith('-')) return namedZone(zone);
  const digits = zone.slice(1).replace(':', '');
  const minutes = Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2, 4) || '0');
  return zone.startsWith('-') ? -minutes : minutes;
}
