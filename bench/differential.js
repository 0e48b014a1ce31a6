// `npm run differential`: our Sigma engine beside rsigma (https://github.com/timescale/rsigma), on the same events.
//   RSIGMA=PATH npm run differential [-- SEED [PER_RULE]]
// Events are made from SigmaHQ's rules: what a rule asks for, with what it excludes, with single characters changed, other
// kinds of values, other case, wildcards filled. Every event goes through every rule in both; each pair of rule and event
// on which they disagree is printed, and the exit code is 1 when there is one that `EXPLAINED` has no reason for.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { compileRule } from '../dist/sigma/compile-rule.js';
import { parseSigma } from '../dist/sigma/parse-sigma.js';

const HOME = resolve(import.meta.dirname, '../../shared/data/sigma');
const RSIGMA = process.env['RSIGMA'] ?? 'rsigma';
const [seed = '1', perRule = '4'] = process.argv.slice(2);

/** Why the two differ, where the specification or docs/sigma.md decides: what is so of the rule or of the event. */
const EXPLAINED = [
  ['placeholders without values: the rule is refused here', ({ text }) => text.includes('|expand')],
  ['an empty list is no value, as null', ({ event }) => some(event, isEmptyList)],
  ['an object as value is its JSON', ({ event }) => some(event, isObject)],
  ["several keywords under '|all': never found there", ({ text }) => text.includes("'|all'")],
  ['base64offset: its variants as pySigma has them', ({ text }) => text.includes('base64offset')],
  ['wildcards under endswith, startswith, contains', ({ detection }) => hasWildcard(detection)],
  ['keywords are looked for in the line as it stands', ({ detection }) => hasKeywords(detection)],
  ['numbers and their digits, blanks around them aside', ({ event }) => some(event, isLikeNumber)],
];
const isEmptyList = (value) => Array.isArray(value) && value.length === 0;
const isLikeNumber = (value) =>
  typeof value === 'number' || (typeof value === 'string' && value !== value.trim());

/** Does a search for a part of a value have a wildcard inside? */
function hasWildcard(search, name = '') {
  if (Array.isArray(search)) return search.some((one) => hasWildcard(one, name));
  if (isObject(search)) return Object.entries(search).some(([key, one]) => hasWildcard(one, key));
  const isPart = /\|(?:endswith|startswith|contains)/.test(name) && !name.includes('|re');
  return isPart && /[*?]/.test(String(search));
}

const hasKeywords = (detection) =>
  Object.entries(detection).some(
    ([name, search]) => name !== 'condition' && Array.isArray(search) && !isObject(search[0]),
  );
const some = (event, test) => Object.values(event).some(test);
const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Small numbers that look random and are the same every time. */
let state = Number(seed);
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return state / 2 ** 32;
};
const pick = (list) => list[Math.floor(random() * list.length)];
const word = (length = 1 + Math.floor(random() * 8)) =>
  Array.from({ length }, () => pick([...'abcdefghij0123456789 -_/.\\'])).join('');

function ruleFiles() {
  const folders = ['rules', 'rules-emerging-threats', 'rules-threat-hunting', 'rules-compliance'];
  return folders.flatMap((folder) =>
    readdirSync(join(HOME, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.yml'))
      .sort()
      .map((name) => join(HOME, folder, name)),
  );
}

/** A text that a pattern of Sigma fits. */
function filled(pattern) {
  let text = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at];
    const next = pattern[at + 1];
    if (sign === '\\' && (next === '*' || next === '?' || next === '\\')) {
      text += next;
      at += 1;
    } else if (sign === '*') text += random() < 0.5 ? '' : word();
    else if (sign === '?') text += pick([...'ab1.']);
    else text += sign;
  }
  return text;
}

/** A value that one condition asks for. */
function valueFor(modifiers, wanted) {
  if (wanted === null) return random() < 0.5 ? null : '';
  if (typeof wanted === 'boolean') return random() < 0.8 ? wanted : String(wanted);
  if (typeof wanted === 'number') {
    if (modifiers.some((name) => /^[lg]te?$/.test(name)))
      return wanted + Math.round(random() * 4) - 2;
    return random() < 0.7 ? wanted : String(wanted);
  }
  const text = String(wanted);
  if (modifiers.includes('re'))
    return text
      .replace(/\\([dwsSDW])/g, 'a')
      .replace(/[\^$]|\(\?[a-z:]*|[()]/g, '')
      .replace(/\\(.)/g, '$1')
      .replace(/[+?*]|\{[\d,]*\}/g, '')
      .replace(/\[[^\]]*\]/g, 'a');
  if (modifiers.includes('cidr'))
    return text.replace(/\/\d+$/, '').replace(/\.0$/, `.${Math.floor(random() * 256)}`);
  const plain = filled(text);
  if (modifiers.includes('base64') || modifiers.includes('base64offset'))
    return `${'a'.repeat(Math.floor(random() * 3))}${Buffer.from(`${word(3)}${plain}${word(3)}`).toString('base64')}`;
  if (modifiers.includes('contains'))
    return `${random() < 0.5 ? word() : ''}${plain}${random() < 0.5 ? word() : ''}`;
  if (modifiers.includes('startswith')) return `${plain}${word()}`;
  if (modifiers.includes('endswith')) return `${word()}${plain}`;
  if (modifiers.includes('windash'))
    return plain.replace(/^-|(?<= )-/, pick(['/', '-', '–', '—', '―']));
  return plain;
}

