/** The page of an incident: what happened and was done, the checklist, what is changed, the clocks. Pure. */
import type { Cell, LivePanel, PanelData } from '../pages/live-model.ts';

/** What of an incident is shown. Lists are in the order in which they are to be read. */
export interface ShownIncident {
  key: string;
  title: string;
  facts: readonly (readonly [label: string, value: string])[];
  /** Acts of attackers and entries of the journal, in time order. */
  timeline: readonly { at: string; side: string; text: string; who: string }[];
  /** Steps, with the names of the values that they ask for. */
  checklist: readonly {
    id: string;
    asks: readonly string[];
    state: string;
    title: string;
    due: string;
    who: string;
  }[];
  actions: readonly { no: string; name: string; target: string; host: string; until: string }[];
  clocks: readonly { number: string; title: string; countdown: string; due: string }[];
  advice: string;
}

const MOST_ENTRIES = 500;

/** Its panels. */
export function incidentPanels(shown: ShownIncident): LivePanel[] {
  const { timeline, checklist, actions, clocks } = shown;
  const latest = timeline.slice(-MOST_ENTRIES).reverse();
  const panels: [string, PanelData][] = [
    [
      'Where it stands',
      { show: 'figures', figures: shown.facts.map(([label, value]) => ({ label, value })) },
    ],
    [
      'Clocks',
      table(
        ['Number', 'What', 'State', 'Due'],
        clocks.map((one) => [one.number, one.title, one.countdown, one.due]),
        'No clock runs.',
      ),
    ],
    [
      'Checklist',
      table(
        ['State', 'Step', 'Due', 'By'],
        checklist.map((one) => [one.state, one.title, one.due, one.who]),
        'No playbook is followed.',
      ),
    ],
    [
      'Actions in place',
      table(
        ['Number', 'Action', 'On', 'Host', 'Until'],
        actions.map((one) => [one.no, one.name, one.target, one.host, one.until]),
        'No action is in place.',
      ),
    ],
    [
      'Timeline, the latest first',
      table(
        ['When', 'Whose', 'What', 'Who'],
        latest.map((one) => [one.at, one.side, one.text, one.who]),
        'Nothing yet.',
        timeline.length - latest.length,
      ),
    ],
  ];
  return panels.map(([title, data], index) => ({ id: `panel-${index}`, title, data }));
}

const table = (
  heads: readonly string[],
  rows: readonly (readonly Cell[])[],
  none: string,
  more = 0,
): PanelData => ({ show: 'table', heads, rows, more, none });
