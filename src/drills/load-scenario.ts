/** Reads a scenario file: YAML, checked, errors with their place. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { EXIT, IrError, messageOf, suggestion, templateError } from '../errors.ts';
import type { Scenario } from './scenario.ts';
import { scenarioSchema } from './scenario-schema.ts';

const FOLDER = new URL('../../templates/drills/', import.meta.url);

/**
 * Reads a bundled scenario by name, or a file by path (anything with a slash or `.yml`).
 * Throws exit 2 when there is no such scenario and exit 3, with line and column, when it is invalid.
 */
export function loadScenario(nameOrPath: string): Scenario {
  const isPath = /[\\/]|\.ya?ml$/.test(nameOrPath);
  const path = isPath ? nameOrPath : fileURLToPath(new URL(`${nameOrPath}.yml`, FOLDER));
  return parseScenario(readText(path, nameOrPath), path);
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const reason = isMissing ? `there is no drill "${name}"` : `cannot read the drill "${name}"`;
    throw new IrError(isMissing ? reason : `${reason}: ${messageOf(error)}`, {
      exit: EXIT.usage,
      hint: suggestion(
        name,
        bundled(),
        'Name a bundled drill (webshop) or the path of a scenario file.',
      ),
      cause: error,
    });
  }
}

const bundled = (): string[] =>
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.yml'))
    .map((name) => name.slice(0, -'.yml'.length));

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
  const checked = scenarioSchema.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!checked.success) {
    const issue = checked.error.issues[0];
    const keys = issue?.path ?? [];
    const where = keys.length === 0 ? 'the scenario' : keys.join('.');
    const offset = offsetOf(document, keys);
    throw templateError(`${where}: ${issue?.message ?? 'invalid'}`, place(offset));
  }
  checkReferences(checked.data, (keys, message) => {
    throw templateError(`${keys.join('.')}: ${message}`, place(offsetOf(document, keys)));
  });
  return checked.data;
}

/** Offset of the deepest existing node on the path. */
function offsetOf(document: Document, keys: readonly PropertyKey[]): number {
  for (let length = keys.length; length > 0; length--) {
    const node = document.getIn(keys.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

type Refuse = (keys: readonly (string | number)[], message: string) => never;

/** Names used in one place must be declared in another. */
function checkReferences(scenario: Scenario, refuse: Refuse): void {
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
    if (chapter.day >= scenario.days)
      refuse(['chapters', i, 'day'], `the drill lasts ${scenario.days} days`);
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
