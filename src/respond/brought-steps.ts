/** Steps that findings bring into a checklist beside those of the playbook that an incident follows. */
import type { Finding } from '../detect/finding.ts';
import { levelRank } from '../events/level.ts';
import { hitsOf, isOneOf } from '../incidents/finding-hits.ts';
import { PHASES } from '../incidents/incident.ts';
import type { LoadedPlaybooks } from './load-playbooks.ts';
import { type Playbook, type Step, stepsOf } from './playbook.ts';

/**
 * The playbook with the steps of others that a finding of high level or above brings, such as those of a web
 * compromise beside password guessing when there is a web shell. A step that both have is that of the playbook.
 */
export const withBroughtSteps = (
  playbook: Playbook,
  { playbooks }: Pick<LoadedPlaybooks, 'playbooks'>,
  findings: readonly Finding[],
): Playbook =>
  playbooks
    .filter((other) => other.id !== playbook.id && isBrought(other, playbook, findings))
    .reduce(joined, playbook);

/** A playbook that names the technique itself knows what to do about it. */
const isBrought = (
  { broughtBy }: Playbook,
  followed: Playbook,
  findings: readonly Finding[],
): boolean =>
  findings
    .flatMap(hitsOf)
    .some(
      ({ rule, level }) =>
        levelRank(level) >= levelRank('high') &&
        rule.techniques.some(
          (technique) =>
            isOneOf(technique, broughtBy) && !followed.appliesTo.techniques.includes(technique),
        ),
    );

function joined(playbook: Playbook, other: Playbook): Playbook {
  const own = new Map(playbook.steps.map((step) => [step.id, step]));
  const phaseOf = (step: Step | undefined): number =>
    step === undefined ? -1 : PHASES.indexOf(step.phase);
  const added = other.steps
    .filter(({ id }) => !own.has(id))
    .map((step) => ({
      ...step,
      // The step of that name may come later here, and would block for ever.
      dependsOn: step.dependsOn.filter((id) => phaseOf(own.get(id)) <= phaseOf(step)),
    }));
  const names = new Set(playbook.variables.map(({ name }) => name));
  return {
    ...playbook,
    title: `${playbook.title}, with the steps of: ${other.title}`,
    variables: [...playbook.variables, ...other.variables.filter(({ name }) => !names.has(name))],
    steps: PHASES.flatMap((phase) => [
      ...stepsOf(playbook, phase),
      ...added.filter((step) => step.phase === phase),
    ]),
  };
}
