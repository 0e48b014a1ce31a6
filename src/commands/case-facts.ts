/** Facts of a case as options say them, and as people are asked for them. */
import { usageError } from '../errors.ts';
import {
  type CaseFacts,
  DATA_KINDS,
  FOUND_BY,
  type Incident,
  LOSSES,
  TLPS,
} from '../incidents/incident.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { CommandContext } from './context.ts';
import { findIncident, readWord } from './incident-access.ts';

/** The options that say facts, as typed; `none` takes a fact away. */
export interface FactOptions {
  data?: string | undefined;
  records?: string | undefined;
  people?: string | undefined;
  countries?: string | undefined;
  loss?: string | undefined;
  tlp?: string | undefined;
  codename?: string | undefined;
  privileged?: string | undefined;
  foundBy?: string | undefined;
  vector?: string | undefined;
  duplicateOf?: string | undefined;
  mergedInto?: string | undefined;
  partOf?: string | undefined;
}

/** What was said: facts, and names of those that are not known after all. */
export interface SaidFacts {
  facts: CaseFacts;
  clearedFacts: (keyof CaseFacts)[];
}

type Reader = (text: string) => unknown;

const READERS: readonly (readonly [option: keyof FactOptions, fact: keyof CaseFacts, Reader])[] = [
  ['data', 'dataKinds', (text) => readList(text, DATA_KINDS, '--data')],
  ['records', 'records', (text) => readCount(text, '--records')],
  ['people', 'people', (text) => readCount(text, '--people')],
  ['countries', 'countries', readCountries],
  ['loss', 'loss', (text) => readWord(text, LOSSES, '--loss')],
  ['tlp', 'tlp', readTlp],
  ['codename', 'codename', (text) => text.trim()],
  ['privileged', 'isPrivileged', readYes],
  ['foundBy', 'foundBy', (text) => readWord(text, FOUND_BY, '--found-by')],
  ['vector', 'vector', (text) => text.trim()],
];

const LINKS = ['duplicateOf', 'mergedInto', 'partOf'] as const;

/** Reads the options. @throws IrError (exit 2) for a value that is none */
export function readFacts(options: FactOptions): SaidFacts {
  const facts: Record<string, unknown> = {};
  const clearedFacts: (keyof CaseFacts)[] = [];
  for (const [option, fact, read] of READERS) {
    const text = options[option];
    if (text === undefined) continue;
    // Of the losses, `none` is a word like the others.
    if (text.trim().toLowerCase() === 'none' && fact !== 'loss') clearedFacts.push(fact);
    else facts[fact] = read(text);
  }
  for (const link of LINKS) {
    const text = options[link];
    if (text === 'none') clearedFacts.push(link);
    else if (text !== undefined) facts[link] = text;
  }
  return { facts: facts as CaseFacts, clearedFacts };
}

/**
 * Replaces what names other incidents by their keys.
 * @throws IrError (exit 6) for one that is not there, (exit 2) for the incident itself
 */
export async function resolveLinks(
  context: CommandContext,
  store: IncidentStore,
  facts: CaseFacts,
  own?: Pick<Incident, 'key'>,
): Promise<CaseFacts> {
  const resolved = { ...facts };
  for (const link of LINKS) {
    const named = facts[link];
    if (named === undefined) continue;
    const { key } = await findIncident(context, store, named);
    if (key === own?.key) throw usageError(`${key} cannot be named as another incident of itself`);
    resolved[link] = key;
  }
  return resolved;
}

function readList(text: string, words: readonly string[], flag: string): string[] {
  const found = text.split(',').filter((part) => part.trim() !== '');
  if (found.length === 0) throw usageError(`${flag}: "${text}" names nothing`);
  return [...new Set(found.map((part) => readWord(part, words, flag)!))];
}

function readCount(text: string, flag: string): number {
  const digits = text.trim().replaceAll(/[,_' ]/g, '');
  if (/^\d{1,12}$/.test(digits)) return Number(digits);
  throw usageError(
    `${flag}: "${text}" is not a number`,
    'Write digits, such as 1200; none: not known.',
  );
}

function readCountries(text: string): string[] {
  const codes = text.split(',').map((part) => part.trim().toUpperCase());
  const wrong = codes.find((code) => !/^[A-Z]{2}(?:-[A-Z0-9]{1,3})?$/.test(code));
  if (wrong === undefined) return [...new Set(codes)];
  throw usageError(
    `--countries: "${wrong}" is not the code of a country`,
    'Write ISO 3166 codes, such as DE,FR or US-CA.',
  );
}

function readTlp(text: string): CaseFacts['tlp'] {
  return readWord(text.trim().replace(/^TLP:/i, ''), TLPS, '--tlp');
}

function readYes(text: string): boolean {
  const word = readWord(text, ['yes', 'no'] as const, '--privileged');
  return word === 'yes';
}

/** Asks for what starts clocks, as far as nobody said it; an empty answer leaves it open. */
export async function askFacts(context: CommandContext, known: CaseFacts): Promise<CaseFacts> {
  if (!context.ask.isPossible) return {};
  const questions: readonly (readonly [keyof FactOptions, keyof CaseFacts, string])[] = [
    ['data', 'dataKinds', `Which kinds of data are affected (${DATA_KINDS.join(', ')})?`],
    ['people', 'people', 'How many people are concerned, about?'],
    ['records', 'records', 'How many records, about?'],
    ['countries', 'countries', 'In which countries are they (such as DE,FR)?'],
    ['loss', 'loss', `What became of the data (${LOSSES.join(', ')})?`],
  ];
  const options: FactOptions = {};
  for (const [option, fact, message] of questions) {
    if (known[fact] !== undefined) continue;
    const answer = await context.ask.text({
      message: `${message} Empty: not known yet.`,
      flag: `--${option}`,
      required: false,
      check: (text) => {
        if (text.trim() !== '') readFacts({ [option]: text });
      },
    });
    if (answer.trim() !== '') options[option] = answer;
  }
  return readFacts(options).facts;
}
