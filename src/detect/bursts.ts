/**
 * Hits of reporting rules, folded: hits of one rule with the same entity that follow each other without
 * a long pause are one burst. Bursts, not hits, leave the readers, so an attack of a million requests
 * costs one row.
 */
import { fileOf, type Location } from './location.ts';
import { actsOf, type TellingFile, type Witnesses } from './witnesses.ts';

/** Hits of one rule with one entity that are told of as one. Times are microseconds since the epoch. */
export interface Burst {
  rule: number;
  /** Value of the rule's first entity field that the events have; empty when none. */
  key: string;
  firstUs: number | undefined;
  lastUs: number | undefined;
  count: number;
  /** The first hits, at most `KEPT_LOCATIONS`. */
  locations: Location[];
  lastLocation: Location;
  /** Entity field to distinct values, at most `KEPT_VALUES` each. */
  entities: Record<string, string[]>;
  /** Logs told different numbers of the same acts: there may be more than `count`. */
  isLeast?: boolean;
}

/** A pause after which a further hit begins a new burst. */
export const BURST_PAUSE_US = 3_600_000_000;
const KEPT_LOCATIONS = 4;
const KEPT_VALUES = 20;
/** Different entities per rule that are told apart; further ones are folded into one burst. */
const MAX_KEYS_PER_RULE = 2000;
const OTHER_KEY = '\u0000other';

/** Folds the hits of a reader; a rule with too many entities has one burst for the rest of them. */
export interface BurstCollector {
  add(
    rule: number,
    key: string,
    timeUs: number | undefined,
    location: Location,
    entities: readonly (readonly [string, string])[],
    /** How often it happened. */
    times?: number,
  ): void;
  take(): Burst[];
  /** All since the last `take`, which they stay part of. */
  all(): readonly Burst[];
  /** Forgets bursts that nothing can extend any more. */
  drop(bursts: ReadonlySet<Burst>): void;
  /** Goes on with bursts that `all` gave; call on a new one. */
  load(bursts: readonly Burst[]): void;
}

/** Folds the hits of one piece of work. */
export function createBurstCollector(): BurstCollector {
  let open = new Map<number, Map<string, Burst>>();
  let closed: Burst[] = [];
  const all = (): Burst[] => [
    ...closed,
    ...[...open.values()].flatMap((ofRule) => [...ofRule.values()]),
  ];
  return {
    add(rule, key, timeUs, location, entities, times = 1) {
      let ofRule = open.get(rule);
      if (ofRule === undefined) open.set(rule, (ofRule = new Map()));
      let kept = key;
      let burst = ofRule.get(key);
      if (burst === undefined && ofRule.size >= MAX_KEYS_PER_RULE) {
        kept = OTHER_KEY;
        burst = ofRule.get(kept);
      }
      if (burst !== undefined && isPause(burst, timeUs)) {
        closed.push(burst);
        burst = undefined;
      }
      if (burst === undefined) {
        burst = newBurst(rule, kept, timeUs, location);
        ofRule.set(kept, burst);
      }
      extend(burst, timeUs, location, times);
      for (const [field, value] of entities) addValue(burst.entities, field, value);
    },
    take() {
      const bursts = all();
      open = new Map();
      closed = [];
      return bursts;
    },
    all,
    drop(bursts) {
      closed = closed.filter((burst) => !bursts.has(burst));
      for (const ofRule of open.values()) {
        for (const [key, burst] of ofRule) if (bursts.has(burst)) ofRule.delete(key);
      }
    },
    load(bursts) {
      // Of several with one key the last is the one that may go on.
      for (const burst of bursts) {
        let ofRule = open.get(burst.rule);
        if (ofRule === undefined) open.set(burst.rule, (ofRule = new Map()));
        const earlier = ofRule.get(burst.key);
        if (earlier !== undefined) closed.push(earlier);
        ofRule.set(burst.key, burst);
      }
    },
  };
}

