/** A CACAO playbook of another program as one of ours. What it says and we cannot, is named. Pure. */
import { createHash } from 'node:crypto';
import { PHASES, type Phase } from '../../incidents/incident.ts';
import { fromCacaoCondition } from './cacao-condition.ts';
import { isObject, type Json, listAt, objectAt, textAt } from './cacao-document.ts';
import { nextOf, orderedSteps } from './workflow.ts';

/** The data of a playbook file, before it is checked, and what of the document it does not say. */
export interface FromCacao {
  id: string;
  data: Json;
  remarks: readonly string[];
}

/** Where the steps of a playbook belong, by what it is for. */
const PHASE_OF: Readonly<Record<string, Phase>> = {
  detection: 'triage',
  investigation: 'triage',
  notification: 'triage',
  mitigation: 'containment',
  engagement: 'containment',
  remediation: 'eradication',
  prevention: 'post_incident',
};

const VARIABLE_TYPES: Readonly<Record<string, string>> = {
  'ipv4-addr': 'ip',
  'ipv6-addr': 'ip',
  integer: 'number',
  long: 'number',
};

/** Makes the data of a playbook file. */
export function foreignPlaybook(document: Json): FromCacao {
  const remarks: string[] = [];
  const title = lineOf(textAt(document, 'name')) || 'Playbook without a name';
  const id = slugOf(title);
  const variables = variablesOf(document, remarks);
  const known = new Set(variables.map(({ name }) => name));
  const types = listAt(document, 'playbook_types').map(String);
  const phase =
    types.map((type) => PHASE_OF[type]).find((one) => one !== undefined) ?? 'containment';
  const steps = stepsOf(document, known, remarks);
  remarks.push(`all its steps are taken into ${phase}: CACAO has no phases`);
  if (steps.length > 0)
    remarks.push(
      'roles, due times, evidence and what must be asked are not in it: give them to the steps',
    );
  for (const key of [
    'signatures',
    'markings',
    'authentication_info_definitions',
    'workflow_exception',
    'valid_until',
  ])
    if (Object.hasOwn(document, key)) remarks.push(`${key} of the playbook is not kept`);
  const data: Json = {
    id,
    title,
    summary:
      proseOf(textAt(document, 'description')) ||
      `Taken from the CACAO playbook ${textAt(document, 'id')}.`,
    references: referencesOf(document),
    variables,
    phases: Object.fromEntries(
      PHASES.map((one) => [one, one === phase && steps.length > 0 ? steps : [emptyStep(one)]]),
    ),
  };
  return { id, data, remarks };
}

const lineOf = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 200);
const proseOf = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .trim()
    .slice(0, 3900);

const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '') || 'imported-playbook';

const emptyStep = (phase: Phase): Json => ({
  id: `decide-on-${phase.replace('_', '-')}`,
  title: `Decide what ${phase.replace('_', '-')} needs`,
  why: 'The playbook that this one was taken from says nothing about it.',
  instructions: 'Write down what is needed, or skip the step with a reason.',
});

const referencesOf = (document: Json): Json[] =>
  listAt(document, 'external_references')
    .flatMap((entry): Json[] => {
      if (!isObject(entry) || !/^https:\/\/[^\s]+$/.test(textAt(entry, 'url'))) return [];
      return [
        {
          title: lineOf(textAt(entry, 'name')) || textAt(entry, 'url').slice(0, 200),
          url: textAt(entry, 'url'),
        },
      ];
    })
    .slice(0, 20);

interface ImportedVariable extends Json {
  name: string;
}

