/**
 * Makes a reader of a pattern: one function per element, each of which knows what follows it. A field's text is
 * decided by what follows, choices are tried in their order, and nothing is repeated: the time is linear in the text.
 */
import type { Event } from '../../events/event.ts';
import type { Clock } from '../clock.ts';
import { emptyStamp, type Stamp } from '../formats/syslog-stamp.ts';
import { canHold, runEnd } from './char-class.ts';
import { isListed, setterOf } from './fields.ts';
import { type Kind, TEXT } from './kinds.ts';
import {
  isKept,
  type KeyTable,
  type ListSetter,
  listSetter,
  setPartedTime,
  setTime,
} from './listed-fields.ts';
import { parsePattern } from './parse-pattern.ts';
import { type FieldNode, type Node, PatternError, type Sequence } from './pattern-node.ts';
import { readAnyStamp } from './stamp.ts';

/** A pattern ready to read; it remembers the latest match alone. */
export interface Pattern {
  /** Does the whole text have this form? What was found stays for `apply` and `textOf`. */
  match(text: string): boolean;
  /** Puts the fields of the text that was matched last into an event; a damaged value, of the time as well, fills nothing. */
  apply(event: Event, clock?: Clock): void;
  /** What the text that was matched last has for a field such as `$verb`; undefined when nothing. */
  textOf(field: string): string | undefined;
}

/** True when the text from `at` on has the form of this element and of all that follow. */
type Step = (text: string, at: number) => boolean;

/** Where the fields of the latest match stand: node, start and end of each, the last field first. */
interface Found {
  count: number;
  places: Int32Array;
}

/** An element and what follows it: ways that end alike share their end, and its step. */
interface Way {
  node: Node;
  next: Way | undefined;
  step?: Step;
}

interface Workshop {
  nodes: FieldNode[];
  found: Found;
  stamp: Stamp;
  steps: number;
}

const MAX_STEPS = 4000;

/** How a pattern reads. */
export interface PatternOptions {
  ignoresCase?: boolean;
  /** Where the values of `{keys}` and `{keys.name}` go. */
  keys?: Readonly<Record<string, KeyTable>>;
}

/** Throws a `PatternError` when the pattern has too many ways. */
export function compilePattern(
  sequence: Sequence,
  { ignoresCase = false, keys = {} }: PatternOptions = {},
): Pattern {
  const shop: Workshop = {
    nodes: [],
    found: { count: 0, places: new Int32Array(0) },
    stamp: emptyStamp(),
    steps: 0,
  };
  const start = compile(wayOf(ignoresCase ? lowered(sequence) : sequence, undefined), shop);
  const { nodes, found, stamp } = shop;
  found.places = new Int32Array(nodes.length * 3);
  const setters = nodes.map(({ field, kindName }) =>
    isListed(field)
      ? listSetter(kindName, keys[field] ?? {}, (text) => compilePattern(parsePattern(text)))
      : setterOf(field, kindName),
  );
  const kept = new Map<string, string>();
  /** The text that was matched last. */
  let text = '';
  const valueAt = (at: number): string => {
    const { marks = 0, decode } = (nodes[found.places[at] as number] as FieldNode).kind;
    const value = text.slice(
      (found.places[at + 1] as number) + marks,
      (found.places[at + 2] as number) - marks,
    );
    return decode === undefined ? value : decode(value);
  };
  return {
    match: (whole) => {
      found.count = 0;
      text = whole;
      return start(ignoresCase ? lowerCased(text) : text, 0);
    },
    apply: (event, clock) => {
      kept.clear();
      for (let at = found.count - 3; at >= 0; at -= 3) {
        const node = found.places[at] as number;
        const { field, kindName } = nodes[node] as FieldNode;
        if (field === '@timestamp' && kindName === 'stamp') {
          if (clock === undefined) continue;
          event.timeUs = stampTime(stamp, clock);
          event.timeConfidence = stamp.epochUs === 0 ? clock.confidence : 'exact';
        } else if (field === '@timestamp') {
          setTime(event, valueAt(at), clock);
        } else if (isKept(field)) kept.set(field, valueAt(at));
        else (setters[node] as ListSetter)(event, valueAt(at), kept, clock);
      }
      if (kept.size > 0) setPartedTime(event, kept, clock);
    },
    textOf: (field) => {
      for (let at = 0; at < found.count; at += 3)
        if (nodes[found.places[at] as number]?.field === field) return valueAt(at);
      return kept.get(field);
    },
  };
}

function stampTime(stamp: Stamp, clock: Clock): number {
  const { year, month, day, hour, minute, second, micros, offsetMinutes, epochUs } = stamp;
  if (epochUs !== 0) return epochUs;
  return clock.at(year, month, day, hour, minute, second, micros, offsetMinutes);
}

/** Lower case, unless that would move the characters. */
function lowerCased(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text;
}

