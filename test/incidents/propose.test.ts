import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import type { Level } from '../../src/events/level.ts';
import { type Proposal, proposeIncident } from '../../src/incidents/propose.ts';
import { finding } from '../store/sample-entries.ts';

const of = (level: Level, techniques: string, entities: Finding['entities'] = {}): Finding => {
  const base = finding(techniques);
  return {
    ...base,
    level,
    rule: { ...base.rule, level, techniques: techniques.split(' ') },
    entities,
  };
};

const SCAN = of('medium', 'T1595.002 T1190');
const GUESSING = of('medium', 'T1110.001');
const GUESSED = of('critical', 'T1110.001 T1078');
const SHELL = of('critical', 'T1505.003 T1059.004');
const UPLOAD = of('high', 'T1048');
const OPENED_BUCKET = of('high', 'T1537 T1567.002');
const FLOOD = of('high', 'T1499.002');
const STAGED = of('medium', 'T1560.001');
const NOISE = of('low', 'T1110.001');

describe('proposeIncident', () => {
  it.each<[string, Finding[], Partial<Proposal>]>([
    ['nothing', [], { type: '', severity: 'SEV4', impact: 'low', occurredAt: undefined }],
    ['noise', [NOISE], { type: 'ssh-brute-force', severity: 'SEV4', urgency: 'low' }],
    ['guessing', [GUESSING, NOISE], { type: 'ssh-brute-force', severity: 'SEV3' }],
    [
      'guessed',
      [GUESSING, GUESSED],
      { type: 'ssh-brute-force', severity: 'SEV2', urgency: 'high' },
    ],
    ['scan', [SCAN], { type: 'web-compromise', severity: 'SEV3', impact: 'low' }],
    ['scan and guessing', [SCAN, SCAN, GUESSING], { type: 'web-compromise' }],
    ['shell', [SCAN, SHELL], { type: 'web-compromise', severity: 'SEV2', impact: 'medium' }],
    ['shell outweighs guessed', [GUESSED, SHELL], { type: 'web-compromise', severity: 'SEV2' }],
    ['proof outweighs many signs', [SCAN, SCAN, SCAN, SCAN, GUESSED], { type: 'ssh-brute-force' }],
    ['upload alone', [UPLOAD], { type: 'data-exfiltration', severity: 'SEV2', impact: 'high' }],
    [
      'all of it',
      [SCAN, GUESSED, SHELL, STAGED, UPLOAD],
      { type: 'data-exfiltration', severity: 'SEV1', impact: 'high', urgency: 'high' },
    ],
    [
      'a bucket opened proves nothing',
      [SHELL, OPENED_BUCKET],
      { type: 'web-compromise', severity: 'SEV2' },
    ],
    ['staged is only a sign', [STAGED], { type: 'data-exfiltration', severity: 'SEV3' }],
    ['flood', [FLOOD, SCAN], { type: 'ddos', severity: 'SEV2' }],
    ['something else', [of('high', 'T1562.001')], { type: '', severity: 'SEV3' }],
    ['a longer id is another technique', [of('high', 'T10489')], { type: '' }],
    ['destruction', [SHELL, of('high', 'T1485')], { type: 'web-compromise', severity: 'SEV1' }],
  ])('%s', (_, findings, expected) => {
    const proposal = proposeIncident(findings);
    expect(proposal).toMatchObject(expected);
    expect(proposal.because.type).toContain(proposal.type);
    expect(proposal.because.severity).toContain(proposal.severity);
  });

  it('begins with the first finding that counts, not with the noise before it', () => {
    const at = (one: Finding, iso: string): Finding => ({
      ...one,
      firstUs: Date.parse(iso) * 1000,
    });
    const findings = [
      at(NOISE, '2026-03-01T01:00:00Z'),
      at(SHELL, '2026-03-01T03:00:00Z'),
      at(SCAN, '2026-03-01T02:00:00Z'),
    ];
    expect(proposeIncident(findings).occurredAt).toBe('2026-03-01T02:00:00.000Z');
    expect(proposeIncident([{ ...SHELL, firstUs: undefined }]).occurredAt).toBeUndefined();
    expect(proposeIncident([{ ...SHELL, firstUs: 1e300 }]).occurredAt).toBeUndefined();
  });

  it.each<[Finding['entities'], string]>([
    [
      { 'host.name': ['web01'], 'source.ip': ['203.0.113.7'] },
      'Web application compromised on web01, from 203.0.113.7',
    ],
    [
      { 'source.ip': ['203.0.113.7', '203.0.113.8'] },
      'Web application compromised, from 203.0.113.7 and 203.0.113.8',
    ],
    [
      { 'source.ip': ['192.0.2.1', '192.0.2.2', '192.0.2.3'] },
      'Web application compromised, from 192.0.2.1 and 2 more',
    ],
    [{ 'host.name': ['<b>', 'a b', '\u001b[31m', 'x'.repeat(90)] }, 'Web application compromised'],
  ])('title from %j', (entities, title) => {
    expect(proposeIncident([of('critical', 'T1505.003', entities)]).title).toBe(title);
  });
});