function variablesOf(document: Json, remarks: string[]): ImportedVariable[] {
  const found: ImportedVariable[] = [];
  const scopes = [
    objectAt(document, 'playbook_variables'),
    ...orderedSteps(document).map((step) => objectAt(step, 'step_variables')),
  ];
  for (const [key, value] of scopes.flatMap((scope) => Object.entries(scope))) {
    const name = nameOf(key);
    if (!isObject(value) || found.some((one) => one.name === name)) continue;
    const type = textAt(value, 'type');
    if (['list', 'dictionary'].includes(type)) {
      remarks.push(`the variable ${key} is a ${type}, which no variable can be: it is left out`);
      continue;
    }
    if (found.length === 30) {
      remarks.push(`the variable ${key} is one too many, and left out`);
      continue;
    }
    const description = lineOf(textAt(value, 'description')) || `Variable ${name}`;
    const usual = textAt(value, 'value');
    if (usual !== '')
      remarks.push(
        `the value of ${key} is in its description: a value of a stranger is never filled in by itself`,
      );
    found.push({
      ...{ name, type: VARIABLE_TYPES[type] ?? 'text' },
      description: lineOf(usual === '' ? description : `${description} (given: ${usual})`),
    });
  }
  return found;
}

/** `__IP-Address__` as a variable of ours is named. */
const nameOf = (key: string): string =>
  key
    .replace(/^_+|_+$/g, '')
    .toLowerCase()
    .replace(/[^a-z0-9_]/g, '_')
    .replace(/^[^a-z]+/, '') || 'value';

function stepsOf(document: Json, known: ReadonlySet<string>, remarks: string[]): Json[] {
  const workflow = objectAt(document, 'workflow');
  const { asked, conditions } = branchesOf(workflow, known, remarks);
  const ids = new Set<string>();
  const steps: Json[] = [];
  for (const step of orderedSteps(document)) {
    const type = textAt(step, 'type');
    const name = lineOf(textAt(step, 'name')) || `${type} step`;
    if (type === 'start' || type === 'end') continue;
    const question = asked.get(textAt(step, '$id'));
    const isBranch = type === 'if-condition' || type === 'switch-condition';
    if (isBranch && question === undefined) continue;
    if (type === 'parallel') {
      remarks.push(
        `"${name}" has its branches at the same time: here they come one after the other`,
      );
      continue;
    }
    if (type === 'while-condition')
      remarks.push(
        `"${name}" repeats its steps while ${textAt(step, 'condition')}: here they come once`,
      );
    if (type === 'while-condition') continue;
    if (steps.length === 195) {
      remarks.push(`"${name}" and what follows it is left out: a phase has at most 200 steps`);
      break;
    }
    for (const key of ['delay', 'timeout', 'on_failure'])
      if (Object.hasOwn(step, key)) remarks.push(`${key} of "${name}" is not kept`);
    const id = uniqueId(slugOf(name), textAt(step, '$id'), ids);
    const when = conditions.get(textAt(step, '$id'));
    steps.push({
      id,
      title: name,
      why: proseOf(textAt(step, 'description')) || 'The source gives no reason.',
      instructions: isBranch
        ? `It decides what comes next: ${proseOf(textAt(step, 'condition') || textAt(step, 'switch'))}`
        : proseOf(instructionsOf(step, document, name, remarks)),
      ...(question === undefined ? {} : { asks: [question] }),
      ...(when === undefined ? {} : { when }),
    });
  }
  return steps;
}

function uniqueId(slug: string, key: string, ids: Set<string>): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 6);
  const id = ids.has(slug) ? `${slug.slice(0, 50)}-x${hash}` : slug;
  ids.add(id);
  return id;
}

/** What is asked before a branch, by the step that branches, and the condition of each step behind it. */
interface Branches {
  asked: ReadonlyMap<string, string>;
  conditions: ReadonlyMap<string, string>;
}

