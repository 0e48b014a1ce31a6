/** Which value each variable of a playbook has in an incident: remembered, proposed by findings, or default. */
import type { Finding } from '../detect/finding.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';
import type { Playbook, Variable } from './playbook.ts';
import { variableProblem } from './variables.ts';

/** Values that are settled, and those that are proposed. */
export interface ResolvedVariables {
  /** Settled values: given before, else the only candidate of the findings, else the default. */
  values: Readonly<Record<string, string>>;
  /** All values that the findings propose, strongest first. */
  candidates: Readonly<Record<string, readonly string[]>>;
}

type Facts = Pick<IncidentDetail, 'variables' | 'findings'>;

/** Resolves all variables of a playbook. `given` (flags of this run) wins over what was given earlier. */
export async function resolveVariables(
  playbook: Playbook,
  detail: Facts,
  given: Readonly<Record<string, string>>,
): Promise<ResolvedVariables> {
  const remembered = { ...detail.variables, ...given };
  const values: Record<string, string> = {};
  const candidates: Record<string, readonly string[]> = {};
  for (const variable of playbook.variables) {
    const { name } = variable;
    const proposed = await candidatesFor(variable, detail.findings);
    candidates[name] = proposed;
    const earlier = Object.hasOwn(remembered, name) ? remembered[name] : undefined;
    // A value of another playbook, or of an older version of this one, is checked again.
    if (earlier !== undefined && (await variableProblem(variable, earlier)) === undefined)
      values[name] = earlier;
    else if (proposed.length === 1) values[name] = proposed[0] as string;
    else if (variable.default !== undefined) values[name] = variable.default;
  }
  return { values, candidates };
}

/** The values that the findings propose for a variable, most hits first; values of the wrong form are left out. */
export async function candidatesFor(
  variable: Variable,
  findings: readonly Finding[],
): Promise<readonly string[]> {
  if (variable.from === undefined) return [];
  if (variable.from === FIRST_SEEN) return firstSeen(findings);
  const weights = new Map<string, number>();
  for (const finding of findings) {
    const values = Object.hasOwn(finding.entities, variable.from)
      ? finding.entities[variable.from]
      : [];
    for (const value of values ?? []) weights.set(value, (weights.get(value) ?? 0) + finding.count);
  }
  const candidates: string[] = [];
  for (const [value] of [...weights].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))) {
    if ((await variableProblem(variable, value)) === undefined) candidates.push(value);
  }
  return candidates;
}

/** The pseudo field that stands for the time of the first finding. */
const FIRST_SEEN = 'finding.first_seen';

function firstSeen(findings: readonly Finding[]): string[] {
  const times = findings.flatMap(({ firstUs }) => (firstUs === undefined ? [] : [firstUs]));
  if (times.length === 0) return [];
  const first = times.reduce((a, b) => Math.min(a, b));
  const [date = '', time = ''] = new Date(first / 1000).toISOString().split('T');
  return [`${date} ${time.slice(0, 8)} UTC`];
}
