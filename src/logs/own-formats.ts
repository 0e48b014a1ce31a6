/** The user's own format files: read and checked like the bundled ones, and in use from then on in this thread. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Environment, ownFolder } from '../config.ts';
import { messageOf } from '../errors.ts';
import type { Problem } from '../yaml.ts';
import { createClock } from './clock.ts';
import { declareBorne } from './envelopes/borne.ts';
import { declareProducts } from './formats/json-products.ts';
import { declarePrograms } from './formats/linux/programs.ts';
import { FORMATS } from './formats/list.ts';
import type { LogFormat } from './formats/log-format.ts';
import { bundledFormats, withOwn } from './load-formats.ts';
import { sampleProblem } from './pattern/check-sample.ts';
import type { FormatDocument } from './pattern/format-document.ts';
import { readFormatFile } from './pattern/format-file.ts';

/** What the user's folder of formats came to. */
export interface OwnFormats {
  documents: readonly FormatDocument[];
  /** What cannot be used and why; the others are used. */
  problems: readonly Problem[];
  /** Which bundled ones are not used, because the user has his own. */
  notes: readonly string[];
}

const BUNDLED = [...FORMATS];
const MAX_BYTES = 1_000_000;

/** Reads `$XDG_CONFIG_HOME/ir/formats`. A file with a mistake is left out, and said. */
export function loadOwnFormats(env: Environment): OwnFormats {
  const folder = ownFolder(env, 'formats');
  const documents: FormatDocument[] = [];
  const problems: Problem[] = [];
  const notes: string[] = [];
  if (!existsSync(folder)) return { documents, problems, notes };
  for (const path of formatFiles(folder, problems)) {
    const document = readOwn(path, problems);
    if (document === undefined) continue;
    if (documents.some(({ name }) => name === document.name)) {
      problems.push({
        message: `another file has a format "${document.name}"`,
        source: { path, line: 1, column: 1 },
        hint: 'Give it another name.',
      });
      continue;
    }
    documents.push(document);
    if (isBundled(document))
      notes.push(`the format "${document.name}" of ${path} takes the place of the bundled one`);
  }
  return { documents, problems, notes };
}

const isBundled = ({ name }: FormatDocument): boolean =>
  BUNDLED.some((format) => format.name === name) ||
  bundledFormats().some((document) => document.name === name);

function formatFiles(folder: string, problems: Problem[]): string[] {
  try {
    const names = readdirSync(folder).filter((name) => /\.ya?ml$/.test(name));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    problems.push({
      message: `the formats cannot be read: ${messageOf(error)}`,
      source: { path: folder },
      hint: undefined,
    });
    return [];
  }
}

function readOwn(path: string, problems: Problem[]): FormatDocument | undefined {
  const checked = checkFormatFile(path);
  problems.push(...checked.problems);
  return checked.document;
}

/** Reads a format file and tries its samples. Its format is in use only while they are tried. */
export function checkFormatFile(path: string): {
  document: FormatDocument | undefined;
  problems: readonly Problem[];
} {
  try {
    const { size } = statSync(path);
    if (size > MAX_BYTES) throw new Error(`${size} bytes are too many for a format`);
    const { document, problems, placeOf } = readFormatFile(readFileSync(path, 'utf8'), path);
    const wrong = document === undefined ? problems : checkSamples(document, placeOf);
    return { document: wrong.length > 0 ? undefined : document, problems: wrong };
  } catch (error) {
    const problem = { message: messageOf(error), source: { path }, hint: undefined };
    return { document: undefined, problems: [problem] };
  }
}

/** What is wrong with the samples of a document, by reading them. */
function checkSamples(
  document: FormatDocument,
  placeOf: (sample: number) => Problem['source'],
): Problem[] {
  useOwnFormats([document]);
  const isOfProgram = document.programs.length > 0;
  const format = isOfProgram
    ? formatOfPrograms()
    : (FORMATS.find(({ name }) => name === document.name) as LogFormat);
  const found = document.samples.flatMap((sample, index): Problem[] => {
    const message = sampleProblem(format, sample, createClock({ zone: 'UTC', firstYear: 2026 }));
    return message === undefined ? [] : [{ message, source: placeOf(index), hint: undefined }];
  });
  useOwnFormats([]);
  return found;
}

/** The format whose lines hold the messages of programs. */
export const formatOfPrograms = (): LogFormat =>
  FORMATS.find(({ name }) => name === 'syslog') as LogFormat;

let inUse = 0;

/** From now on the formats of this thread are the bundled ones and these. */
export function useOwnFormats(own: readonly FormatDocument[]): void {
  if (own.length + inUse === 0) return;
  inUse = own.length;
  const formats = FORMATS as LogFormat[];
  formats.splice(0, formats.length, ...withOwn(BUNDLED, own));
  declarePrograms(own);
  declareProducts(own);
  declareBorne(own);
}
