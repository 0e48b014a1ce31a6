/** What `ir watch --alerts` adds: alerts from findings and figures, incidents that are opened for them, and what has to be done by time. */
import { createFigures } from '../alerts/figures.ts';
import { hasCommonActor } from '../alerts/group.ts';
import { createHostFigures } from '../alerts/host-figures.ts';
import { configPaths } from '../config.ts';
import { readConfig } from '../configuration/read-configuration.ts';
import { messageOf } from '../errors.ts';
import type { Event } from '../events/event.ts';
import type { IncidentStore } from '../incidents/incident-store.ts';
import { type Alert, itemNumber } from '../incidents/items.ts';
import { STORE_JOURNAL } from '../incidents/store-journal.ts';
import type { LiveSink } from '../watch/live-finding.ts';
import { createAlertSink } from './alert-sink.ts';
import type { CommandContext } from './context.ts';
import { authorOf } from './incident-access.ts';
import { entryBy } from './write-items.ts';

/** Alerts of a watch while it runs. */
export interface WatchAlerts {
  sink: LiveSink;
  /** Sees every event, for figures. */
  onEvent(event: Event): void;
  /** Sends what waits, and closes the store. */
  close(): Promise<void>;
}

const HOUSEKEEPING_MS = 60_000;

/** Opens the store, and makes one where there is none. @throws IrError for a trigger or store that cannot be used */
export async function openAlerts(
  context: CommandContext,
  watch: string,
  { open = false, replayed = false }: { open?: boolean; replayed?: boolean },
): Promise<WatchAlerts> {
  const { findWorkspace } = await import('../store/workspace.ts');
  const { openStore } = await import('../store/open-store.ts');
  const { env, cwd, store: named } = context.settings;
  const { place, folder } = findWorkspace(context.settings);
  const store = await openStore(place, { create: true, folder });
  const { alerts: section } = readConfig(configPaths(env, cwd, named));
  const figures = createFigures(() => context.now().getTime());
  const host = createHostFigures(section.disks ?? ['/'], section.certificates ?? []);
  try {
    const sink = await createAlertSink(context, {
      ...{ store, watch, withReplayed: replayed },
      samples: (nowMs) => ({ ...figures.samples(nowMs), ...host.samples(nowMs) }),
      ...(open && { open: (alert: Alert) => incidentFor(context, store, alert) }),
    });
    let housekeptMs = context.now().getTime();
    let housekeeping: Promise<void> | undefined;
    return {
      sink: {
        ...sink,
        async tick(nowMs) {
          await sink.tick?.(nowMs);
          if (nowMs - housekeptMs < HOUSEKEEPING_MS || housekeeping !== undefined) return;
          housekeptMs = nowMs;
          housekeeping = keepHouse(context).finally(() => {
            housekeeping = undefined;
          });
        },
      },
      onEvent: figures.event,
      async close() {
        await housekeeping;
        await sink.finish();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Notices that time causes, and actions that have run out. What fails is said and tried again. */
async function keepHouse(context: CommandContext): Promise<void> {
  const quiet: CommandContext = { ...context, settings: { ...context.settings, format: 'json' } };
  const { readChannels } = await import('./notify-channels.ts');
  try {
    if (readChannels(quiet).length > 0) {
      const { notifyDue } = await import('./notify-due.ts');
      await notifyDue(quiet, {});
    }
    const { listActions } = await import('./actions.ts');
    await listActions(quiet, { expire: true });
  } catch (error) {
    context.say(`What is due could not be done: ${messageOf(error)}`);
  }
}

/** The open incident of the same actor, which gets a note, else a new one; never two for one alert, also after a kill. */
async function incidentFor(
  context: CommandContext,
  store: IncidentStore,
  alert: Alert,
): Promise<string | undefined> {
  const all = await store.list();
  const mark = `alert ${alert.id}`;
  const opened = all.find(({ description }) => description.includes(mark));
  if (opened !== undefined) return opened.key;
  const related = (await store.items(STORE_JOURNAL, 'alerts')).find(
    (other) =>
      other.incident !== undefined && other.id !== alert.id && hasCommonActor(other, alert),
  );
  const same = all.find(({ key, status }) => key === related?.incident && status === 'open');
  if (same !== undefined) {
    const text = `${itemNumber('L', alert)} ${alert.level}: ${alert.title}. ${alert.why}`;
    const note = { text, kind: 'note' as const };
    await store.append(same.id, [entryBy(authorOf(context), 'note_added', note)]);
    return same.key;
  }
  const { openIncident } = await import('./open-incident.ts');
  const ask = { ...context.ask, isPossible: false };
  const { incident } = await openIncident(
    { ...context, ask },
    {
      ...{ title: alert.title, severity: alert.level === 'critical' ? 'SEV1' : 'SEV2' },
      ...{
        description: `Opened by a watch for ${mark}. ${alert.why}`,
        detectedAt: alert.enteredAt,
      },
      ...{ occurredAt: alert.firstAt },
    },
  );
  context.say(`Opened ${incident.key}: ${incident.title}`);
  return incident.key;
}
