/** `ir close`: ends an incident. */
import { IrError, refusedError } from '../errors.ts';
import { clockNumber, openClocks } from '../incidents/clock-state.ts';
import { DETERMINATIONS, type Incident } from '../incidents/incident.ts';
import { closeIncident as closingEntry, updateIncident } from '../incidents/incident-rules.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { NewEntry } from '../incidents/journal-entry.ts';
import { type Metrics, metricsOf } from '../incidents/key-times.ts';
import { isInPlace } from '../incidents/kinds/action-kinds.ts';
import type { RequiredStep } from '../incidents/phase-gate.ts';
import { askDetected } from './ask-detected.ts';
import type { CommandContext } from './context.ts';
import { assertFound, authorOf, readInstant, readWord, withIncident } from './incident-access.ts';
import { requiredStepsOf } from './required-steps.ts';

/** The incident as it was closed. */
export interface CloseResult {
  incident: Incident;
  metrics: Metrics;
  /** Required steps that were open when it was closed. */
  openSteps: readonly RequiredStep[];
  head: string;
}

/** Options of `ir close`. */
export interface CloseOptions {
  reason?: string | undefined;
  detectedAt?: string | undefined;
  determination?: string | undefined;
  /** Close although required steps are open. */
  yes?: boolean | undefined;
}

/** Closes the incident; what it turned out to be, and when it was noticed, can be said in the same breath. */
export async function closeIncident(
  context: CommandContext,
  options: CloseOptions,
): Promise<CloseResult> {
  const determination = readWord(options.determination, DETERMINATIONS, '--determination');
  const reason = options.reason ?? '';
  let detected = readInstant(context, options.detectedAt, '--detected-at');
  return withIncident(context, async (store, { id }) => {
    const entriesFor = ({ incident, steps }: IncidentDetail): NewEntry[] => {
      const author = authorOf(context);
      const changes = {
        ...(determination === undefined ? {} : { determination }),
        ...(detected === undefined ? {} : { times: { detected } }),
      };
      const times = { ...incident.times, ...changes.times };
      const closing = closingEntry(
        { incident: { ...incident, ...changes, times }, steps },
        reason,
        author,
      );
      if (Object.keys(changes).length === 0) return [closing];
      return [updateIncident(incident, changes, reason, author), closing];
    };
    const before = await store.load(id);
    // What would be refused anyway is refused before anybody is asked.
    entriesFor(before);
    const openSteps = await openRequiredSteps(context, before);
    assertNoClock(before, options);
    if (options.yes !== true) {
      await assertWanted(context, before.incident, openSteps);
      await assertNothingInPlace(context, before);
      const { times } = before.incident;
      if (context.ask.isPossible && (detected ?? times.detected) === undefined)
        detected = await askDetected(context, times);
    }
    await store.append(id, (state) => entriesFor(assertFound(state)));
    const { incident, head } = await store.load(id);
    return { incident, metrics: metricsOf(incident.times), openSteps, head };
  });
}

/** Required steps that are neither done nor skipped; none, and that is said, when the playbook cannot be had. */
async function openRequiredSteps(
  context: CommandContext,
  detail: IncidentDetail,
): Promise<readonly RequiredStep[]> {
  const answered = new Set(
    detail.steps.filter(({ status }) => status !== 'pending').map(({ stepId }) => stepId),
  );
  try {
    const required = await requiredStepsOf(context, detail);
    return required.filter(({ stepId }) => !answered.has(stepId));
  } catch (error) {
    if (!(error instanceof IrError)) throw error;
    context.say(
      `the playbook "${detail.incident.type}" cannot be read, so open steps are not known: ${error.message}`,
    );
    return [];
  }
}

/** A deadline that runs ends with what was sent, or with why nothing has to be. */
function assertNoClock({ incident, clocks }: IncidentDetail, { yes, reason }: CloseOptions): void {
  const open = openClocks(clocks);
  if (open.length === 0 || (yes === true && reason !== undefined)) return;
  const names = open.map((clock) => `${clockNumber(clock)} (${clock.rule})`).join(', ');
  throw refusedError(
    `${incident.key} has ${open.length === 1 ? 'a clock' : `${open.length} clocks`} running: ${names}`,
    'End them with ir clock submit or ir clock waive; or close it with --yes and --reason.',
  );
}

/** What is still changed on production outlives the case: it is named, and asked about. */
async function assertNothingInPlace(
  context: CommandContext,
  { incident, actions = [] }: IncidentDetail,
): Promise<void> {
  const open = actions.filter((action) => isInPlace(action) && action.irreversible === undefined);
  if (open.length === 0) return;
  const names = open.map(({ no, name, target, host }) => `${no} (${name} on ${target}, ${host})`);
  const what = `${incident.key} has changed production, and this is still in place: ${names.join(', ')}`;
  await assertCloseAnyway(context, what, 'Take it back with: ir undo --all');
}

async function assertWanted(
  context: CommandContext,
  { key }: Incident,
  openSteps: readonly RequiredStep[],
): Promise<void> {
  if (openSteps.length === 0) return;
  const names = openSteps.map(({ stepId, phase }) => `${stepId} (${phase})`).join(', ');
  const what = `${key} has ${openSteps.length} required ${openSteps.length === 1 ? 'step' : 'steps'} open: ${names}`;
  await assertCloseAnyway(context, what, 'Answer them with: ir respond');
}

/** Asks whether to close in spite of `what`. @throws IrError (exit 6) where nobody wants or can be asked, with the remedy */
async function assertCloseAnyway(
  context: CommandContext,
  what: string,
  remedy: string,
): Promise<void> {
  const isWanted =
    context.ask.isPossible &&
    (await context.ask.confirm({
      message: `${what}. Close it all the same?`,
      flag: '--yes',
      initial: false,
    }));
  if (isWanted) return;
  throw refusedError(what, `${remedy}; or close it all the same with --yes. Nothing was changed.`);
}
