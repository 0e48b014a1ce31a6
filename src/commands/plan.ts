/** `ir plan init`, `ir plan show`: the incident response plan. */
import { basename, dirname, resolve } from 'node:path';
import ipaddr from 'ipaddr.js';
import { assertCountry } from '../clocks/calendar.ts';
import { usageError } from '../errors.ts';
import { assertZone } from '../logs/time-zone.ts';
import { reachable } from '../plan/escalation.ts';
import type { Plan } from '../plan/read-plan.ts';
import { type PlanAnswers, planText } from '../plan/write-plan.ts';
import { quoteArgv } from '../processes/quote.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { planNamed, planPaths } from './plan-facts.ts';
import type { Cell, ReceiptResult, TableResult } from './table-result.ts';
import { assertWritable, writeWhole } from './write-file.ts';

/** Options of `ir plan init`, as typed. */
export interface PlanInitOptions extends PlanAnswers {
  output?: string | undefined;
  force?: boolean | undefined;
}

/** The questions, ten at most; each has a flag. An empty answer leaves the place open. */
const QUESTIONS = [
  ['organisation', '--organisation', 'Who are you, in one line?'],
  ['zone', '--zone', 'In which time zone are days counted? (Europe/Berlin)'],
  ['country', '--country', 'Whose holidays count? (DE, DE-BY, US)'],
  ['commander', '--commander', 'Who leads the response?'],
  ['commanderContact', '--commander-contact', 'How are they reached when mail and chat are not?'],
  ['deputy', '--deputy', 'Who leads when they cannot?'],
  ['deputyContact', '--deputy-contact', 'How is the deputy reached?'],
  ['legal', '--legal', 'Who is your counsel?'],
  ['neverBlock', '--never-block', 'Addresses that must never be blocked, with blanks between'],
  ['logs', '--logs', 'Log files or folders that must be written to, with blanks between'],
] as const satisfies readonly (readonly [keyof PlanAnswers, string, string])[];

/** Writes a new plan. @throws IrError (exit 2) for an answer that will not do, (exit 6) where a plan is there */
export async function initPlan(
  context: CommandContext,
  { output, force = false, ...given }: PlanInitOptions,
): Promise<ReceiptResult> {
  const { folder, exists } = findWorkspace(context.settings);
  const [ofWorkspace = '', own = ''] = planPaths(context);
  const usual = exists ? ofWorkspace : own;
  const path = output === undefined ? usual : resolve(context.settings.cwd, output);
  const target = {
    ...{ path, shown: output ?? path, flag: '--output', isForced: force },
    ...(path === ofWorkspace ? { ownFolder: folder } : {}),
  };
  for (const [key, flag] of QUESTIONS) check(flag, given[key]);
  const mayReplace = await assertWritable(context, target);
  const answers: Record<string, string | readonly string[] | undefined> = {};
  for (const [key, flag, message] of QUESTIONS) {
    const answer = given[key] ?? (await askOne(context, flag, message));
    const isList = key === 'neverBlock' || key === 'logs';
    const said = typeof answer === 'string' ? answer.trim() : answer;
    answers[key] =
      said === undefined || said.length === 0 ? undefined : isList ? listOf(said) : said;
  }
  const isAnswered = QUESTIONS.every(([key]) => answers[key] !== undefined);
  await writeWhole(context, { ...target, isForced: mayReplace }, planText(answers));
  return {
    lines: [
      [`The plan is written: ${target.shown}`],
      ...(context.ask.isPossible || isAnswered
        ? []
        : [['Nobody could be asked: what no option gave stands empty in it, to be filled in.']]),
    ],
    next: [
      { command: 'ir plan check', shows: 'what is there, missing or stale' },
      { command: 'ir plan show', shows: 'what it says' },
    ],
    document: { plan: path },
  };
}

async function askOne(
  { ask }: CommandContext,
  flag: string,
  message: string,
): Promise<string | undefined> {
  if (!ask.isPossible) return undefined;
  return ask.text({ message, flag, check: (answer) => check(flag, answer) });
}

const listOf = (said: string | readonly string[]): string[] =>
  typeof said === 'string' ? said.split(/[\s,]+/).filter((one) => one !== '') : [...said];

