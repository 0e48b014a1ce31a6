/** What the live pages know in tests: nothing but hostile text, in every place that takes text. */
import { LEVELS } from '../../src/events/level.ts';
import type { ShownIncident } from '../../src/serve/incident-panels.ts';
import type { Known } from '../../src/serve/panels.ts';
import type { LiveFinding } from '../../src/watch/live-finding.ts';
import { HOSTILE } from '../pages/hostile-strings.ts';

const NOW = Date.UTC(2026, 2, 2, 12);

/** A finding whose every text is `text`. */
export const liveFinding = (
  id: string,
  text: string,
  minutesAgo: number,
  address = '198.51.100.1',
): LiveFinding => ({
  ...{ seq: 1, state: 'open', notedMs: NOW, isReplayed: false },
  finding: {
    ...{ id, level: LEVELS[minutesAgo % 5]!, count: 3 },
    rule: {
      ...{ id: text, name: text, title: text, level: 'high' },
      ...{
        tactics: ['credential-access', 'persistence', text],
        techniques: ['T1110.001', 'T1190', text],
      },
    },
    ...{ firstUs: (NOW - minutesAgo * 60_000) * 1000, lastUs: (NOW - minutesAgo * 60_000) * 1000 },
    entities: { 'source.ip': [address], 'user.name': [text], 'url.path': [text] },
    evidence: [{ file: text, sha256: '', line: 1, offset: 0, raw: text, timeUs: undefined }],
    event: {},
  },
});

/** All of it hostile. */
export const hostileKnown = (): Known => ({
  nowMs: NOW,
  counters: {
    ...{
      nowMs: NOW,
      beganMs: NOW - 3_600_000,
      events: 12_345,
      rate: 42,
      lagMs: 900,
      late: 0,
      findings: 9,
    },
    perMinute: Array.from({ length: 60 }, (_, minute) => 50 + ((minute * 37) % 90)),
    sources: HOSTILE.map((path, at) => ({
      ...{ path, events: at, bytes: at, latestUs: NOW * 1000, arrivedMs: NOW },
      ...{ isBehind: at % 2 === 0, problem: at % 3 === 0 ? path : undefined },
    })),
  },
  findings: HOSTILE.map((text, at) =>
    liveFinding(
      at.toString(16).padStart(16, '0'),
      text,
      at * 3,
      at === 4 ? '203.0.113.9' : undefined,
    ),
  ),
  alerts: HOSTILE.map((text) => ({
    ...{
      title: text,
      level: 'high',
      state: text,
      lastAt: text,
      count: 2,
      entities: [text],
      why: text,
    },
  })),
  incidents: HOSTILE.map((text) => ({
    ...{ key: 'INC-2026-0001', title: text, severity: text, phase: text, status: text },
  })),
  host: [{ label: 'memory in use', value: '40 %' }],
});

/** An incident of that kind. */
export const shownIncident = (): ShownIncident => ({
  ...{ key: 'INC-2026-0001', title: HOSTILE[0]!, advice: HOSTILE[1]! },
  facts: HOSTILE.slice(0, 5).map((text) => [text, text] as const),
  timeline: HOSTILE.map((text) => ({ at: text, side: 'attacker', text, who: text })),
  checklist: HOSTILE.map((text) => ({ state: text, title: text, due: text, who: text })),
  actions: HOSTILE.map((text) => ({ no: text, name: text, target: text, host: text, until: text })),
  clocks: HOSTILE.map((text) => ({ number: text, title: text, countdown: text, due: text })),
});
