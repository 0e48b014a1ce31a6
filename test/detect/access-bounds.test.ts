import { expect, it } from 'vitest';
import { leastBytes } from '../../src/detect/access/bounds.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';

const rule = (detection: string) => {
  const { documents, problems } = parseSigma(
    `title: t
id: 00000000-0000-4000-8000-000000000001
status: test
level: low
logsource:
  category: webserver
detection:
  ${detection}
`,
    'rule.yml',
  );
  expect(problems).toEqual([]);
  const [document] = documents;
  if (document?.kind !== 'rule') throw new Error('no rule');
  return document;
};

const NONE = Number.NEGATIVE_INFINITY;

it.each([
  ['big:\n    sc-bytes|gte: 1000\n  condition: big', 1000],
  ['big:\n    sc-bytes|gt: 1000\n    cs-method: GET\n  condition: big', 1000],
  ['big:\n    sc-bytes|gt: [5, 9]\n  condition: big', 5],
  ['a:\n    sc-bytes|gte: 10\n  b:\n    sc-bytes|gte: 20\n  condition: a and b', 20],
  ['a:\n    sc-bytes|gte: 10\n  b:\n    sc-bytes|gte: 20\n  condition: 1 of them', 10],
  ['a:\n    sc-bytes|gte: 10\n  b:\n    cs-method: GET\n  condition: a or b', NONE],
  ['a:\n    - sc-bytes|gte: 10\n    - cs-method: GET\n  condition: a', NONE],
  ['a:\n    sc-bytes|gte: 10\n  condition: not a', NONE],
  ['a:\n    sc-bytes|lt: 10\n  condition: a', NONE],
  ['a:\n    sc-bytes: 10\n  condition: a', NONE],
  ['a:\n    cs-bytes|gte: 10\n  condition: a', NONE],
])('%s', (detection, expected) => {
  expect(leastBytes(rule(detection), (field) => field === 'sc-bytes')).toBe(expected);
});
