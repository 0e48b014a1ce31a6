/**
 * The small language of the lines that a scenario tells: text in which `{name}` stands for a value. What may stand there:
 *
 *     {intruder} {who.address}   a name of the scenario, of the step or of the record
 *     {n}                        which of the repetitions this is, from 1
 *     {pick:staff}               one of a list or of a pool of addresses
 *     {int:1:999}                a whole number
 *     {hex:12} {code:16} {uuid}  random characters
 *     {next:serial}              the next number of a counter
 *     {time:iso} {time:iso:-60}  the time of the line (STAMPS), or so many seconds beside it
 *     {argv:command}             the command line of that name as auditd writes its arguments
 *     {data:fields}              the values of an object as elements `<Data Name=…>` of a Windows event
 *     {exe:command} {comm:command}  its program, and the name of its process
 *
 * `${` begins no value, so that lookups and shells can be written as they are.
 */
import { quoted } from '../lines/auditd.ts';
import { accessStamp, auditStamp, secondStamp, syslogStamp } from '../lines/stamps.ts';
import { executableOf, splitCommand } from '../linux-host.ts';
import type { Random } from '../random.ts';

/** A value that a name stands for: text, a number, a boolean, or an object with further names. */
export type Value = string | number | boolean | { readonly [name: string]: Value };

/** Names and what they stand for. */
export type Names = Readonly<Record<string, Value>>;

/** What a line is made with. */
export interface Making {
  atMs: number;
  random: Random;
  lists: ReadonlyMap<string, readonly Value[]>;
  counters: Map<string, number>;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();

/** Times as programs write them, in UTC. */
const STAMPS: Readonly<Record<string, (atMs: number) => string>> = {
  iso,
  second: secondStamp,
  blank: (atMs) => iso(atMs).replace('T', ' ').slice(0, 23),
  micro: (atMs) => iso(atMs).replace('Z', '417Z'),
  syslog: syslogStamp,
  year: (atMs) =>
    `${syslogStamp(atMs).slice(0, 6)} ${iso(atMs).slice(0, 4)}${syslogStamp(atMs).slice(6)}`,
  access: accessStamp,
  audit: auditStamp,
  day: (atMs) => iso(atMs).slice(0, 10),
  clock: (atMs) => iso(atMs).slice(11, 19),
  epoch: (atMs) => String(Math.floor(atMs / 1000)),
};

const HEX = '0123456789abcdef';
const CODE = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

type Maker = (making: Making, first: string, second: string, names: Names) => Value;

const MAKERS: Readonly<Record<string, Maker>> = {
  pick: ({ random, lists }, list) => random.pick(lists.get(list) ?? unknown('list', list)),
  int: ({ random }, low, high) => random.int(Number(low), Number(high)),
  hex: ({ random }, length) => random.text(Number(length), HEX),
  code: ({ random }, length) => random.text(Number(length), CODE),
  uuid: ({ random }) => [8, 4, 4, 4, 12].map((length) => random.text(length, HEX)).join('-'),
  next: ({ counters, random }, counter) => {
    const value = (counters.get(counter) ?? 4_000) + random.int(1, 7);
    counters.set(counter, value);
    return value;
  },
  time: ({ atMs }, form, seconds) =>
    (STAMPS[form] ?? unknown('time', form))(atMs + Number(seconds) * 1000),
  data: (_, name, __, names) =>
    Object.entries(lookUp(name, names))
      .map(([key, value]) => `<Data Name="${key}">${escaped(String(value))}</Data>`)
      .join(''),
  exe: (_, name, __, names) => executableOf(argvOf(name, names)[0] ?? ''),
  comm: (_, name, __, names) =>
    executableOf(argvOf(name, names)[0] ?? '')
      .replace(/^.*\//, '')
      .slice(0, 15),
  argv: (_, name, __, names) => {
    const argv = argvOf(name, names);
    return `argc=${argv.length} ${argv.map((text, i) => `a${i}=${quoted(text)}`).join(' ')}`;
  },
};

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};
const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (found) => ENTITIES[found] ?? found);

const argvOf = (name: string, names: Names): string[] => splitCommand(String(lookUp(name, names)));

function unknown(kind: string, name: string): never {
  throw new RangeError(`no ${kind} "${name}" in the scenario`);
}

function lookUp(path: string, names: Names): Value {
  let value: Value | undefined = names;
  for (const part of path.split('.')) {
    value = typeof value === 'object' && Object.hasOwn(value, part) ? value[part] : undefined;
  }
  return value ?? unknown('name', path);
}

const PLACE = /(?<!\$)\{([a-z][\w.]*)(?::([^:{}]*))?(?::([^:{}]*))?\}/g;
const ALONE = /^\{([a-z][\w.]*)(?::([^:{}]*))?(?::([^:{}]*))?\}$/;

/** The value of a text: that of its one place, whatever it is, or the text with all places filled. */
export function fill(text: string, names: Names, making: Making): Value {
  const made = (name: string, first = '', second = ''): Value => {
    const isName = first === '' && Object.hasOwn(names, name);
    const maker = !isName && Object.hasOwn(MAKERS, name) ? MAKERS[name] : undefined;
    const value = maker?.(making, first, second, names) ?? lookUp(name, names);
    return typeof value === 'string' && value !== text ? fill(value, names, making) : value;
  };
  const alone = ALONE.exec(text);
  if (alone !== null) return made(alone[1] ?? '', alone[2], alone[3]);
  return text.replace(PLACE, (_, name, first, second) => String(made(name, first, second)));
}

/** All texts of a tree filled. */
export function fillTree(tree: unknown, names: Names, making: Making): unknown {
  if (typeof tree === 'string') return fill(tree, names, making);
  if (Array.isArray(tree)) return tree.map((item) => fillTree(item, names, making));
  if (typeof tree !== 'object' || tree === null) return tree;
  return Object.fromEntries(
    Object.entries(tree).map(([key, value]) => [key, fillTree(value, names, making)]),
  );
}

/**
 * Names with values bound one after the other: a later one may speak of an earlier one.
 * @param isUsual what is bound already stays
 */
export function bind(named: Names, names: Names, making: Making, isUsual = false): Names {
  let bound = names;
  for (const [name, value] of Object.entries(named)) {
    if (isUsual && Object.hasOwn(names, name)) continue;
    bound = { ...bound, [name]: fillTree(value, bound, making) as Value };
  }
  return bound;
}
