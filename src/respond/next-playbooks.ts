/** Which playbook goes on where one ends, or is wanted beside it. Pure. */
import type { IncidentDetail } from '../incidents/incident-store.ts';
import { conditionFacts } from './checklist.ts';
import { holds } from './condition.ts';
import type { Lead, Playbook } from './playbook.ts';
import type { VariableValues } from './render-argv.ts';
import { suggestPlaybooks } from './suggest-playbook.ts';

/** A playbook to go on with. */
export interface NextPlaybook {
  id: string;
  title: string;
  why: string;
  /** What is known of the incident speaks for it. */
  fits: boolean;
}

/** What the playbook leads to as the incident stands: the leads whose condition holds, in the order of the file. */
export function leadsOf(
  { leadsTo }: Playbook,
  detail: IncidentDetail,
  values: VariableValues,
): readonly Lead[] {
  const facts = conditionFacts(detail, values);
  return leadsTo.filter(({ when }) => when !== undefined && holds(when, facts));
}

/** All playbooks that can follow this one: first what it leads to now, then what the findings speak for, then the rest it names. */
export function nextPlaybooks(
  playbook: Playbook,
  all: readonly Playbook[],
  detail: IncidentDetail,
  values: VariableValues,
): readonly NextPlaybook[] {
  const held = new Set(leadsOf(playbook, detail, values));
  const ranked = [
    ...[...held].map(({ playbook: id, why }) => ({ id, why, fits: true })),
    ...suggestPlaybooks(all, detail.findings).map(({ id }) => ({
      ...{ id, why: 'It fits the findings.', fits: true },
    })),
    ...playbook.leadsTo.map(({ playbook: id, why }) => ({ id, why, fits: false })),
  ];
  const found = new Map<string, NextPlaybook>();
  for (const next of ranked) {
    const title = all.find(({ id }) => id === next.id)?.title;
    if (title === undefined || next.id === playbook.id || found.has(next.id)) continue;
    found.set(next.id, { ...next, title });
  }
  return [...found.values()];
}
