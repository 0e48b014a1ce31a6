import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import { narrate } from '../../src/detect/narrative.ts';
import type { Level } from '../../src/events/level.ts';
import { finding } from '../store/sample-entries.ts';

const MINUTE = 60_000_000;
const START = Date.UTC(2026, 2, 1, 8) * 1_000;

interface Sketch {
  title: string;
  tactics: string[];
  at: number;
  level?: Level;
  entities?: Record<string, string[]>;
}

const found = ({ title, tactics, at, level = 'high', entities = {} }: Sketch): Finding => ({
  ...finding(title),
  rule: { ...finding('x').rule, title, tactics },
  level,
  firstUs: START + at * MINUTE,
  lastUs: START + at * MINUTE,
  count: 1,
  entities,
});

const web = { 'source.ip': ['203.0.113.7'], 'host.name': ['web01'] };
const BREACH: Sketch[] = [
  { title: 'Scanner', tactics: ['reconnaissance'], at: 0, level: 'medium', entities: web },
  {
    title: 'Web shell',
    tactics: ['persistence', 'initial-access'],
    at: 5,
    entities: { ...web, 'user.name': ['www-data'] },
  },
  {
    title: 'sudo escape',
    tactics: ['privilege-escalation'],
    at: 9,
    entities: { 'user.name': ['root'] },
  },
  {
    title: 'New account',
    tactics: ['persistence'],
    at: 12,
    entities: { 'user.name': ['sysupdate'] },
  },
  { title: 'Hashes read', tactics: ['credential-access'], at: 14 },
  { title: 'Upload', tactics: ['exfiltration'], at: 20, entities: web },
  { title: 'Logs emptied', tactics: ['defense-evasion'], at: 30 },
  { title: 'Shell', tactics: ['execution'], at: 31 },
  { title: 'Encrypted', tactics: ['impact'], at: 32 },
  {
    title: 'Busy customer',
    tactics: ['impact'],
    at: 1,
    level: 'low',
    entities: { 'source.ip': ['192.0.2.9'] },
  },
];

describe('the story', () => {
  const story = narrate(BREACH.map(found));
  const text = (label: string): string | undefined =>
    story.find((one) => one.label === label)?.text;

  it('says who, how, as whom, what was taken and how it was hidden, in at most ten statements', () => {
    expect(story.length).toBeLessThanOrEqual(10);
    expect(text('When')).toBe('from 2026-03-01 08:00Z to 2026-03-01 08:32Z on web01');
    expect(text('Who')).toBe('203.0.113.7');
    expect(text('In')).toBe('Web shell (2026-03-01 08:05Z)');
    expect(text('As')).toBe('www-data > root > sysupdate');
    expect(text('Stays')).toBe('New account (2026-03-01 08:12Z)');
    expect(text('Took')).toBe('Upload (2026-03-01 08:20Z)');
    expect(text('Hid')).toBe('Logs emptied (2026-03-01 08:30Z)');
    expect(text('Harmed')).toBe('Encrypted (2026-03-01 08:32Z)');
    // The twelve statements that there could be are two too many.
    expect(text('Looked')).toBeUndefined();
    expect(text('Ran')).toBeUndefined();
  });

  it('names the findings behind each statement, and is the same in whatever order they come', () => {
    expect(story.every(({ findings }) => findings.length > 0)).toBe(true);
    expect(narrate(BREACH.map(found).reverse())).toEqual(story);
  });

  it('tells nothing where nothing grave was found', () => {
    expect(narrate([])).toEqual([]);
    expect(narrate(BREACH.slice(-1).map(found))).toEqual([]);
  });

  it('counts what it does not name', () => {
    const many = [1, 2, 3, 4, 5].map((at) =>
      found({
        title: `Way ${at}`,
        tactics: ['initial-access'],
        at,
        entities: { 'source.ip': [`203.0.113.${at}`] },
      }),
    );
    expect(narrate(many).find(({ label }) => label === 'In')?.text).toMatch(/; and 2 more$/);
    expect(narrate(many).find(({ label }) => label === 'Who')?.text).toMatch(/ and 1 more$/);
  });

  it('bears findings without a time', () => {
    const timeless = { ...found(BREACH[1]!), firstUs: undefined, lastUs: undefined };
    expect(narrate([timeless])[0]?.text).toContain('no line tells');
  });
});
