import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { proposeIncidents } from '../../src/incidents/proposed.ts';
import { finding } from '../store/sample-entries.ts';

const US = 1_000_000;
const of = (
  id: string,
  technique: string,
  level: Finding['level'],
  atS: number,
  entities: Finding['entities'],
): Finding => {
  const base = finding(technique);
  const rule = { ...base.rule, id: technique, level, techniques: [technique] };
  return { ...base, id, level, rule, entities, firstUs: atS * US, lastUs: (atS + 1) * US };
};

const GUESS = of('a', 'T1110.001', 'medium', 10, { 'source.ip': ['192.0.2.7'] });
const LOGIN = of('b', 'T1078', 'high', 20, { 'source.ip': ['192.0.2.7'], 'user.name': ['ana'] });
const KEY = of('c', 'T1098.001', 'medium', 30, { 'user.name': ['ana'], 'host.name': ['web01'] });
const SCAN = of('d', 'T1595.002', 'medium', 5, { 'source.ip': ['203.0.113.9'] });
const ROOT = of('e', 'T1548.003', 'medium', 6, { 'user.name': ['root'] });
const LOW = of('f', 'T1595', 'low', 7, { 'source.ip': ['192.0.2.7'] });

const told = (findings: readonly Finding[], stories: Parameters<typeof proposeIncidents>[1] = []) =>
  proposeIncidents(findings, stories, () => ['first', 'second', 'third', 'fourth']).map((one) =>
    one.findings.join(''),
  );

describe('proposeIncidents', () => {
  it('joins findings over addresses and accounts, directly or through others', () => {
    expect(told([SCAN, GUESS, LOGIN, KEY]).sort()).toEqual(['abc', 'd']);
  });

  it('joins nobody over an account that everybody has, and leaves out what is low', () => {
    const other = of('g', 'T1070', 'medium', 8, { 'user.name': ['root'] });
    expect(told([ROOT, other, LOW]).sort()).toEqual(['e', 'g']);
  });

  it('takes a story as one, whatever it shares, with what is open of it', () => {
    const open = { label: 'Open', items: [{ text: 'no log of web01' }], further: 0, joint: '; ' };
    const story = { findings: ['c', 'd'], statements: [open] } as never;
    expect(told([SCAN, GUESS, KEY], [story]).sort()).toEqual(
      ['a', 'dc'].sort().map((ids) => (ids === 'dc' ? 'cd' : ids)),
    );
    const [first] = proposeIncidents([SCAN, KEY], [story], () => []);
    expect(first).toMatchObject({ open: ['no log of web01'], hosts: ['web01'], accounts: ['ana'] });
  });

  it('gives first and last act and several playbooks, and never more than ten', () => {
    const [one] = proposeIncidents([GUESS, LOGIN], [], () => ['a', 'b', 'c', 'd']);
    expect(one).toMatchObject({ firstUs: 10 * US, lastUs: 21 * US, sources: ['192.0.2.7'] });
    expect(one?.playbooks).toHaveLength(3);
    const many = Array.from({ length: 40 }, (_, index) =>
      of(`n${index}`, 'T1190', 'high', index, { 'source.ip': [`198.51.100.${index}`] }),
    );
    expect(told(many)).toHaveLength(10);
  });

  it('proposes nothing for nothing', () => expect(told([])).toEqual([]));
});
