/** `ir open`: a new incident, which becomes the current one. */

import type { PathProblem, Timeline } from '../detect/finding.ts';
import { EXIT, IrError, refusedError } from '../errors.ts';
import {
  DEGREES,
  DETERMINATIONS,
  type Degree,
  type Incident,
  SEVERITIES,
  type Severity,
} from '../incidents/incident.ts';
import { checkTitle, openIncident as openingEntry } from '../incidents/incident-rules.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import type { EntryPayloads, NewEntry } from '../incidents/journal-entry.ts';
import type { Proposal } from '../incidents/propose.ts';
import type { ProposedIncident } from '../incidents/proposed.ts';
import { severityBy } from '../plan/escalation.ts';
import { wrapText } from '../respond/wrap-text.ts';
import { askDetected } from './ask-detected.ts';
import { type FactOptions, readFacts, resolveLinks } from './case-facts.ts';
import type { Choice, CommandContext } from './context.ts';
import { authorOf, readInstant, readWord, withStore } from './incident-access.ts';
import { sayAsked } from './plan-asks.ts';
import { planIfReadable } from './plan-facts.ts';
import type { SavedTimeline } from './save-timeline.ts';

/** Options of `ir open`, as typed. */
export interface OpenOptions extends FactOptions {
  title?: string | undefined;
  severity?: string | undefined;
  impact?: string | undefined;
  urgency?: string | undefined;
  /** Playbook id. */
  type?: string | undefined;
  determination?: string | undefined;
  detectedAt?: string | undefined;
  occurredAt?: string | undefined;
  description?: string | undefined;
  drill?: boolean | undefined;
  /** Paths of log files: what they show proposes the fields, and is saved into the incident. */
  fromTimeline?: readonly string[] | undefined;
}

/** The incident that was opened. */
export interface OpenResult {
  incident: Incident;
  /** Workspace folder, absolute. */
  folder: string;
  /** True when this command made the store. */
  isNewStore: boolean;
  head: string;
  /** With log files: what they proposed, what was saved, and what could not be read. */
  timeline?: {
    /** `reasons` are those of the proposals that were taken. */
    proposal: Omit<Proposal, 'because'> & { reasons: readonly string[] };
    saved: SavedTimeline;
    /** The incidents that the logs show, gravest first: the proposal is of the first where there are several. */
    incidents: readonly ProposedIncident[];
    /** Number of paths that could not be read in full. */
    unreadable: number;
    /** Which, and why. */
    problems: readonly PathProblem[];
  };
}

/** Opens an incident. Asks for what is missing where somebody can be asked, else takes the usual values. */
export async function openIncident(
  context: CommandContext,
  options: OpenOptions,
): Promise<OpenResult> {
  // Flags are checked before the first question, so that a mistyped one wastes nobody's answers.
  const given = readFlags(context, options);
  assertOpens(context, given);
  const types = await playbookChoices(context, given.type);
  if (options.fromTimeline === undefined) return openWith(context, given, types);
  const { analyse } = await import('../detect/analyse.ts');
  const { readOptions } = await import('./timeline.ts');
  const timeline = await analyse(options.fromTimeline, readOptions(context, {}));
  context.progress('');
  assertRead(timeline);
  if (timeline.whyNothing !== undefined) context.say(`No events: ${timeline.whyNothing}.`);
  const argv = ['open', '--from-timeline', ...options.fromTimeline];
  return openFromTimeline(context, given, timeline, argv, types);
}

async function openFromTimeline(
  context: CommandContext,
  given: Given,
  timeline: Timeline,
  argv: readonly string[],
  types: readonly Choice<string>[],
): Promise<OpenResult> {
  const { proposeIncident } = await import('../incidents/propose.ts');
  const { saveTimeline } = await import('./save-timeline.ts');
  const incidents = await incidentsOf(context, timeline);
  // Several at once are several incidents: what is proposed is the gravest.
  const [first] = incidents;
  const chosen = new Set(incidents.length > 1 ? first?.findings : []);
  const own = timeline.findings.filter(({ id }) => chosen.size === 0 || chosen.has(id));
  const { because, ...proposal } = proposeIncident(own);
  if (context.ask.isPossible)
    sayProposal(context, [...Object.values(because), ...tellOthers(incidents)]);
  const opened = await openWith(context, given, types, proposal);
  const { incident, folder } = opened;
  const settings = { ...context.settings, store: folder, incident: incident.key };
  const saved = await saveTimeline({ ...context, settings }, timeline, argv);
  const { unreadable } = timeline;
  const reasons = [
    incident.type === proposal.type ? because.type : '',
    incident.severity === proposal.severity ? because.severity : '',
    incident.times.occurred === proposal.occurredAt ? because.occurredAt : '',
    incident.type === proposal.type ? playbooksText(first) : '',
    ...tellOthers(incidents),
  ].filter((reason) => reason !== '');
  return {
    ...opened,
    head: saved.head,
    timeline: {
      proposal: { ...proposal, reasons },
      saved,
      incidents,
      unreadable,
      problems: timeline.unread,
    },
  };
}