/** What is refused before the file is written: it would be a mistake in it. */
function check(flag: string, answer: string | readonly string[] | undefined): void {
  if (answer === undefined || answer.length === 0) return;
  if (flag === '--zone' && typeof answer === 'string') assertZone(answer.trim(), flag);
  if (flag === '--country' && typeof answer === 'string') assertCountry(answer.trim());
  if (flag === '--never-block') {
    const wrong = listOf(answer).find((one) => !isAddress(one));
    if (wrong !== undefined)
      throw usageError(
        `${flag}: "${wrong}" is no address or network`,
        'Write 203.0.113.7 or 2001:db8::/32.',
      );
  }
  const long = [answer].flat().find((one) => one.length > 300 || /[\n\r]/.test(one));
  if (long !== undefined) throw usageError(`${flag}: longer than one line of 300 characters`);
}

const isAddress = (value: string): boolean =>
  ipaddr.isValid(value) ? !/^\d+$/.test(value) : ipaddr.isValidCIDR(value);

/** What the plan in force, or that of the file, says, a row for each line of it. @throws IrError (exit 3) at the place of a mistake */
export async function showPlan(
  context: CommandContext,
  file: string | undefined,
): Promise<TableResult> {
  const plan = await planNamed(context, file);
  const rows = rowsOf(plan);
  return {
    title:
      plan.path === undefined
        ? 'There is no plan.'
        : `Plan: ${basename(dirname(plan.path))}/${basename(plan.path)}`,
    heads: ['Part', 'What', 'Says'],
    rows,
    notes: [],
    next:
      plan.path === undefined
        ? [{ command: 'ir plan init', shows: 'asks ten questions and writes one' }]
        : [
            {
              command: file === undefined ? 'ir plan check' : `ir plan check ${quoteArgv([file])}`,
              shows: 'what is there, missing or stale',
            },
          ],
    documents: rows.map(([part, what, says]) => ({ part, what, says })),
    about: { plan: plan.path },
  };
}

function rowsOf(plan: Plan): Cell[][] {
  const { retention = {}, severity = {} } = plan;
  const nameOf = (id: string): string => {
    const [first] = reachable(plan, id);
    return first === undefined || first.name === id ? id : `${id} (${first.name})`;
  };
  const settings = { organisation: plan.organisation, zone: plan.zone, country: plan.country };
  return [
    ...Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [['about', name, value]],
    ),
    ...plan.contacts.map((one) => [
      ...['contact', `${one.id}: ${one.name}`],
      [
        one.reach,
        one.out_of_band === undefined ? undefined : `out of band ${one.out_of_band}`,
        one.confirmed === undefined ? 'never confirmed' : `confirmed ${one.confirmed}`,
      ]
        .filter((part) => part !== undefined)
        .join('; '),
    ]),
    ...plan.team.map(({ role, who, deputies }) => [
      ...['role', role],
      [nameOf(who), ...deputies.map((one) => `else ${nameOf(one)}`)].join(', '),
    ]),
    ...Object.entries(severity).flatMap(([impact, cells]) =>
      Object.entries(cells ?? {}).map(([urgency, value]) => [
        ...['severity', `impact ${impact}, urgency ${urgency}`, value],
      ]),
    ),
    ...plan.escalation.map(({ when, to, why }) => [
      'escalation',
      Object.entries(when)
        .map(([name, value]) => `${name} ${[value].flat().join(' or ')}`)
        .join(', '),
      `${to.map(nameOf).join(', ')}${why === undefined ? '' : `: ${why}`}`,
    ]),
    ...Object.entries(plan.updates ?? {}).map(([name, every]) => [
      'updates',
      name,
      `every ${every}`,
    ]),
    ...plan.communication.map(({ who, to, may_say: says, over, after }) => [
      ...['communication', `${nameOf(who)} to ${to}`],
      `${says}${over === undefined ? '' : `, over ${over}`}${after === undefined ? '' : `, after ${nameOf(after)}`}`,
    ]),
    ...Object.entries(plan.never_block).map(([name, all]) => ['never block', name, all.join(', ')]),
    ...plan.systems.map(({ name, owner, holds, critical }) => [
      ...['system', `${name}${critical ? ' (critical)' : ''}`],
      `${owner === undefined ? 'no owner' : nameOf(owner)}${holds === undefined ? '' : `; holds ${holds}`}`,
    ]),
    ...plan.logs.map((one) => ['logs', one.path, `within ${one.max_age}`]),
    ...plan.backups.map((one) => ['backup', one.path, `verified every ${one.verify_every}`]),
    ...Object.entries(retention).map(([name, value]) => ['retention', name, value]),
    ...plan.contracts.map(({ id, regime, title }) => ['clock', id, `${title} (${regime})`]),
  ];
}
