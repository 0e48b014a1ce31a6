/** A playbook as a CACAO 2.0 document. What CACAO has no words for stands in extensions, so that nothing is lost. Pure. */
import type { Phase } from '../../incidents/incident.ts';
import { quoteArgv } from '../../processes/quote.ts';
import { durationMs, type RawVariable } from '../command-schema.ts';
import type { Condition } from '../condition.ts';
import { parseCondition } from '../parse-condition.ts';
import { phasesOf, type RawPlaybook, type RawStep } from '../playbook-schema.ts';
import { toArgv } from '../to-command.ts';
import { toCacaoCondition } from './cacao-condition.ts';
import { EXTENSION, IDENTITY, identifier, type Json } from './cacao-document.ts';

/** What our phases are among the types of CACAO's playbooks. */
const TYPES: Readonly<Record<Phase, string>> = {
  triage: 'investigation',
  containment: 'mitigation',
  eradication: 'remediation',
  recovery: 'remediation',
  post_incident: 'prevention',
};

const ACTIVITIES: Readonly<Record<Phase, string>> = {
  triage: 'analyze-collected-data',
  containment: 'restrict-access',
  eradication: 'eliminate-risk',
  recovery: 'restore-capabilities',
  post_incident: 'identify-steps',
};

const VARIABLE_TYPES: Readonly<Partial<Record<RawVariable['type'], string>>> = {
  cidr: 'ipv4-addr',
  number: 'integer',
  pid: 'integer',
  port: 'integer',
};

/** The document; `at` is when it was made. */
export function toCacao(raw: RawPlaybook, at: Date): Json {
  const steps = phasesOf(raw).flatMap(([phase, all]) => all.map((step) => ({ phase, step })));
  const phases = phasesOf(raw).map(([phase]) => phase);
  const made = at.toISOString();
  const { phases: _, ...head } = raw;
  return {
    type: 'playbook',
    spec_version: 'cacao-2.0',
    id: identifier('playbook', raw.id),
    name: raw.title,
    description: raw.summary,
    playbook_types: [...new Set(phases.map((phase) => TYPES[phase]))],
    playbook_activities: [...new Set(phases.map((phase) => ACTIVITIES[phase]))],
    created_by: IDENTITY,
    created: made,
    modified: made,
    ...(raw.applies_to.techniques.length === 0 ? {} : { labels: raw.applies_to.techniques }),
    ...(raw.references.length === 0
      ? {}
      : { external_references: raw.references.map(({ title, url }) => ({ name: title, url })) }),
    playbook_variables: variablesOf(
      raw,
      steps.map(({ step }) => step),
    ),
    ...workflowOf(raw, steps),
    playbook_extensions: { [EXTENSION]: head },
    agent_definitions: Object.fromEntries(
      [...new Set(steps.map(({ step }) => step.owner))].map((role) => [
        agentOf(role),
        {
          type: 'group',
          name: role.replaceAll('_', ' '),
          description: `Role in the response: ${role}`,
        },
      ]),
    ),
    extension_definitions: {
      [EXTENSION]: {
        type: 'extension-definition',
        name: 'Breachline playbook',
        description:
          'Phases, reasons, questions, due times, evidence, roles, risk, verification and undo of a step; of a playbook what it applies to and leads to.',
        created_by: IDENTITY,
        schema:
          'docs/schemas/playbook.json of Breachline: a step is one of its steps with the key phase, a playbook all else of it.',
        version: '1.0.0',
      },
    },
  };
}

const agentOf = (role: string): string => identifier('group', role);

/** Variables of the playbook, and what conditions ask of the incident: facts that come from outside. */
function variablesOf(raw: RawPlaybook, steps: readonly RawStep[]): Json {
  const own = raw.variables.map((variable): [string, Json] => [
    `__${variable.name}__`,
    {
      type: VARIABLE_TYPES[variable.type] ?? (variable.type === 'ip' ? 'ipv4-addr' : 'string'),
      description: variable.description,
      ...(variable.default === undefined ? {} : { value: variable.default }),
      constant: false,
      external: true,
    },
  ]);
  const asked = new Map<string, Json>();
  for (const { when } of steps) {
    if (when === undefined) continue;
    for (const [name, description] of factsIn(parseCondition(when)))
      asked.set(`__${name}__`, { type: 'string', description, constant: false, external: true });
  }
  return Object.fromEntries([...asked, ...own]);
}

