/** Which playbook fits what was found. */
import type { Finding } from '../detect/finding.ts';
import { levelRank } from '../events/level.ts';
import { hitsOf } from '../incidents/finding-hits.ts';
import type { Playbook } from './playbook.ts';

/** Playbooks whose `applies_to` fits the findings, best first. Heavier findings count for more. */
export function suggestPlaybooks(
  playbooks: readonly Playbook[],
  findings: readonly Finding[],
): readonly Playbook[] {
  const scored = playbooks.map((playbook) => ({
    playbook,
    score: findings.flatMap(hitsOf).reduce((sum, hit) => sum + scoreOf(playbook, hit), 0),
  }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.playbook.id < b.playbook.id ? -1 : 1))
    .map(({ playbook }) => playbook);
}

type Hit = ReturnType<typeof hitsOf>[number];

function scoreOf({ appliesTo }: Playbook, { rule, level }: Hit): number {
  const weight = 4 ** levelRank(level);
  if (appliesTo.rules.includes(rule.name)) return 3 * weight;
  if (rule.techniques.some((id) => appliesTo.techniques.includes(id))) return 2 * weight;
  // A sub-technique that is not listed fits when its technique is.
  if (rule.techniques.some((id) => appliesTo.techniques.includes(id.split('.')[0] as string)))
    return weight;
  return rule.tactics.some((tactic) => appliesTo.tactics.includes(tactic)) ? weight / 4 : 0;
}
