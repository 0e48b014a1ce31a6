/** A condition as a test on events. */
import { readIp } from '../../events/address.ts';
import type { Event } from '../../events/event.ts';
import { compileRegex } from '../../sigma/match-regex.ts';
import { PLACE_FIELDS } from '../geo/here.ts';
import { readNetwork } from '../read-network.ts';
import { fieldReader, kindOf, RAW_FIELD, type ReadField } from './fields.ts';
import { fieldsOf, type Operator, type Value, type Where } from './where.ts';

/** A condition that can be asked. */
export interface CompiledWhere {
  /** @param raw the line as it stands in the file; only looked at where `readsLine` */
  test(event: Event, raw: string): boolean;
  readsLine: boolean;
  readsTime: boolean;
  /** Where an address is: the fast ways know nothing of it. */
  readsPlaces: boolean;
  /** The readers of all fields that it looks at. */
  reads: readonly ReadField[];
}

/** Compiles a condition that `parseWhere` has read. Time is linear in the text of the event. */
export function compileWhere(where: Where): CompiledWhere {
  const fields = fieldsOf(where);
  return {
    test: compile(where),
    readsLine: fields.has(RAW_FIELD),
    readsTime: [...fields].some((field) => kindOf(field) === 'time'),
    readsPlaces: [...fields].some((field) => PLACE_FIELDS.has(field)),
    reads: [...fields].map(fieldReader),
  };
}

type Test = CompiledWhere['test'];

function compile(where: Where): Test {
  if (where.kind === 'not') {
    const inner = compile(where.of);
    return (event, raw) => !inner(event, raw);
  }
  if (where.kind === 'within') return within(where.windows);
  if (where.kind === 'compare') return compileComparison(where);
  const tests = where.of.map(compile);
  const isAnd = where.kind === 'and';
  return (event, raw) => {
    for (const test of tests) if (test(event, raw) !== isAnd) return !isAnd;
    return isAnd;
  };
}

function within(windows: readonly (readonly [number, number])[]): Test {
  return ({ timeUs }) => {
    if (timeUs === undefined) return false;
    let low = 0;
    let high = windows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((windows[middle] as readonly [number, number])[1] < timeUs) low = middle + 1;
      else high = middle;
    }
    const first = windows[low];
    return first !== undefined && first[0] <= timeUs;
  };
}

/** What a single value is asked. */
type ValueTest = (value: unknown) => boolean;

function compileComparison({ field, operator, values }: Extract<Where, { kind: 'compare' }>): Test {
  const read = fieldReader(field);
  const test = operator === 'exists' ? () => true : anyOf(values, operator);
  return (event, raw) => {
    const value = read(event, raw);
    if (!Array.isArray(value))
      return value !== undefined && value !== null && value !== '' && test(value);
    for (const one of value) if (test(one)) return true;
    return false;
  };
}

function anyOf(values: readonly Value[], operator: Operator): ValueTest {
  const tests = values.map((value) => valueTest(value, operator));
  const [first] = tests;
  if (tests.length === 1 && first !== undefined) return first;
  return (value) => {
    for (const test of tests) if (test(value)) return true;
    return false;
  };
}

function valueTest(value: Value, operator: Operator): ValueTest {
  const lower = value.text.toLowerCase();
  switch (operator) {
    case '=':
    case 'in':
      return equals(value, lower);
    case '~': {
      const flags = { ignoreCase: false, multiLine: false, dotAll: false };
      const compiled = compileRegex(value.text, flags, false);
      if (typeof compiled === 'string') throw new Error(`unchecked expression: ${compiled}`);
      return (one) => compiled.test(String(one));
    }
    case 'contains':
      return (one) => String(one).toLowerCase().includes(lower);
    case 'startswith':
      return (one) => String(one).toLowerCase().startsWith(lower);
    case 'endswith':
      return (one) => String(one).toLowerCase().endsWith(lower);
    case 'exists':
      return () => true;
    default:
      return ordered(value, lower, operator);
  }
}

/** Numbers as numbers, addresses by what they are, all else without regard to case. */
function equals({ text, number }: Value, lower: string): ValueTest {
  const network = readNetwork(text);
  if (network !== undefined) return (one) => network(String(one)) || one === text;
  const ip = readIp(text);
  if (ip !== undefined)
    return (one) => one === ip || (typeof one === 'string' && readIp(one) === ip);
  if (number === undefined) return (one) => String(one).toLowerCase() === lower;
  return (one) => (typeof one === 'number' ? one === number : String(one).toLowerCase() === lower);
}

/** Numbers where both sides are; texts in the order of their characters. */
function ordered({ number }: Value, lower: string, operator: '<' | '<=' | '>' | '>='): ValueTest {
  const holds = <T>(one: T, other: T): boolean => {
    if (operator === '<') return one < other;
    if (operator === '<=') return one <= other;
    return operator === '>' ? one > other : one >= other;
  };
  if (number === undefined) return (one) => holds(String(one).toLowerCase(), lower);
  return (one) => {
    const found = typeof one === 'number' ? one : numeric(String(one));
    return !Number.isNaN(found) && holds(found, number);
  };
}

const numeric = (text: string): number => (/^\s*$/.test(text) ? Number.NaN : Number(text));
