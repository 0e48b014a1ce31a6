/** What is known of an event decides whether a rule may hit it, and is never wrong about that. */
import { expect, it } from 'vitest';
import { mayHit } from '../../src/detect/records/may-hit.ts';
import type { Event } from '../../src/events/event.ts';
import { compileRule } from '../../src/sigma/compile-rule.ts';
import type { FieldReader } from '../../src/sigma/compiled-rule.ts';
import { parseSigma } from '../../src/sigma/parse-sigma.ts';

const FIELDS = ['status', 'path', 'agent'] as const;
const readerOf =
  (field: string): FieldReader =>
  (event) =>
    (event as unknown as Record<string, unknown>)[field];
const eventOf = (status: number, path: string, agent: string | undefined): Event =>
  ({ status, path, agent }) as unknown as Event;

function ruleOf(detection: string) {
  const text = `title: t
id: 00000000-0000-4000-8000-000000000001
status: test
level: low
logsource:
  category: webserver
detection:
${detection.replace(/^/gm, '  ')}
`;
  const [rule] = parseSigma(text, 'rule.yml').documents;
  if (rule?.kind !== 'rule') throw new Error(`no rule: ${detection}`);
  return rule;
}

const found = 'found:\n  status: 404';
const shown = "shown:\n  path|endswith: '.png'";
const tool = 'tool:\n  agent: [curl, wget]';
const none = 'none:\n  agent: null';
const all = eventOf(200, '/a.png', 'curl');

it.each([
  // What the rule looks at; which of it is known of a line of status 200, path /a.png and agent curl; may it hit?
  [`${found}\ncondition: found`, ['status'], false],
  [`${found}\ncondition: not found`, ['status'], true],
  [`${found}\ncondition: found`, [], true],
  [`${found}\n${shown}\ncondition: found and not shown`, ['status'], false],
  [`${found}\n${shown}\ncondition: not found and not shown`, ['status'], true],
  [`${found}\n${shown}\ncondition: not found and not shown`, ['path'], false],
  [`${found}\n${tool}\ncondition: found or tool`, ['status'], true],
  [`${found}\n${tool}\ncondition: 1 of them`, ['status'], true],
  [`${found}\n${tool}\ncondition: all of them`, ['status'], false],
  [`${found}\n${none}\ncondition: 1 of them`, ['status', 'agent'], false],
  [`${none}\ncondition: none`, ['agent'], false],
  [`any:\n  - status: 404\n  - agent: php\ncondition: any`, ['status'], true],
  [`any:\n  - status: 404\n  - agent: php\ncondition: any`, ['status', 'agent'], false],
  ["word:\n  - 'union select'\ncondition: word", [...FIELDS], true],
  [`same:\n  path|fieldref: agent\ncondition: same`, [...FIELDS], true],
] as const)('%j, known %j: %s', (detection, known, expected) => {
  const rule = ruleOf(detection);
  const isKnown = (field: string): boolean => (known as readonly string[]).includes(field);
  expect(mayHit(rule, readerOf, all, isKnown)).toBe(expected);
  // No event that has the known values alike is hit where it says that none can be.
  const { test } = compileRule(rule, readerOf);
  for (const status of known.includes('status' as never) ? [200] : [200, 404])
    for (const path of known.includes('path' as never) ? ['/a.png'] : ['/a.png', '/b'])
      for (const agent of known.includes('agent' as never) ? ['curl'] : ['curl', 'php', undefined])
        if (test(eventOf(status, path, agent), '')) expect(expected).toBe(true);
});
