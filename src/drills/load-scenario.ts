/** Reads a scenario file: YAML, checked, errors with their place. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { EXIT, IrError, messageOf, suggestion, templateError } from '../errors.ts';
import { kindOf } from '../incidents/journal-entry.ts';
import type { Sign } from './exercise.ts';
import { withWhatItIsLike } from './like.ts';
import type { Scenario, ShopScenario } from './scenario.ts';
import { shopSchema } from './scenario-schema.ts';
import type { ToldScenario } from './told/scenario.ts';
import { toldSchema } from './told/scenario-schema.ts';

const FOLDER = new URL('../../templates/drills/', import.meta.url);

/**
 * Reads a scenario by name, the user's or a bundled one, or a file by path (anything with a slash or `.yml`).
 * @param ownFolder where the user's own lie
 * Throws exit 2 when there is no such scenario and exit 3, with line and column, when it is invalid.
 */
export function loadScenario(nameOrPath: string, ownFolder?: string): Scenario {
  const path = pathOf(nameOrPath, ownFolder);
  return parseScenario(readText(path, nameOrPath, ownFolder), path);
}

/** One of the user's own goes before a bundled one of the same name. */
function pathOf(nameOrPath: string, ownFolder: string | undefined): string {
  if (/[\\/]|\.ya?ml$/.test(nameOrPath)) return nameOrPath;
  const own = ownFolder === undefined ? undefined : join(ownFolder, `${nameOrPath}.yml`);
  if (own !== undefined && existsSync(own)) return own;
  return bundledPath(nameOrPath);
}

/** The file of a bundled scenario. */
export const bundledPath = (name: string): string => fileURLToPath(new URL(`${name}.yml`, FOLDER));

function readText(path: string, name: string, ownFolder?: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? `there is no drill "${name}"` : `cannot read the drill "${name}"`;
    const own = ownFolder === undefined ? [] : namesIn(ownFolder);
    const known = [...new Set([...bundledScenarios(), ...own])];
    throw new IrError(isMissing ? reason : `${reason}: ${messageOf(error)}`, {
      exit: EXIT.usage,
      hint: suggestion(
        name,
        known,
        `Name a drill (${known.join(', ')}) or the path of a scenario file.`,
      ),
      cause: error,
    });
  }
}

/** Names of the scenarios that come with the program. */
export const bundledScenarios = (): string[] => namesIn(fileURLToPath(FOLDER));

/** Names of the scenarios in a folder; none where it is not there. */
export function namesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => name.slice(0, -'.yml'.length))
    .sort();
}

/** Parses and checks the text of a scenario. `path` is what errors show. */
export function parseScenario(source: string, path: string): Scenario {
  const lines = new LineCounter();
  const document = parseDocument(source, { lineCounter: lines, prettyErrors: false });
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { path, line, column: col, text: source.split('\n')[line - 1] ?? '' };
  };
  const broken = document.errors[0];
  if (broken !== undefined) {
    throw templateError(`not valid YAML: ${broken.message}`, place(broken.pos[0]));
  }
  const own: unknown = document.toJS({ maxAliasCount: 100 });
  const tree = withWhatItIsLike(own, (name) => treeOf(name, bundledPath(name)));
  const isTold = typeof tree === 'object' && tree !== null && !('site' in tree);
  const checked = isTold ? toldSchema.safeParse(tree) : shopSchema.safeParse(tree);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const keys = issue?.path ?? [];
    const where = keys.length === 0 ? 'the scenario' : keys.join('.');
    const offset = offsetOf(document, keys);
    throw templateError(`${where}: ${issue?.message ?? 'invalid'}`, place(offset));
  }
  const refuse: Refuse = (keys, message) => {
    throw templateError(`${keys.join('.')}: ${message}`, place(offsetOf(document, keys)));
  };
  checkChapters(checked.data, refuse);
  checkExercise(checked.data, refuse);
  if ('records' in checked.data) checkTold(checked.data, refuse);
  else checkReferences(checked.data, refuse);
  return checked.data;
}

/** A bundled scenario as its file has it. */
const treeOf = (name: string, path: string): unknown =>
  parseDocument(readText(path, name)).toJS({ maxAliasCount: 100 });