async function incidentsOf(
  { settings }: CommandContext,
  { findings, stories }: Timeline,
): Promise<ProposedIncident[]> {
  const { proposeIncidents } = await import('../incidents/proposed.ts');
  const { loadPlaybooks } = await import('../respond/load-playbooks.ts');
  const { suggestPlaybooks } = await import('../respond/suggest-playbook.ts');
  const { playbooks } = await loadPlaybooks(settings.env);
  return proposeIncidents(findings, stories, (own) =>
    suggestPlaybooks(playbooks, own).map(({ id }) => id),
  );
}

/** The playbooks that fit as well, and the tactics that were seen. */
function playbooksText(first: ProposedIncident | undefined): string {
  if (first === undefined || first.playbooks.length < 2) return '';
  const [, ...others] = first.playbooks;
  return `Also fits: ${others.join(', ')}; seen: ${first.tactics.join(', ')}.`;
}

/** One sentence for each incident that the logs show besides the first. */
function tellOthers(incidents: readonly ProposedIncident[]): string[] {
  if (incidents.length < 2) return [];
  const others = incidents
    .slice(1, 1 + MOST_TOLD)
    .map(({ severity, title }) => `${severity} ${title}`);
  const more = incidents.length - 1 - others.length;
  const rest = more > 0 ? `; and ${more} more` : '';
  return [
    `The logs show ${incidents.length} incidents; beside this one: ${others.join('; ')}${rest}.`,
  ];
}

/** Others that are told of in words; JSON has all. */
const MOST_TOLD = 3;

/** Whoever is asked to agree sees the grounds first. */
function sayProposal(context: CommandContext, reasons: readonly string[]): void {
  const shown = reasons.filter((reason) => reason !== '');
  const lines = shown.flatMap((reason) => wrapText(reason, context.columns ?? 80, '  '));
  context.say(['The logs propose:', ...lines].join('\n'));
}

const problemsOf = ({ files }: Timeline): PathProblem[] =>
  files.flatMap(({ path, problem }) => (problem === undefined ? [] : [{ path, problem }]));

/** A mistyped path must not end as an incident in which nothing was found. */
function assertRead(timeline: Timeline): void {
  const problems = problemsOf(timeline);
  const [first] = problems;
  if (timeline.unreadable === 0 || first === undefined) return;
  if (problems.length < timeline.files.length) return;
  throw new IrError(
    `no log could be read: ${first.path}: ${first.problem}${problems.length > 1 ? `, and ${problems.length - 1} more` : ''}`,
    {
      exit: EXIT.unreadableInput,
      hint: 'Correct the path of --from-timeline; nothing was opened.',
    },
  );
}

/** Opens an incident from a timeline that was made already, without asking. */
export const openProposed = (
  context: CommandContext,
  options: OpenOptions,
  timeline: Timeline,
  argv: readonly string[],
): Promise<OpenResult> =>
  openFromTimeline(context, readFlags(context, options), timeline, argv, []);

async function openWith(
  context: CommandContext,
  given: Given,
  types: readonly Choice<string>[],
  proposal?: Omit<Proposal, 'because'>,
): Promise<OpenResult> {
  const answers = await askMissing(context, given, types, proposal).catch((error) => {
    if (context.signal.aborted) context.say('\nStopped; nothing was opened.');
    throw error;
  });
  // Refuses what cannot be opened before a store is made for it.
  openingEntry({ key: '', ...answers }, authorOf(context));
  return withStore(
    context,
    async ({ store, isNew }) => {
      const id = context.randomId();
      const facts = await resolveLinks(context, store, answers.facts ?? {});
      const { facts: _, ...opening } = answers;
      const withFacts = Object.keys(facts).length === 0 ? opening : { ...opening, facts };
      await appendWithNextKey(context, store, id, withFacts);
      const { incident, head } = await store.load(id);
      sayAsked(context, await planIfReadable({ ...context, say: () => {} }), incident);
      return { incident, folder: store.name, isNewStore: isNew, head };
    },
    { create: true },
  );
}

type Opening = Omit<EntryPayloads['incident_opened'], 'key'>;
type Given = { [K in keyof Opening]: Opening[K] | undefined };

/** Refuses what no answer could mend: a title that is too long, times in the wrong order. */
function assertOpens(context: CommandContext, given: Given): void {
  const answered = { severity: 'SEV3', impact: 'medium', urgency: 'medium', type: '' } as const;
  const title = given.title ?? 'to be asked for';
  const { description = '', times = {} } = given;
  const rest = { key: '', determination: 'suspected', isDrill: false } as const;
  openingEntry({ ...answered, ...rest, title, description, times }, authorOf(context));
}

const readFlags = (context: CommandContext, options: OpenOptions): Given => ({
  title: options.title,
  description: options.description,
  severity: readWord(options.severity, SEVERITIES, '--severity'),
  impact: readWord(options.impact, DEGREES, '--impact'),
  urgency: readWord(options.urgency, DEGREES, '--urgency'),
  type: options.type,
  determination: readWord(options.determination, DETERMINATIONS, '--determination'),
  isDrill: options.drill,
  times: {
    occurred: readInstant(context, options.occurredAt, '--occurred-at'),
    detected: readInstant(context, options.detectedAt, '--detected-at'),
  },
  facts: readFacts(options).facts,
});

