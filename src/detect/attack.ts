/** Findings under ATT&CK's tactics, and what documents say of them. */
import { TACTICS, tacticName } from '../events/tactics.ts';
import { put } from './ecs-document.ts';
import type { Finding } from './finding.ts';

/** Findings of one tactic, the first that their rules name. */
export interface Stage {
  /** The slug of Sigma's tags; empty for findings whose rules name none. */
  tactic: string;
  /** `TA0001`; undefined for what is no tactic of ATT&CK. */
  id: string | undefined;
  name: string;
  /** In the order in which they came. */
  findings: readonly Finding[];
}

/** Findings under their tactics, in ATT&CK's order; those without one last. */
export function stagesOf(findings: readonly Finding[]): Stage[] {
  const found = new Map<string, Finding[]>();
  for (const finding of findings) {
    const [tactic = ''] = finding.rule.tactics;
    const stage = found.get(tactic);
    if (stage === undefined) found.set(tactic, [finding]);
    else stage.push(finding);
  }
  const known = Object.keys(TACTICS);
  const others = [...found.keys()]
    .filter((tactic) => !known.includes(tactic))
    .sort()
    .reverse();
  return [...known, ...others].flatMap((tactic) => {
    const members = found.get(tactic);
    if (members === undefined) return [];
    const name = tactic === '' ? 'No tactic named' : tacticName(tactic);
    return [{ tactic, id: TACTICS[tactic]?.[0], name, findings: members }];
  });
}

/** Puts `threat.*` into a document. Techniques keep their ids; sub-techniques are repeated in their own field. */
export function putThreat(
  document: Record<string, unknown>,
  tactics: readonly string[],
  techniques: readonly string[],
): void {
  if (tactics.length === 0 && techniques.length === 0) return;
  put(document, 'threat.framework', 'MITRE ATT&CK');
  const ids = tactics.map((slug) => TACTICS[slug]?.[0]).filter((id) => id !== undefined);
  if (ids.length > 0) put(document, 'threat.tactic.id', ids);
  if (tactics.length > 0) put(document, 'threat.tactic.name', tactics.map(tacticName));
  if (techniques.length > 0) put(document, 'threat.technique.id', techniques);
  const sub = techniques.filter((id) => id.includes('.'));
  if (sub.length > 0) put(document, 'threat.technique.subtechnique.id', sub);
}