/** Offset of the deepest existing node on the path. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

type Refuse = (keys: readonly (string | number)[], message: string) => never;

/** Chapters happen within the days, and answers are of chapters. */
function checkChapters({ chapters, answers, days }: Scenario, refuse: Refuse): void {
  for (const [i, { day }] of chapters.entries())
    if (day >= days) refuse(['chapters', i, 'day'], `the drill lasts ${days} days`);
  for (const [i, { of }] of answers.entries()) {
    for (const [j, place] of of.entries()) {
      const id = place.split('/', 1)[0];
      if (!chapters.some((chapter) => chapter.id === id))
        refuse(['answers', i, 'of', j], `there is no chapter "${id}"`);
    }
  }
}

/** What an exercise names must be there. */
function checkExercise({ exercise }: Scenario, refuse: Refuse): void {
  if (exercise === undefined) return;
  const { injects, expected, dangers } = exercise;
  const questions = injects.flatMap(({ asks }) => asks);
  for (const list of [injects, expected, dangers, questions]) {
    const ids = list.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    if (twice !== undefined) refuse(['exercise'], `"${twice}" stands there twice`);
  }
  for (const [i, { after, shown }] of expected.entries()) {
    if (after !== undefined && !injects.some(({ id }) => id === after))
      refuse(['exercise', 'expected', i, 'after'], `there is no inject "${after}"`);
    checkSigns(shown, ['exercise', 'expected', i, 'shown'], refuse);
  }
  for (const [i, { before, shown }] of dangers.entries()) {
    if (before !== undefined && !expected.some(({ id }) => id === before))
      refuse(['exercise', 'dangers', i, 'before'], `there is nothing expected as "${before}"`);
    checkSigns(shown, ['exercise', 'dangers', i, 'shown'], refuse);
  }
}

function checkSigns(
  shown: readonly Sign[],
  keys: readonly (string | number)[],
  refuse: Refuse,
): void {
  for (const { entry } of shown)
    if (kindOf(entry) === undefined) refuse(keys, `there is no kind of entry "${entry}"`);
}

/** Records are written to files that there are, and told by their names. */
function checkTold({ records, files, routines, chapters }: ToldScenario, refuse: Refuse): void {
  const check = (names: readonly string[], keys: readonly (string | number)[]): void => {
    for (const name of names)
      if (!Object.hasOwn(records, name)) refuse(keys, `there is no record "${name}"`);
  };
  for (const [key, { file, like }] of Object.entries(records)) {
    if (file !== undefined && !Object.hasOwn(files, file))
      refuse(['records', key, 'file'], `there is no file "${file}"`);
    if (like !== undefined) check([like], ['records', key, 'like']);
  }
  for (const [i, { write }] of routines.entries()) check(write, ['routines', i, 'write']);
  for (const [i, { steps }] of chapters.entries())
    for (const [j, { write }] of steps.entries())
      check(write, ['chapters', i, 'steps', j, 'write']);
}

/** Names used in one place of a shop must be declared in another. */
function checkReferences(scenario: ShopScenario, refuse: Refuse): void {
  const accounts = new Set(scenario.accounts.map(({ name }) => name));
  const account = (name: string, keys: readonly (string | number)[]): void => {
    if (!accounts.has(name)) refuse(keys, `there is no account "${name}"`);
  };
  const identity = (name: string, keys: readonly (string | number)[]): void => {
    if (!Object.hasOwn(scenario.cloud.identities, name))
      refuse(keys, `there is no identity "${name}"`);
  };
  scenario.cron.forEach((job, i) => {
    account(job.account, ['cron', i, 'account']);
  });
  scenario.visits.forEach((visit, i) => {
    account(visit.account, ['visits', i, 'account']);
  });
  account(scenario.backup.account, ['backup', 'account']);
  account(scenario.deploys.account, ['deploys', 'account']);
  account(scenario.returns.account, ['returns', 'account']);
  identity(scenario.backup.identity, ['backup', 'identity']);
  scenario.cloud.routines.forEach((call, i) => {
    identity(call.identity, ['cloud', 'routines', i, 'identity']);
  });
  scenario.chapters.forEach((chapter, i) => {
    chapter.steps.forEach((step, j) => {
      const keys = ['chapters', i, 'steps', j] as const;
      if ('account' in step && step.account !== undefined)
        account(step.account, [...keys, 'account']);
      if (step.do === 'cloud') identity(step.identity, [...keys, 'identity']);
      if (step.do === 'say' && !Object.hasOwn(scenario.files, step.file)) {
        refuse([...keys, 'file'], `there is no file "${step.file}"`);
      }
    });
  });
}
