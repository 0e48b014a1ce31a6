/**
 * All correlations of a rule set together. Takes rows as the readers give them: one per event and kind of
 * row, in time order, rows of one event side by side.
 */
import type { CompiledCorrelation } from '../../sigma/compiled-rule.ts';
import type { Geo } from '../geo/geo.ts';
import type { Stretch } from '../rows/row-merge.ts';
import { BLOCK_ROWS, type Block, createBlocks, createGrouping, widened } from './block.ts';
import { type ChainFeed, chainedCorrelations, createChain, type SavedChain } from './chain.ts';
import { type ColdNames, createColdRoom, type SavedCold } from './cold.ts';
import { type Correlator, createCorrelator } from './correlator.ts';
import type { Normal } from './first-seen.ts';
import type { Burst, SavedGroup } from './groups.ts';
import type { MayFire } from './may-fire.ts';
import { type CorrelationHit, type CorrelationResult, type Names, NO_VALUE } from './window.ts';

/** Which correlation a row is for, and as which of its inputs. */
interface FeedPlace {
  /** Index into the rule set's correlations. */
  correlation: number;
  /** Index into that correlation's `inputs`. */
  input: number;
}

/** The feeds of one kind of row. */
export interface KindFeeds {
  feeds: readonly FeedPlace[];
  /** Do its rows have values to count? */
  isCounted: boolean;
}

/** The correlations of a rule set at work. Times are microseconds since the epoch. */
export interface Correlations {
  /** Takes the next rows. Results come some thousand rows later, or with `settle`. */
  push(stretch: Stretch): void;
  /** Looks at all rows taken so far, for sources that are live. Every row to come is at `nowUs` or later. */
  settle(nowUs: number): void;
  finish(): void;
  /** All that may still be needed, as JSON can carry it. Call after `settle`. */
  save(names: Names): SavedCorrelations;
  /** Goes on where `save` was called. Call on a new one. */
  load(saved: SavedCorrelations, names: Names): void;
  /** Names the numbers of all groups and values that may still be needed; others may stand for something else from now on. */
  mark(note: (number: number) => void): void;
  /** Hits that were forgotten before their time: more groups were active than there is room for. */
  forgotten(): number;
}

/** Correlations at rest, in the order of the rule set. */
export interface SavedCorrelations {
  groups: readonly (readonly SavedGroup[])[];
  chain: SavedChain;
  /** Hits of groups without a window, by correlation, and the texts they name. Absent in states of the first version. */
  cold?: readonly (SavedCold | null)[];
  texts?: readonly string[];
}

/** A result has opened or goes on. `burst` is good during the call. */
export type OnHold = (correlation: number, group: number, burst: Burst, isFirst: boolean) => void;

/** A correlator and the member that a row is a hit of. */
interface Step {
  correlator: Correlator;
  position: number;
  /** Is it the only one of its correlation? */
  isAlone: boolean;
}

/** What becomes of the rows of a kind. */
interface Route {
  isCounted: boolean;
  /** Of correlations that take no other rows: within a group, rows stay in order. */
  byGroup: readonly Step[];
  /** Of correlations over several kinds of rows: all rows stay in order. */
  inOrder: readonly Step[];
  chained: readonly ChainFeed[];
  /** The rows of the block at hand; made when there are any. */
  picked: Uint16Array | undefined;
  count: number;
}

/**
 * Makes the correlators of a rule set and joins them. `onResult` gets the correlation's index.
 * @param mayFire groups for which it says no are left out
 * @param weightOf how often an event happened, by the value of its row, of kinds that do not count by value
 * @param onHold hears of results before they are complete
 * @param textOf the text behind the value of a row
 * @param normal what correlations over what is new have learnt
 * @param geo where addresses are
 */
