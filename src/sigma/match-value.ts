/** Lifts tests on text to tests on the values that events hold: arrays, numbers, booleans, objects. */
import type { TextTest } from './match-text.ts';

export type ValueTest = (value: unknown) => boolean;

/** True when the value, or any element of an array, passes as text. Absent and null never do. */
export function textValueTest(test: TextTest): ValueTest {
  const testValue = (value: unknown): boolean => {
    if (typeof value === 'string') return test(value);
    if (value === undefined || value === null) return false;
    if (Array.isArray(value)) return value.some(testValue);
    return test(typeof value === 'object' ? (JSON.stringify(value) ?? '') : String(value));
  };
  return testValue;
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
  const testValue = (value: unknown): boolean => {
    if (Array.isArray(value)) return value.some(testValue);
    const number = numberOf(value);
    return !Number.isNaN(number) && test(number);
  };
  return testValue;
}

/** `null`: the field is absent, null or an empty list. */
export const isNullValue: ValueTest = (value) =>
  value === undefined || value === null || (Array.isArray(value) && value.every(isNullValue));

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
