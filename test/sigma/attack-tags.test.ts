import { expect, it } from 'vitest';
import { attackOf } from '../../src/sigma/attack-tags.ts';

it.each([
  [['attack.credential-access', 'attack.t1110.001'], ['credential-access'], ['T1110.001']],
  [['attack.privilege_escalation', 'attack.T1078'], ['privilege-escalation'], ['T1078']],
  [['attack.g0016', 'attack.s0002', 'cve.2021-44228', 'tlp.green'], [], []],
  [['attack.t1110', 'attack.t1110'], [], ['T1110']],
])('%j', (tags, tactics, techniques) => {
  expect(attackOf(tags)).toEqual({ tactics, techniques });
});
