/** What the live pages read of the store: alerts, incidents, and one incident whole. Nothing is written. */
import { existsSync } from 'node:fs';
import { messageOf } from '../errors.ts';
import { type Level, levelRank } from '../events/level.ts';
import { instantText } from '../events/words.ts';
import { clockNumber, countdown, NOT_LEGAL_ADVICE, openClocks } from '../incidents/clock-state.ts';
import type { IncidentStore, WholeIncident } from '../incidents/incident-store.ts';
import { loadWhole } from '../incidents/incident-store.ts';
import { type Alert, itemNumber } from '../incidents/items.ts';
import { isInPlace } from '../incidents/kinds/action-kinds.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import { tellJournal } from '../incidents/tell-journal.ts';
import { buildChecklist } from '../respond/checklist.ts';
import { renderText } from '../respond/render-argv.ts';
import type { ShownIncident } from '../serve/incident-panels.ts';
import type { KnownAlert, KnownIncident } from '../serve/panels.ts';
import { openStore } from '../store/open-store.ts';
import { findWorkspace } from '../store/workspace.ts';
import type { CommandContext } from './context.ts';
import { followedPlaybook } from './required-steps.ts';

/** Reads the store of the workspace, where there is one by then. */
export interface CaseReader {
  alerts(): Promise<readonly KnownAlert[]>;
  incidents(): Promise<readonly KnownIncident[]>;
  /** By key. */
  incident(key: string): Promise<ShownIncident | undefined>;
  close(): Promise<void>;
}

/** Opens the store when it is first asked and there is one. What was read is read again once something was written. */
export function readCases(context: CommandContext): CaseReader {
  let store: IncidentStore | undefined;
  const opened = async (): Promise<IncidentStore | undefined> => {
    const { folder, place, exists } = findWorkspace(context.settings);
    if (store === undefined && exists && existsSync(folder))
      store = await openStore(place, { create: false, folder });
    return store;
  };
  const kept = new Map<string, { version: string; value: Promise<unknown> }>();
  /** @param timed what also changes with time, by the minute */
  const keeping = async <T>(
    name: string,
    read: (cases: IncidentStore) => Promise<T>,
    timed = false,
  ): Promise<T | undefined> => {
    const cases = await opened();
    if (cases === undefined) return undefined;
    const minute = timed ? Math.floor(context.now().getTime() / 60_000) : 0;
    const version = `${await cases.version()} ${minute}`;
    const before = kept.get(name);
    if (before?.version === version) return (await before.value) as T;
    const value = read(cases);
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(name, { version, value });
    value.catch(() => kept.delete(name));
    return value;
  };
  return {
    alerts: async () =>
      (await keeping('alerts', async (cases) =>
        (await cases.items(STORE_JOURNAL, 'alerts')).map(shownAlert).sort(byUrgency),
      )) ?? [],
    incidents: async () =>
      (await keeping('incidents', async (cases) =>
        (
          await cases.list()
        )
          .map(({ key, title, severity, phase, status }) => ({
            ...{ key, title, phase, status },
            severity: String(severity),
          }))
          .reverse(),
      )) ?? [],
    incident: (key) =>
      keeping(
        `incident ${key}`,
        async (cases) => {
          const found = await cases.find(key);
          return found && shownOf(context, await loadWhole(cases, found.id));
        },
        true,
      ),
    close: async () => store?.close(),
  };
}

const MOST_KEPT = 50;

const shownAlert = (alert: Alert): KnownAlert => ({
  ...{ number: itemNumber('L', alert), title: alert.title, level: alert.level as Level },
  ...{ count: alert.count, why: alert.why, evidence: alert.evidence, next: alert.next },
  firstAt: instantText(alert.firstAt),
  fields: alert.entities,
  isOpen: alert.state !== 'resolved' && alert.acknowledged === undefined,
  incident: alert.incident,
  state: alert.acknowledged === undefined ? alert.state : `${alert.state}, taken on`,
  lastAt: instantText(alert.lastAt),
  entities: [...new Set(Object.values(alert.entities).flat())],
});

/** What is over comes last, then the gravest, then the latest first. */
const byUrgency = (a: KnownAlert, b: KnownAlert): number =>
  Number(a.state.startsWith('resolved')) - Number(b.state.startsWith('resolved')) ||
  levelRank(b.level) - levelRank(a.level) ||
  (a.lastAt < b.lastAt ? 1 : -1);

async function shownOf(context: CommandContext, whole: WholeIncident): Promise<ShownIncident> {
  const { incident, findings, journal, clocks, actions = [] } = whole;
  const now = context.now();
  const { steps, titles } = await checklistOf(context, whole);
  const acts = findings.map((finding) => {
    const atUs = finding.firstUs ?? finding.atUs;
    return {
      at: atUs === undefined ? '' : new Date(atUs / 1000).toISOString(),
      ...{ side: 'attacker', text: `${finding.rule.title} (${finding.level})` },
      who: [...new Set(Object.values(finding.entities).flat())].slice(0, 4).join(', '),
    };
  });
  const entries = tellJournal(journal, titles).map(({ at, actor, text, isStruck }) => ({
    ...{ at, side: 'responder', who: actor, text: isStruck ? `${text} (taken back)` : text },
  }));
  return {
    ...{ key: incident.key, title: incident.title },
    facts: [
      ['status', incident.status],
      ['phase', incident.phase],
      ['severity', String(incident.severity)],
      ...Object.entries(incident.times).flatMap(([name, at]) =>
        at === undefined ? [] : [[name.replaceAll('_', ' '), instantText(at)] as const],
      ),
    ],
    timeline: [...acts, ...entries]
      .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
      .map((one) => ({ ...one, at: one.at === '' ? 'no time' : instantText(one.at) })),
    checklist: steps,
    actions: actions.filter(isInPlace).map(({ no, name, target, host, until }) => ({
      ...{ no, name, target, host, until: until === undefined ? '' : instantText(until) },
    })),
    clocks: openClocks(clocks).map((clock) => ({
      ...{ number: clockNumber(clock), title: clock.title ?? clock.rule },
      ...{
        countdown: countdown(clock, now),
        due: clock.isAtOnce ? 'at once' : instantText(clock.dueAt),
      },
    })),
    advice: clocks.length === 0 ? '' : NOT_LEGAL_ADVICE,
  };
}

/** A playbook that cannot be read hides nothing else. */
async function checklistOf(
  context: CommandContext,
  whole: WholeIncident,
): Promise<{ steps: ShownIncident['checklist']; titles: Map<string, string> }> {
  const titles = new Map<string, string>();
  try {
    const followed = await followedPlaybook(context, whole);
    if (followed === undefined) return { steps: [], titles };
    const { playbook, values } = followed;
    for (const step of playbook.steps) titles.set(step.id, renderText(step.title, values));
    const { steps } = buildChecklist(playbook, whole, values, whole.incident.phase);
    return {
      titles,
      steps: steps
        .filter(({ status }) => status !== 'not_applicable')
        .map(({ step, status, dueAt, actor }) => ({
          ...{ id: step.id, asks: step.asks },
          ...{ state: status.replaceAll('_', ' '), title: titles.get(step.id) ?? step.id },
          ...{ due: dueAt === undefined ? '' : instantText(dueAt), who: actor },
        })),
    };
  } catch (error) {
    const title = `The checklist cannot be shown: ${messageOf(error)}`;
    return { titles, steps: [{ id: '', asks: [], state: '', title, due: '', who: '' }] };
  }
}
