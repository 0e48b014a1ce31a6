/**
 * The value modifiers of specification 2.1: reads the names behind a field into a plan, and says what is
 * wrong with them. What each does is in `compile-match.ts`.
 * @see https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md
 */
import { suggestion } from '../errors.ts';
import type { Placeholders } from './rule.ts';

/** How a value is compared. Without any of these: equality, wildcards in the value apply. */
const COMPARISONS = ['re', 'cidr', 'exists', 'lt', 'lte', 'gt', 'gte', 'fieldref'] as const;
const PLACES = ['contains', 'startswith', 'endswith'] as const;
const TRANSFORMS = [
  'windash',
  'base64',
  'base64offset',
  'utf16le',
  'utf16be',
  'utf16',
  'wide',
  'expand',
] as const;
const TIME_PARTS = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;
const FLAGS = ['all', 'cased', 'neq'] as const;
const REGEX_FLAGS = ['i', 'm', 's'] as const;

const ALL_MODIFIERS: readonly string[] = [
  ...FLAGS,
  ...PLACES,
  ...COMPARISONS,
  ...TRANSFORMS,
  ...TIME_PARTS,
  ...REGEX_FLAGS,
];

/** How a value is compared. */
export type Comparison = (typeof COMPARISONS)[number] | 'equal';

/** Where in the text a value must stand; undefined: it is all of it. */
export type Place = (typeof PLACES)[number] | undefined;

/** What is done to a value before it is looked for. */
export type Transform = (typeof TRANSFORMS)[number];

/** A part of a time that a rule may compare. */
export type TimePart = (typeof TIME_PARTS)[number];

/** What a list of modifiers asks for. */
export interface MatchPlan {
  /** See `Match.isChecked`. */
  isChecked?: boolean;
  /** See `Match.placeholders`. */
  placeholders?: Placeholders | undefined;
  comparison: Comparison;
  /** Where in the field the value must stand: anywhere, at the start, at the end; undefined: the whole field. */
  place: Place;
  /** In the order written. */
  transforms: readonly Transform[];
  timePart: TimePart | undefined;
  isAll: boolean;
  isCased: boolean;
  isNegated: boolean;
  regexFlags: ReadonlySet<string>;
}

/** A mistake in a match: what is wrong and what to do. */
export interface MatchFault {
  message: string;
  hint?: string;
}

const isOneOf = <T extends string>(name: string, list: readonly T[]): name is T =>
  (list as readonly string[]).includes(name);

/** Reads modifiers, left to right. */
export function readModifiers(names: readonly string[]): MatchPlan | MatchFault {
  const unknown = names.find((name) => !ALL_MODIFIERS.includes(name));
  if (unknown !== undefined) {
    return { message: `unknown modifier "${unknown}"`, hint: suggestion(unknown, ALL_MODIFIERS) };
  }
  const comparisons = names.filter((name) => isOneOf(name, COMPARISONS));
  const places = names.filter((name) => isOneOf(name, PLACES));
  const timeParts = names.filter((name) => isOneOf(name, TIME_PARTS));
  const plan: MatchPlan = {
    comparison: comparisons[0] ?? 'equal',
    place: places[0],
    transforms: names.filter((name) => isOneOf(name, TRANSFORMS)),
    timePart: timeParts[0],
    isAll: names.includes('all'),
    isCased: names.includes('cased'),
    isNegated: names.includes('neq'),
    regexFlags: new Set(names.filter((name) => isOneOf(name, REGEX_FLAGS))),
  };
  return (
    tooMany(comparisons) ?? tooMany(places) ?? tooMany(timeParts) ?? conflictOf(plan, names) ?? plan
  );
}

/** Tells a fault from a plan. */
export const isFault = (plan: MatchPlan | MatchFault): plan is MatchFault => 'message' in plan;

function tooMany(names: readonly string[]): MatchFault | undefined {
  const [first, second] = names;
  if (second === undefined) return undefined;
  if (first === second) return { message: `modifier "${first}" is written twice` };
  return { message: `modifiers "${first}" and "${second}" exclude each other` };
}

function conflictOf(plan: MatchPlan, names: readonly string[]): MatchFault | undefined {
  const { comparison, place, transforms, regexFlags } = plan;
  if (regexFlags.size > 0 && comparison !== 're') {
    const [flag] = regexFlags;
    return { message: `modifier "${flag}" belongs after "re"`, hint: `Write |re|${flag}.` };
  }
  if (place !== undefined && !['equal', 're', 'fieldref'].includes(comparison)) {
    return { message: `modifiers "${place}" and "${comparison}" exclude each other` };
  }
  if (transforms.length > 0 && comparison !== 'equal') {
    return { message: `modifiers "${transforms[0]}" and "${comparison}" exclude each other` };
  }
  if (plan.timePart !== undefined && (place !== undefined || transforms.length > 0)) {
    return { message: `modifier "${plan.timePart}" compares numbers, not text` };
  }
  const encoder = transforms.find((name) => name.startsWith('base64'));
  if (
    encoder !== undefined &&
    place !== undefined &&
    names.indexOf(place) < names.indexOf(encoder)
  ) {
    return {
      message: `modifier "${place}" before "${encoder}" would encode its wildcards`,
      hint: `Write |${encoder}|${place}.`,
    };
  }
  return undefined;
}
