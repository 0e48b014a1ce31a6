import type { UpdateResult } from '../../commands/update-incident.ts';
import type { Incident } from '../../incidents/incident.ts';
import { headline } from '../incident-text.ts';
import { showInstant, wrap } from '../layout.ts';
import type { Style } from '../style.ts';
import type { View } from '../view.ts';
import { withNulls } from '../with-nulls.ts';

const flatten = (
  { times, facts, phaseEntered: _, ...fields }: Incident,
  { offsetAt }: Style,
): Map<string, string> =>
  new Map([
    ...Object.entries(fields).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(facts).map(([name, value]) => [name, String(value)] as const),
    ...Object.entries(times).map(([name, time]) => [name, showInstant(time, offsetAt)] as const),
  ]);

/** How `ir update` is shown. */
export const view: View<UpdateResult> = {
  text({ before, incident }, style) {
    const [old, now] = [flatten(before, style), flatten(incident, style)];
    const names = [...new Set([...now.keys(), ...old.keys()])];
    const changed = names
      .filter((name) => old.get(name) !== now.get(name))
      .map((name) => [name, now.get(name)] as const);
    const lines = changed.flatMap(([name, value]) =>
      wrap(`  ${name}: ${old.get(name) || '-'} -> ${value || '-'}`, style.width),
    );
    return `${[headline(incident, style), ...(lines.length > 0 ? lines : ['  nothing differs'])].join('\n')}\n`;
  },
  json: withNulls,
};