/** Those that say more than one comparison of a variable are named. */
function branchesOf(workflow: Json, known: ReadonlySet<string>, remarks: string[]): Branches {
  const asked = new Map<string, string>();
  const conditions = new Map<string, string>();
  for (const [id, step] of Object.entries(workflow)) {
    if (!isObject(step)) continue;
    const ways = waysOf(step, known, remarks);
    const variable = /var\.(\w+)/.exec(ways[0]?.when ?? '')?.[1];
    if (variable === undefined) continue;
    asked.set(id, variable);
    // A step to which several ways lead comes up whichever is taken.
    const reached = [
      ...ways.map(({ to }) => reachable(workflow, to)),
      reachable(workflow, textAt(step, 'on_completion')),
    ];
    for (const [index, { when }] of ways.entries()) {
      for (const target of reached[index] ?? []) {
        if (reached.filter((set) => set.has(target)).length > 1) continue;
        const before = conditions.get(target);
        conditions.set(target, before === undefined ? when : `${before} and ${when}`);
      }
    }
  }
  return { asked, conditions };
}

/** The ways out of a step that branches, each with its condition; none where it cannot be expressed. */
function waysOf(
  step: Json,
  known: ReadonlySet<string>,
  remarks: string[],
): { to: string; when: string }[] {
  const type = textAt(step, 'type');
  const name = lineOf(textAt(step, 'name')) || type;
  if (type === 'if-condition') {
    const text = textAt(step, 'condition');
    const when = fromCacaoCondition(text);
    if (when !== undefined && known.has(/^var\.(\w+)/.exec(when)?.[1] ?? ''))
      return [
        { to: textAt(step, 'on_true'), when },
        { to: textAt(step, 'on_false'), when: `not (${when})` },
      ];
    remarks.push(
      `the condition of "${name}" cannot be expressed, and its steps always come up: ${text}`,
    );
  }
  if (type !== 'switch-condition') return [];
  const variable = nameOf(textAt(step, 'switch').replace(/:value$/, ''));
  const cases = Object.entries(objectAt(step, 'cases')).filter(([value]) => value !== 'default');
  if (!known.has(variable) || cases.some(([value]) => !/^[\w -]+$/.test(value))) {
    remarks.push(
      `the switch of "${name}" cannot be expressed, and its steps always come up: ${textAt(step, 'switch')}`,
    );
    return [];
  }
  const list = cases.map(([value]) => `"${value}"`).join(', ');
  return [
    ...cases.map(([value, to]) => ({ to: String(to), when: `var.${variable} == "${value}"` })),
    { to: textAt(objectAt(step, 'cases'), 'default'), when: `var.${variable} not in [${list}]` },
  ];
}

/** The steps that come from there on. */
function reachable(workflow: Json, from: string): Set<string> {
  const seen = new Set<string>();
  const open = [from];
  while (open.length > 0) {
    const id = open.pop() as string;
    if (seen.has(id) || !Object.hasOwn(workflow, id)) continue;
    seen.add(id);
    open.push(...nextOf(objectAt(workflow, id)));
  }
  return seen;
}

/** What to do, with the commands as text: their risk and their undo are not known, so none is run from here. */
function instructionsOf(step: Json, document: Json, name: string, remarks: string[]): string {
  if (textAt(step, 'type') === 'playbook-action') {
    remarks.push(`"${name}" runs another playbook: it is a step that says so`);
    return `Follow the playbook ${textAt(step, 'playbook_id')}.`;
  }
  const agents = objectAt(document, 'agent_definitions');
  const agent = textAt(objectAt(agents, textAt(step, 'agent')), 'name');
  const texts = listAt(step, 'commands')
    .filter(isObject)
    .map((command): string => {
      const type = textAt(command, 'type');
      const text =
        textAt(command, 'command') ||
        decoded(textAt(command, 'command_b64')) ||
        textAt(command, 'description');
      if (type === 'manual') return text;
      remarks.push(
        `the ${type} command of "${name}" is text to read: give the step a command with risk, verify and undo`,
      );
      return `Command (${type}): ${text}`;
    });
  if (listAt(step, 'targets').length > 0) remarks.push(`the targets of "${name}" are not kept`);
  const all = [...texts, agent === '' ? '' : `Done by: ${agent}.`].filter((text) => text !== '');
  return all.join('\n') || 'The source does not say how.';
}

const decoded = (text: string): string => Buffer.from(text, 'base64').toString('utf8');