/**
 * Joins the bursts of all pieces: sorted by time, then those of one rule and key without a pause between. In steps.
 * @param witnesses which files may tell of the same acts, which then count once
 */
export function* mergeBursts(
  bursts: readonly Burst[],
  witnesses?: Witnesses,
): Generator<void, Burst[], void> {
  const byKey = new Map<string, Burst[]>();
  for (const burst of bursts) {
    yield;
    const key = keyOfBurst(burst);
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [burst]);
    else list.push(burst);
  }
  const merged: Burst[] = [];
  for (const list of byKey.values()) {
    yield;
    list.sort(
      (a, b) =>
        (a.firstUs ?? 0) - (b.firstUs ?? 0) || (a.locations[0] ?? 0) - (b.locations[0] ?? 0),
    );
    let current: Burst | undefined;
    let parts: TellingFile[] = [];
    const settle = (): void => {
      if (current === undefined || parts.length < 2 || witnesses === undefined) return;
      const { count, isLeast } = actsOf(parts, witnesses);
      current.count = count;
      if (isLeast) current.isLeast = true;
    };
    for (const burst of list) {
      const part = { file: fileOf(burst.lastLocation), count: burst.count };
      if (current === undefined || isPause(current, burst.firstUs)) {
        settle();
        current = burst;
        parts = [part];
        merged.push(current);
      } else {
        absorb(current, burst);
        parts.push(part);
      }
    }
    settle();
  }
  return merged;
}

/** All of them as one, under no key; they are left as they are. */
export function joinBursts(bursts: readonly Burst[]): Burst {
  const [first, ...others] = bursts.map((burst) => structuredClone(burst));
  for (const other of others) absorb(first!, other);
  return { ...first!, key: '' };
}

/** The same text for bursts that may be one. */
export const keyOfBurst = ({ rule, key }: Pick<Burst, 'rule' | 'key'>): string =>
  `${rule}\u0001${key}`;

const isPause = (burst: Burst, timeUs: number | undefined): boolean =>
  timeUs !== undefined &&
  burst.lastUs !== undefined &&
  burst.firstUs !== undefined &&
  (timeUs - burst.lastUs > BURST_PAUSE_US || burst.firstUs - timeUs > BURST_PAUSE_US);

const newBurst = (
  rule: number,
  key: string,
  timeUs: number | undefined,
  location: Location,
): Burst => ({
  rule,
  key,
  firstUs: timeUs,
  lastUs: timeUs,
  count: 0,
  locations: [],
  lastLocation: location,
  entities: {},
});

function extend(burst: Burst, timeUs: number | undefined, location: Location, times: number): void {
  burst.count += times;
  if (burst.locations.length < KEPT_LOCATIONS) burst.locations.push(location);
  if (timeUs === undefined) {
    burst.lastLocation = location;
    return;
  }
  if (burst.firstUs === undefined || timeUs < burst.firstUs) burst.firstUs = timeUs;
  if (burst.lastUs === undefined || timeUs >= burst.lastUs) {
    burst.lastUs = timeUs;
    burst.lastLocation = location;
  }
}

function absorb(into: Burst, burst: Burst): void {
  into.count += burst.count;
  for (const location of burst.locations) {
    if (into.locations.length < KEPT_LOCATIONS) into.locations.push(location);
  }
  if (burst.firstUs !== undefined && (into.firstUs === undefined || burst.firstUs < into.firstUs)) {
    into.firstUs = burst.firstUs;
  }
  if (burst.lastUs !== undefined && (into.lastUs === undefined || burst.lastUs >= into.lastUs)) {
    into.lastUs = burst.lastUs;
    into.lastLocation = burst.lastLocation;
  }
  for (const [field, values] of Object.entries(burst.entities)) {
    for (const value of values) addValue(into.entities, field, value);
  }
}

/** Adds a distinct value, up to the limit. */
export function addValue(entities: Record<string, string[]>, field: string, value: string): void {
  const values = (entities[field] ??= []);
  if (values.length < KEPT_VALUES && !values.includes(value)) values.push(value);
}