async function askMissing(
  context: CommandContext,
  given: Given,
  types: readonly Choice<string>[],
  proposal?: Omit<Proposal, 'because'>,
): Promise<Opening> {
  const { ask } = context;
  const choose = async <T>(
    value: T | undefined,
    usual: T,
    question: { message: string; flag: string; choices: readonly Choice<T>[] },
  ): Promise<T> =>
    value ?? (ask.isPossible ? await ask.select({ ...question, initial: usual }) : usual);

  const title = given.title ?? (await askTitle(context, proposal?.title));
  const plan = await planIfReadable(context);
  const askSeverity = (usual: Severity): Promise<Severity> =>
    choose<Severity>(given.severity, usual, {
      message: 'Severity',
      flag: '--severity',
      choices: SEVERITY_CHOICES,
    });
  const withoutMatrix =
    plan?.severity === undefined ? await askSeverity(proposal?.severity ?? 'SEV3') : undefined;
  const impact = await choose<Degree>(given.impact, proposal?.impact ?? 'medium', {
    message: 'Impact: how much harm it does',
    flag: '--impact',
    choices: degreeChoices,
  });
  const urgency = await choose<Degree>(given.urgency, proposal?.urgency ?? 'medium', {
    message: 'Urgency: how soon it must be handled',
    flag: '--urgency',
    choices: degreeChoices,
  });
  const planned = plan === undefined ? undefined : severityBy(plan, impact, urgency);
  if (planned !== undefined && given.severity === undefined)
    context.say(`Severity by the plan: ${planned}, for impact ${impact} and urgency ${urgency}.`);
  const severity = withoutMatrix ?? (await askSeverity(planned ?? proposal?.severity ?? 'SEV3'));
  const type = await choose<string>(given.type, proposal?.type ?? '', {
    message: 'Playbook',
    flag: '--type',
    choices: [...types, { name: 'none', value: '', description: 'No checklist for now.' }],
  });
  const detected =
    given.times?.detected ??
    (ask.isPossible ? await askDetected(context, given.times ?? {}) : undefined);
  const latest = Date.parse(detected ?? context.now().toISOString());
  // Logs of a machine whose clock is ahead cannot date the beginning.
  const proposed = proposal?.occurredAt;
  const isUsable = proposed !== undefined && Date.parse(proposed) <= latest;
  const occurred = given.times?.occurred ?? (isUsable ? proposed : undefined);
  const times = { ...given.times, occurred, detected };
  return {
    title,
    description: given.description ?? '',
    severity,
    impact,
    urgency,
    type,
    determination: given.determination ?? 'suspected',
    isDrill: given.isDrill ?? false,
    times,
    facts: given.facts,
  };
}

async function askTitle(context: CommandContext, proposed: string | undefined): Promise<string> {
  if (proposed !== undefined && !context.ask.isPossible) return proposed;
  return context.ask.text({
    message: 'What was seen, and where?',
    flag: 'ir open "TITLE"',
    required: true,
    check: checkTitle,
    ...(proposed === undefined ? {} : { initial: proposed }),
  });
}

const SEVERITY_CHOICES: readonly Choice<Severity>[] = [
  {
    name: 'SEV1',
    value: 'SEV1',
    description: 'Critical: harm is being done now to what the business lives on.',
  },
  {
    name: 'SEV2',
    value: 'SEV2',
    description: 'Major: a breach is likely or confirmed; act at any hour.',
  },
  {
    name: 'SEV3',
    value: 'SEV3',
    description: 'Moderate: limited in reach; act within working hours.',
  },
  { name: 'SEV4', value: 'SEV4', description: 'Minor: to be looked into, nothing is at risk now.' },
];

const degreeChoices: readonly Choice<Degree>[] = DEGREES.map((value) => ({ name: value, value }));

/** The playbooks to choose from; loaded only where the choice is asked for or checked. */
async function playbookChoices(
  context: CommandContext,
  type: string | undefined,
): Promise<readonly Choice<string>[]> {
  if (type === '' || (type === undefined && !context.ask.isPossible)) return [];
  const { loadPlaybooks, pickPlaybook } = await import('../respond/load-playbooks.ts');
  const loaded = await loadPlaybooks(context.settings.env);
  if (type !== undefined) pickPlaybook(loaded, type);
  return loaded.playbooks.map(({ id, title }) => ({ name: id, value: id, description: title }));
}

/** Two processes that open at the same moment see the same next key; the second one takes the one after. */
async function appendWithNextKey(
  context: CommandContext,
  store: IncidentStore,
  id: string,
  opening: Opening,
): Promise<void> {
  const author = authorOf(context);
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const key = await store.nextKey(author.now.getUTCFullYear());
    const entry: NewEntry = openingEntry({ key, ...opening }, author);
    try {
      await store.append(id, [entry]);
      return;
    } catch (error) {
      if ((await store.find(key)) === undefined) throw error;
    }
  }
  throw refusedError('other processes keep taking the next key', 'Run the command again.');
}

const MOST_ATTEMPTS = 20;
