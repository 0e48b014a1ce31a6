/** A finding that leads an act stands for all findings of it. */
import type { Finding, FoldedFinding } from '../detect/finding.ts';

/** Rule and level of a finding and of those that it leads. */
export const hitsOf = (finding: Finding): readonly Pick<FoldedFinding, 'rule' | 'level'>[] => [
  finding,
  ...(finding.act?.others ?? []),
];

/** The finding and those that it leads, each as a finding with the entities and evidence of the act. */
export const unfolded = (finding: Finding): readonly Finding[] =>
  hitsOf(finding).map(({ rule, level }) => ({ ...finding, rule, level }));

/** ATT&CK ids of a finding and of those that it leads, each once. */
export const techniquesOf = (finding: Finding): readonly string[] => [
  ...new Set(hitsOf(finding).flatMap(({ rule }) => rule.techniques)),
];

/** Is it one of these techniques or a sub-technique of one? */
export const isOneOf = (technique: string, wanted: readonly string[]): boolean =>
  wanted.some((one) => technique === one || technique.startsWith(`${one}.`));
