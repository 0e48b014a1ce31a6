/** The techniques of an incident as a layer of the ATT&CK Navigator. @see https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md */
import type { Level } from '../../events/level.ts';
import type { ReportModel } from '../report-model.ts';
import type { Techniques } from '../technique-names.ts';

const COLORS: Readonly<Record<Level, string>> = {
  critical: '#b00020',
  high: '#c2500a',
  medium: '#d1a300',
  low: '#2467a6',
  informational: '#66707c',
};

/** The layer: a technique's score is how many findings show it, its colour the gravest of them. */
export function navigatorOf(model: ReportModel, { version, tactics }: Techniques): object {
  const { incident, attack } = model;
  const order: readonly Level[] = ['critical', 'high', 'medium', 'low', 'informational'];
  const byNumber = new Map(attack.timeline.map((item) => [item.number, item]));
  const techniques = attack.techniques.flatMap(({ id, findings }) => {
    const items = findings.flatMap((number) => byNumber.get(number) ?? []);
    const level = order.find((one) => items.some((item) => item.level === one)) ?? 'informational';
    const possible = tactics.get(id) ?? [];
    const named = possible.filter((tactic) => items.some((item) => item.tactics.includes(tactic)));
    return (named.length > 0 ? named : possible.slice(0, 1)).map((tactic) => ({
      ...{ techniqueID: id, tactic, score: findings.length, color: COLORS[level] },
      comment: items.map(({ number, title }) => `${number} ${title}`).join('; '),
      ...{ enabled: true, showSubtechniques: id.includes('.') },
    }));
  });
  return {
    name: `${incident.key}: ${incident.title}`,
    versions: { attack: version, navigator: '5.1.0', layer: '4.5' },
    domain: 'enterprise-attack',
    description: `Techniques that the findings of ${incident.key} show, as of ${model.asOf}`,
    sorting: 3,
    layout: { layout: 'side', showID: true, showName: true },
    techniques,
    gradient: {
      colors: ['#ffffff', '#c2500a'],
      ...{ minValue: 0, maxValue: Math.max(1, ...techniques.map(({ score }) => score)) },
    },
    legendItems: order.map((label) => ({ label, color: COLORS[label] })),
  };
}