export function createCorrelations(
  correlations: readonly CompiledCorrelation[],
  kinds: readonly KindFeeds[],
  onResult: (correlation: number, result: CorrelationResult) => void,
  mayFire?: MayFire,
  weightOf: (value: number) => number = () => 1,
  onHold?: OnHold,
  textOf?: (value: number) => string,
  normal?: Normal,
  geo?: Geo,
): Correlations {
  const chain = createChain(correlations);
  const isChained = chainedCorrelations(correlations);
  const room = createColdRoom();
  const correlatorOf = ({ rule }: CompiledCorrelation, index: number): Correlator => {
    const correlator = createCorrelator(rule, {
      onResult: (result) => onResult(index, result),
      isAsked: isChained[index] === true,
      ...(onHold !== undefined && { room }),
      ...(textOf !== undefined && { textOf }),
      ...(normal !== undefined && { normal }),
      ...(geo !== undefined && { geo }),
      ...((isChained[index] || onHold !== undefined) && {
        onHold(hit, isFirst, burst) {
          if (isChained[index]) chain.note(index, isFirst, hit.group, burst);
          onHold?.(index, hit.group, burst, isFirst);
        },
      }),
    });
    if (mayFire === undefined) return correlator;
    const push = (hit: CorrelationHit): void => {
      if (mayFire(index, hit.group)) correlator.push(hit);
    };
    return { ...correlator, push };
  };
  const correlators = correlations.map(correlatorOf);
  const routeOf = ({ feeds, isCounted }: KindFeeds): Route => {
    const steps = feeds
      .filter(({ correlation }) => !isChained[correlation])
      .flatMap(({ correlation, input }) =>
        stepsOf(correlations[correlation]!, correlators[correlation]!, input),
      );
    return {
      isCounted,
      byGroup: steps.filter(({ isAlone }) => isAlone),
      inOrder: steps.filter(({ isAlone }) => !isAlone),
      chained: feeds
        .filter(({ correlation }) => isChained[correlation])
        .map(({ correlation, input }) =>
          chain.feedOf(correlation, input, correlators[correlation]!),
        ),
      picked: undefined,
      count: 0,
    };
  };
  const routes = kinds.map(routeOf);
  const sortByGroup = createGrouping();
  // One object for all hits: correlators do not keep it.
  const hit: CorrelationHit = {
    rule: 0,
    timeUs: Number.NaN,
    group: 0,
    value: 0,
    weight: 1,
    ref: Number.NaN,
  };
  /** Nearly all rows have the same: it is looked up when it changes. */
  let weighedValue = -1;
  let weight = 1;

  const setHit = (block: Block, index: number, isCounted: boolean): void => {
    hit.timeUs = block.times[index]!;
    hit.ref = block.locations[index]!;
    hit.group = block.groups[index]!;
    const value = block.values[index]!;
    hit.value = isCounted ? value : NO_VALUE;
    if (!isCounted && value !== weighedValue) {
      weight = weightOf(value);
      weighedValue = value;
    }
    hit.weight = isCounted ? 1 : weight;
  };

  const pushInOrder = (block: Block): void => {
    for (let index = 0; index < block.count; index += 1) {
      const route = routes[block.kinds[index]!];
      if (route === undefined) continue;
      const { inOrder, chained } = route;
      route.picked ??= new Uint16Array(BLOCK_ROWS);
      route.picked[route.count] = index;
      route.count += 1;
      if (inOrder.length === 0 && chained.length === 0) continue;
      setHit(block, index, route.isCounted);
      for (const { correlator, position } of inOrder) {
        hit.rule = position;
        correlator.push(hit);
      }
      for (const feed of chained) chain.push(feed, hit);
    }
  };

  const pushByGroup = (block: Block, { byGroup, picked, count, isCounted }: Route): void => {
    if (picked === undefined || count === 0 || byGroup.length === 0) return;
    const sorted = sortByGroup(block, picked, count);
    for (const { correlator, position } of byGroup) {
      hit.rule = position;
      for (let index = 0; index < count; index += 1) {
        setHit(sorted, index, isCounted);
        correlator.push(hit);
      }
    }
  };

  const blocks = createBlocks((block) => {
    const nowUs = block.times[0]!;
    chain.settle(nowUs, block.locations[0]!);
    for (const correlator of correlators) correlator.forget(nowUs);
    chain.forget(nowUs);
    pushInOrder(block);
    for (const route of routes) {
      pushByGroup(block, route);
      route.count = 0;
    }
  });

  return {
    push: blocks.add,
    settle(nowUs) {
      blocks.finish();
      chain.flush();
      for (const correlator of correlators) correlator.forget(nowUs);
      chain.forget(nowUs);
    },
    finish() {
      blocks.finish();
      chain.flush();
      for (const correlator of correlators) correlator.finish();
    },
    save(names) {
      const texts = createTexts(names);
      return {
        groups: correlators.map((correlator) => correlator.save(names)),
        chain: chain.save(names, correlators),
        cold: correlators.map(({ cold }) => cold?.save(texts.numberOf) ?? null),
        texts: texts.all,
      };
    },
    load(saved, names) {
      const { groups, cold = [], texts = [] } = saved;
      for (const [index, own] of groups.entries()) correlators[index]?.load(own, names);
      for (const [index, own] of cold.entries())
        if (own !== null) correlators[index]?.cold?.load(own, texts, names);
      chain.load(saved.chain, names, correlators);
    },
    forgotten: () => room.forgotten,
    mark(note) {
      const noting: Names = {
        numberOf: () => 0,
        textOf(number) {
          note(number);
          return '';
        },
      };
      for (const correlator of correlators) {
        correlator.save(noting);
        correlator.cold?.mark(note);
      }
      chain.save(noting, correlators);
      weighedValue = -1;
    },
  };
}

/** Texts that are kept, each once, and where each lies among them. */
function createTexts({ textOf }: Names): { all: string[]; numberOf: ColdNames } {
  const all: string[] = [];
  let places = new Int32Array(BLOCK_ROWS);
  return {
    all,
    numberOf(number) {
      if (number >= places.length) places = widened(places, number + 1);
      places[number] ||= all.push(textOf(number));
      return places[number]! - 1;
    },
  };
}

/** The members that rows of an input are hits of. */
function stepsOf(
  { members, inputs }: CompiledCorrelation,
  correlator: Correlator,
  input: number,
): Step[] {
  const isAlone = members.length === 1;
  return members.flatMap(({ index }, position) =>
    index === inputs[input]?.rule ? [{ correlator, position, isAlone }] : [],
  );
}