/** Puts what a search asks for into an event. */
function put(event, search) {
  if (Array.isArray(search)) {
    if (search.length > 0) put(event, pick(search));
    return;
  }
  if (typeof search !== 'object' || search === null) {
    event['Message'] = `${event['Message'] ?? ''} ${filled(String(search))}`;
    return;
  }
  for (const [key, wanted] of Object.entries(search)) {
    const [field, ...modifiers] = key.split('|');
    const list = Array.isArray(wanted) ? wanted : [wanted];
    if (field === '') {
      for (const one of list) put(event, one);
    } else if (modifiers.includes('exists')) {
      if (wanted === true) event[field] = word();
    } else if (modifiers.includes('fieldref')) event[field] = event[String(wanted)] ?? word();
    else if (modifiers.includes('all'))
      event[field] = list.map((one) => valueFor(modifiers, one)).join(' ');
    else if (list.length > 0) event[field] = valueFor(modifiers, pick(list));
  }
}

/** Changes one value a little, or its kind. */
function changed(event) {
  const names = Object.keys(event);
  if (names.length === 0) return event;
  const name = pick(names);
  const value = event[name];
  const text = typeof value === 'string' ? value : String(value);
  const at = Math.floor(random() * (text.length + 1));
  const others = [
    () => text.slice(0, at) + pick([...'xX*?\\/-" .\n']) + text.slice(at + 1),
    () => text.slice(0, at) + text.slice(at + 1),
    () => text.toUpperCase(),
    () => text.toLowerCase(),
    () => [text, word()],
    () => [],
    () => null,
    () => '',
    () => (Number.isNaN(Number(text)) || text.trim() === '' ? text : Number(text)),
    () => undefined,
    () => ({ inner: text }),
  ];
  return { ...event, [name]: pick(others)() };
}

function eventsOf(detection) {
  const names = Object.keys(detection).filter(
    (name) => name !== 'condition' && name !== 'timeframe',
  );
  const events = [];
  for (let index = 0; index < Number(perRule); index += 1) {
    const event = {};
    const isExcluded = random() < 0.3;
    for (const name of names) {
      if (!isExcluded && /^filter/.test(name)) continue;
      if (random() < 0.9) put(event, detection[name]);
    }
    events.push(index % 2 === 0 ? event : changed(event));
  }
  return events;
}

/** The value of a name as it stands, or along its dots. */
function valueAt(value, path) {
  if (value === null || typeof value !== 'object') return undefined;
  if (Array.isArray(value)) {
    const found = value.flatMap((one) => valueAt(one, path) ?? []);
    return found.length === 0 ? undefined : found;
  }
  if (Object.hasOwn(value, path)) return value[path];
  for (let at = path.indexOf('.'); at > 0; at = path.indexOf('.', at + 1)) {
    const head = path.slice(0, at);
    const found = Object.hasOwn(value, head) ? valueAt(value[head], path.slice(at + 1)) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
const byName = (field) => (event) => valueAt(event.raw, field);

if (!existsSync(HOME)) throw new Error(`${HOME} is absent: there are no rules to compare with`);
const folder = mkdtempSync(join(tmpdir(), 'ir-differential-'));
try {
  const files = ruleFiles();
  const rules = [];
  const texts = [];
  const events = [];
  for (const path of files) {
    const text = readFileSync(path, 'utf8');
    const { documents } = parseSigma(text, path);
    for (const rule of documents) if (rule.kind === 'rule') rules.push(compileRule(rule, byName));
    for (const document of parseAllDocuments(text)) {
      const { detection, id } = document.toJS() ?? {};
      texts.push([id, { text, detection }]);
      if (detection !== undefined) events.push(...eventsOf(detection));
    }
  }
  const lines = events.map((event, number) => JSON.stringify({ ir_number: number, ...event }));
  const ours = new Set();
  for (const [number, line] of lines.entries()) {
    const raw = JSON.parse(line);
    const event = { timeUs: undefined, timeConfidence: 'none', format: 'json', raw };
    for (const { rule, test } of rules) if (test(event, line)) ours.add(`${rule.id} ${number}`);
  }
  console.log(`${rules.length} rules, ${lines.length} events, ${ours.size} hits of ours`);
  writeFileSync(join(folder, 'events.jsonl'), `${lines.join('\n')}\n`);
  const copies = join(folder, 'rules');
  mkdirSync(copies);
  for (const [number, path] of files.entries()) copyFileSync(path, join(copies, `${number}.yml`));
  const args = ['engine', 'eval', '-q', '--include-event', '--output-format', 'ndjson'];
  args.push('-r', copies, '-e', `@${join(folder, 'events.jsonl')}`);
  const { stdout, stderr, status } = spawnSync(RSIGMA, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (stdout === '') throw new Error(`rsigma failed (${status}): ${stderr}`);
  const theirs = new Set();
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    const { rule_id: id, event } = JSON.parse(line);
    theirs.add(`${id} ${event.ir_number}`);
  }
  process.exitCode = report(ours, theirs, events, new Map(texts)) ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Prints how often they differ and why; true when there is a difference without a reason. */
function report(ours, theirs, made, textOf) {
  const counts = new Map();
  let unexplained = 0;
  for (const [side, one, other] of [
    ['ours', ours, theirs],
    ['theirs', theirs, ours],
  ]) {
    for (const pair of one) {
      if (other.has(pair)) continue;
      const [id, number] = pair.split(' ');
      const event = made[Number(number)];
      const why = EXPLAINED.find(([, fits]) => fits({ ...textOf.get(id), event }))?.[0];
      const key = `${side} alone: ${why ?? 'NO REASON KNOWN'}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
      if (why !== undefined) continue;
      unexplained += 1;
      console.log(`${side} alone: ${id} ${JSON.stringify(event).slice(0, 400)}`);
    }
  }
  console.log(
    `${theirs.size} hits of theirs, ${[...ours].filter((pair) => theirs.has(pair)).length} of both`,
  );
  for (const [key, count] of [...counts].sort()) console.log(`${count} ${key}`);
  return unexplained > 0;
}
