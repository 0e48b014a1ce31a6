/** One file of the catalogue of actions: YAML text -> checked action, or every problem of the file with its place. */
import { z } from 'zod';
import { type Problem, parseYaml, problemsOf } from '../yaml.ts';
import { type Action, PLACES } from './action.ts';
import { checkCommand, type Report } from './command-checks.ts';
import { buildScalars, buildVariableSchema, commandShape } from './command-schema.ts';
import { placeholdersIn } from './placeholder.ts';
import { checkVariables } from './playbook-checks.ts';
import { BUILT_IN, variablesOf } from './render-argv.ts';
import { toCommand, toVariable } from './to-command.ts';

const { id, name, line, prose } = buildScalars(z);

const schema = z.strictObject({
  id,
  title: line,
  summary: prose,
  references: z
    .array(z.strictObject({ title: line, url: z.url({ protocol: /^https$/ }) }))
    .max(20)
    .default([]),
  variables: z.array(buildVariableSchema(z)).max(30).default([]),
  arguments: z.array(name).max(8).default([]),
  needs: z.array(line).max(8).default([]),
  otherwise: id.optional(),
  place: z.enum(PLACES).default('host'),
  ...commandShape(z),
});

/** An action file that was read: the action, or what is wrong with it. */
export interface ReadAction {
  /** Undefined when there is any problem. */
  action: Action | undefined;
  problems: readonly Problem[];
}

/** Parses and checks an action. Never throws on bad content: all problems come back. */
export async function readAction(
  text: string,
  path: string,
  origin: Action['origin'],
): Promise<ReadAction> {
  const document = parseYaml(text, path);
  if (document.problems.length > 0) return { action: undefined, problems: document.problems };
  const checked = schema.safeParse(document.value);
  if (!checked.success)
    return { action: undefined, problems: problemsOf(checked.error, document, schema) };
  const raw = checked.data;
  const problems: Problem[] = [];
  const report: Report = (at, message, hint) =>
    problems.push({ message, source: document.placeOf(at), hint });
  const action: Action = {
    id: raw.id,
    title: raw.title,
    summary: raw.summary,
    references: raw.references,
    variables: raw.variables.map(toVariable),
    arguments: raw.arguments,
    needs: raw.needs,
    otherwise: raw.otherwise,
    place: raw.place,
    command: toCommand(raw),
    path,
    origin,
  };
  await checkVariables(action.variables, report);
  checkCommand(`action "${action.id}"`, action.command, [], action.variables, report);
  checkPromises(action, report);
  return { action: problems.length === 0 ? action : undefined, problems };
}

/** What an action promises beyond a command of a step: the program itself tells whether it worked. */
function checkPromises(action: Action, report: Report): void {
  const { command, variables } = action;
  const names = variables.map((variable) => variable.name);
  for (const [index, argument] of action.arguments.entries()) {
    if (!names.includes(argument))
      report(['arguments', index], `the variable "${argument}" is not declared`);
  }
  for (const [index, { name: declared }] of variables.entries()) {
    if (BUILT_IN.includes(declared))
      report(['variables', index, 'name'], `"${declared}" is a name that every action has`);
    else if (!variablesOf(command).includes(declared))
      report(['variables', index, 'name'], `the variable "${declared}" is used nowhere`);
  }
  if (command.target === '') report(['target'], 'an action names its target');
  for (const placeholder of placeholdersIn(action.title))
    report(['title'], `a title has no values, such as {{ ${placeholder} }}`);
  if (command.risk === 'read') return;
  if (command.verify?.conditions.length === 0)
    report(['verify'], 'verify has no condition: the program itself must see that it worked');
  if (command.undo !== undefined && (command.undoVerify?.conditions.length ?? 0) === 0)
    report(['undo'], 'undo has no undo_verify with a condition');
  if (command.undo === undefined && command.irreversible === '')
    report(['run'], 'an action without undo says why: irreversible');
  if (command.ttlMs !== undefined && command.expiry === undefined)
    report(['ttl'], 'what lasts for a time says how it ends: expiry: kernel or ir');
}