function factsIn(condition: Condition): [string, string][] {
  const facts = new Map<string, string>();
  toCacaoCondition(condition, (name, description) => facts.set(name, description));
  return [...facts];
}

interface PlacedStep {
  phase: Phase;
  step: RawStep;
}

/** Steps one after the other; one with a condition is the branch of an if, which ends by itself. */
function workflowOf(raw: RawPlaybook, steps: readonly PlacedStep[]): Pick<Json, string> {
  const start = identifier('start', raw.id);
  const end = identifier('end', raw.id);
  const entry = ({ step }: PlacedStep): string =>
    step.when === undefined ? idOf(raw, step) : identifier('if-condition', `${raw.id}/${step.id}`);
  const workflow: Json = {
    [start]: { type: 'start', on_completion: steps[0] === undefined ? end : entry(steps[0]) },
  };
  for (const [index, placed] of steps.entries()) {
    const after = steps[index + 1];
    const next = after === undefined ? end : entry(after);
    const { when } = placed.step;
    if (when === undefined) {
      workflow[idOf(raw, placed.step)] = actionOf(placed, next);
      continue;
    }
    const own = identifier('end', `${raw.id}/${placed.step.id}`);
    workflow[entry(placed)] = {
      type: 'if-condition',
      name: `Does "${placed.step.id}" apply?`,
      condition: toCacaoCondition(parseCondition(when), () => {}),
      on_true: idOf(raw, placed.step),
      on_completion: next,
    };
    workflow[idOf(raw, placed.step)] = actionOf(placed, own);
    workflow[own] = { type: 'end' };
  }
  workflow[end] = { type: 'end' };
  return { workflow_start: start, workflow };
}

const idOf = (raw: RawPlaybook, step: RawStep): string =>
  identifier('action', `${raw.id}/${step.id}`);

function actionOf({ phase, step }: PlacedStep, next: string): Json {
  return {
    type: 'action',
    name: step.title,
    description: step.why,
    ...(step.command === undefined ? {} : { timeout: durationMs(step.command.timeout) }),
    commands: commandsOf(step),
    agent: agentOf(step.owner),
    ...(step.asks.length === 0 ? {} : { out_args: step.asks.map((name) => `__${name}__`) }),
    on_completion: next,
    step_extensions: { [EXTENSION]: { phase, ...step } },
  };
}

/** What reads is a command; what changes something is work for a person, since nobody else knows of check, verify and undo. */
function commandsOf({ instructions, command, action }: RawStep): Json[] {
  const manual: Json = { type: 'manual', command: toCacaoText(instructions) };
  if (action !== undefined)
    return [
      manual,
      {
        type: 'manual',
        command: toCacaoText(
          `Action ${action.name} of the catalogue: ${JSON.stringify(action.with)}`,
        ),
      },
    ];
  if (command === undefined) return [manual];
  const run = toCacaoText(quoteArgv(toArgv(command.run)));
  if (command.risk === 'read') return [manual, { type: 'bash', command: run }];
  const parts = [
    `${command.risk}: ${run}`,
    command.verify === undefined
      ? ''
      : `verify: ${toCacaoText(quoteArgv(toArgv(command.verify.run)))}`,
    command.undo === undefined ? '' : `undo: ${toCacaoText(quoteArgv(toArgv(command.undo)))}`,
  ];
  return [manual, { type: 'manual', command: parts.filter((part) => part !== '').join('\n') }];
}

/** `{{ source_ip }}` as CACAO writes a variable. */
const toCacaoText = (text: string): string =>
  text.replace(/\{\{\s*([a-z0-9_]+)(\.[a-z]+)?\s*\}\}/g, '__$1__:value');
