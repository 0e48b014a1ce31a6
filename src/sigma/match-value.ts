/** Lifts tests on text to tests on the values that events hold: arrays, numbers, booleans, objects. */
import type { TextTest } from './match-text.ts';

/** Does a value match? */
export type ValueTest = (value: unknown) => boolean;

/** Lists in lists are followed this far; records of attackers nest as deeply as the stack. */
const MAX_DEPTH = 20;

/** True when the value, or any element of an array, passes. */
function someElement(value: unknown, test: ValueTest, depth: number): boolean {
  if (!Array.isArray(value)) return test(value);
  if (depth === MAX_DEPTH) return false;
  for (const element of value) if (someElement(element, test, depth + 1)) return true;
  return false;
}

/** True when the value, or any element of an array, passes as text. Absent and null never do. */
export function textValueTest(test: TextTest): ValueTest {
  const testOne: ValueTest = (value) => {
    if (typeof value === 'string') return test(value);
    if (value === undefined || value === null) return false;
    return test(typeof value === 'object' ? jsonOf(value) : String(value));
  };
  return (value) => (typeof value === 'string' ? test(value) : someElement(value, testOne, 0));
}

/** A record as JSON; empty when it nests too deeply to be written. */
function jsonOf(value: object): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

const NUMBER = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,3})?\s*$/;

/** The number a value stands for; NaN when it is none (an empty or other text, a boolean). */
export function numberOf(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'string')
    return value.length < 400 && NUMBER.test(value) ? Number(value) : Number.NaN;
  return typeof value === 'bigint' ? Number(value) : Number.NaN;
}

/** True when the value, or any element of an array, is a number (or text of one) that passes. */
export function numberValueTest(test: (value: number) => boolean): ValueTest {
  const testOne: ValueTest = (value) => {
    const number = numberOf(value);
    return !Number.isNaN(number) && test(number);
  };
  return (value) => someElement(value, testOne, 0);
}

/** `null`: the field is absent, null or an empty list. */
export const isNullValue: ValueTest = (value) =>
  value === undefined || value === null || (Array.isArray(value) && value.length === 0);

/** A test with one argument (a value) or two (an event and its raw line). */
type Test<A, B> = (first: A, second: B) => boolean;

/** Joins tests with OR. */
export function anyOf<A, B = void>(tests: readonly Test<A, B>[]): Test<A, B> {
  const [one, two] = tests;
  if (one === undefined) return () => false;
  if (two === undefined) return one;
  if (tests.length === 2) return (first, second) => one(first, second) || two(first, second);
  return (first, second) => {
    for (const test of tests) if (test(first, second)) return true;
    return false;
  };
}

/** Joins tests with AND. */
export function allOf<A, B = void>(tests: readonly Test<A, B>[]): Test<A, B> {
  const [one, two] = tests;
  if (one === undefined) return () => true;
  if (two === undefined) return one;
  if (tests.length === 2) return (first, second) => one(first, second) && two(first, second);
  return (first, second) => {
    for (const test of tests) if (!test(first, second)) return false;
    return true;
  };
}
