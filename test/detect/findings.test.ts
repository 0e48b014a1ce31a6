/** What tells findings apart: the id, by which known ones are recognised. */
import { describe, expect, it } from 'vitest';
import type { Burst } from '../../src/detect/bursts.ts';
import { buildFindings } from '../../src/detect/findings.ts';
import type { Location } from '../../src/detect/location.ts';
import type { Plan } from '../../src/detect/plan.ts';

const RULE = {
  id: 'r',
  title: 'A rule',
  level: 'high',
  tags: [],
  custom: {},
  place: { path: 'r.yml' },
};
const plan = { ruleSet: { rules: [{ rule: RULE }], correlations: [] } } as unknown as Plan;

const idOf = (changes: Partial<Burst>, hash = 'aa'): string => {
  const burst: Burst = {
    ...{ rule: 0, key: '192.0.2.1', firstUs: 1, lastUs: 2, count: 3, entities: {} },
    ...{ locations: [0 as Location], lastLocation: 0 as Location },
    ...changes,
  };
  const input = { plan, bursts: [burst], hits: [], cited: new Map(), files: [], hashes: [hash] };
  return buildFindings(input)[0]?.id ?? '';
};

describe('the id of a finding', () => {
  it('stays when more of the same follows', () => {
    const later = { lastUs: 9, count: 70, lastLocation: 5 as Location };
    expect(idOf(later)).toBe(idOf({}));
    expect(idOf({})).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each<[string, Partial<Burst>, string?]>([
    ['another entity in the same event', { key: '192.0.2.2' }],
    ['another first event', { locations: [7 as Location] }],
    ['another file', {}, 'bb'],
  ])('is another for %s', (_, changes, hash) => {
    expect(idOf(changes, hash)).not.toBe(idOf({}));
  });
});