const lowered = (sequence: Sequence): Sequence =>
  sequence.map((node) =>
    node.is === 'literal'
      ? { ...node, text: node.text.toLowerCase() }
      : node.is === 'choice'
        ? { ...node, branches: node.branches.map(lowered) }
        : node,
  );

const wayOf = (sequence: Sequence, next: Way | undefined): Way | undefined =>
  sequence.reduceRight<Way | undefined>((rest, node) => ({ node, next: rest }), next);

function compile(way: Way | undefined, shop: Workshop): Step {
  if (way === undefined) return (text, at) => at === text.length;
  way.step ??= stepOf(way, shop);
  return way.step;
}

function stepOf(way: Way, shop: Workshop): Step {
  shop.steps += 1;
  if (shop.steps > MAX_STEPS)
    throw new PatternError('the pattern has too many ways to go', 0, 'Write several patterns.');
  const { node, next } = way;
  if (node.is === 'choice')
    return chosen(node.branches.map((branch) => compile(wayOf(branch, next), shop)));
  if (node.is === 'field') return compileField(node, next, shop);
  const { literal, rest } = leading(way);
  const { length } = literal;
  const then = compile(rest, shop);
  const first = literal.charCodeAt(0);
  if (length === 1) return (text, at) => text.charCodeAt(at) === first && then(text, at + 1);
  return (text, at) =>
    text.charCodeAt(at) === first && text.startsWith(literal, at) && then(text, at + length);
}

const chosen = (branches: readonly Step[]): Step => {
  const [first, second] = branches as [Step, Step];
  if (branches.length === 2) return (text, at) => first(text, at) || second(text, at);
  return (text, at) => {
    for (const branch of branches) if (branch(text, at)) return true;
    return false;
  };
};

/** The literal that a way begins with, over its literals up to the first other element. */
function leading(way: Way | undefined): { literal: string; rest: Way | undefined } {
  let literal = '';
  let rest = way;
  for (; rest?.node.is === 'literal'; rest = rest.next) literal += rest.node.text;
  return { literal, rest };
}

function compileField(node: FieldNode, next: Way | undefined, shop: Workshop): Step {
  const { kind, kindName } = node;
  if (kindName === 'stamp') {
    const { stamp } = shop;
    const read = kind.stamp ?? readAnyStamp;
    const end: End = (text, at) => (read(text, at, stamp) ? stamp.end : -1);
    return recorded(node, end, compile(next, shop), shop);
  }
  // What follows decides where the text ends: every branch may decide otherwise.
  if (kind.end === undefined && next?.node.is === 'choice') {
    const { branches } = next.node;
    return chosen(branches.map((branch) => compileField(node, wayOf(branch, next.next), shop)));
  }
  const end = endOf(kind, leading(next).literal, node.isFromRight);
  return recorded(node, end, compile(next, shop), shop);
}

type End = (text: string, at: number) => number;

/** Where the text of a field ends that begins at `at`, or -1. */
function endOf(kind: Kind, literal: string, isFromRight: boolean): End {
  const { opening, ...rest } = kind;
  const { chars, end, isOptional = false } = rest;
  if (opening !== undefined && end === undefined) {
    const further = endOf(rest, literal, isFromRight);
    return (text, at) => (text.startsWith(opening, at) ? further(text, at) : -1);
  }
  const least = isOptional ? 0 : 1;
  if (end !== undefined) return isOptional ? (text, at) => Math.max(at, end(text, at)) : end;
  if (chars === undefined) return () => -1;
  const isText = chars === TEXT.chars;
  const canGoOn = literal !== '' && canHold(chars, literal[0] as string);
  if (!canGoOn) {
    if (isText) return (text) => text.length;
    return (text, at) => {
      const stop = runEnd(chars, text, at);
      return stop - at >= least ? stop : -1;
    };
  }
  if (isText && !isFromRight) return (text, at) => text.indexOf(literal, at + least);
  return (text, at) => {
    const stop = isText ? text.length : runEnd(chars, text, at);
    const found = isFromRight ? text.lastIndexOf(literal, stop) : text.indexOf(literal, at + least);
    return found >= at + least && found <= stop ? found : -1;
  };
}

/** A step that notes where its field stands once all that follows has fitted. */
function recorded(node: FieldNode, end: End, next: Step, { nodes, found }: Workshop): Step {
  if (node.field === '-')
    return (text, at) => {
      const stop = end(text, at);
      return stop >= 0 && next(text, stop);
    };
  let index = nodes.indexOf(node);
  if (index < 0) index = nodes.push(node) - 1;
  return (text, at) => {
    const stop = end(text, at);
    if (stop < 0 || !next(text, stop)) return false;
    const { count, places } = found;
    places[count] = index;
    places[count + 1] = at;
    places[count + 2] = stop;
    found.count = count + 3;
    return true;
  };
}
