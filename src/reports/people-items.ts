/** What the report says of people: facts of the case, assets, deadlines, decisions, roles. */
import type { ReportInput } from './report-input.ts';
import type { ReportModel } from './report-model.ts';

const words = (text: string): string => text.replaceAll('_', ' ');

/** `found by` for `foundBy` */
const factName = (name: string): string =>
  name
    .replace(/^is/, '')
    .replace(/(?!^)[A-Z]/g, ' $&')
    .toLowerCase();

/** Those parts of the model; what was withdrawn is left out where its reason says nothing to a reader. */
export function people({
  detail,
  clocks,
  advice,
}: ReportInput): Pick<
  ReportModel,
  'facts' | 'assets' | 'clocks' | 'advice' | 'decisions' | 'people'
> {
  const standing = <I extends { withdrawn?: unknown }>(items: readonly I[]): I[] =>
    items.filter(({ withdrawn }) => withdrawn === undefined);
  return {
    facts: Object.entries(detail.incident.facts).map(([name, value]) => ({
      name: factName(name),
      text: Array.isArray(value) ? value.join(', ') : words(String(value)),
    })),
    assets: standing(detail.assets).map(({ name, type, state, owner = '', holds = '' }) => ({
      ...{ name, owner, holds },
      type: words(type),
      state: words(state),
    })),
    clocks: clocks
      .filter(({ state }) => state !== 'withdrawn')
      .map(({ dueAt, ...clock }) => ({ ...clock, dueAt: dueAt ?? null })),
    advice,
    decisions: detail.decisions.map(
      ({ enteredAt, enteredBy, by, text, why, instead, withdrawn }) => ({
        ...{ at: enteredAt, actor: by ?? enteredBy, text, why },
        instead: instead ?? [],
        withdrawn: withdrawn?.reason ?? null,
      }),
    ),
    people: standing(detail.roles).map(({ role, person, from, enteredAt }) => ({
      ...{ role: words(role), person },
      from: from ?? enteredAt,
    })),
  };
}
