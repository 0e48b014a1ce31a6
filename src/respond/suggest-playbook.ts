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
    score: findings.reduce((sum, finding) => sum + scoreOf(playbook, finding), 0),
  }));
  return scored
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.playbook.id < b.playbook.id ? -1 : 1))
    .map(({ playbook }) => playbook);
}

/** A playbook for certain logs fits what stands in them much better than its techniques alone say, and all else worse. */
function scoreOf({ appliesTo }: Playbook, finding: Finding): number {
  const base = hitsOf(finding).reduce((sum, hit) => sum + hitScore(appliesTo, hit), 0);
  const wanted = Object.entries(appliesTo.events);
  if (wanted.length === 0) return base;
  const isTheirs = wanted.some(([field, values]) =>
    valuesAt(finding.event, field).some((value) => values.includes(value)),
  );
  return isTheirs ? 4 * base : base / 2;
}

type Hit = ReturnType<typeof hitsOf>[number];

function hitScore({ rules, techniques, tactics }: Playbook['appliesTo'], { rule, level }: Hit) {
  const weight = 4 ** levelRank(level);
  if (rules.includes(rule.name)) return 6 * weight;
  const fits = rule.techniques.reduce((sum, id) => {
    if (techniques.includes(id)) return sum + 2;
    // A sub-technique that is not listed fits when its technique is.
    return techniques.includes(id.split('.')[0] as string) ? sum + 1 : sum;
  }, 0);
  if (fits > 0) return fits * weight;
  return rule.tactics.some((tactic) => tactics.includes(tactic)) ? weight / 4 : 0;
}

/** The values of a field in a nested ECS document, as text. */
function valuesAt(document: Finding['event'], field: string): string[] {
  let value: unknown = document;
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return [];
    value = value[key as keyof object];
  }
  return (Array.isArray(value) ? value : [value]).map(String);
}
