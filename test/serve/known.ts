/** What the live pages know in tests: nothing but hostile text, in every place that takes text. */
import { LEVELS } from '../../src/events/level.ts';
import type { ShownIncident } from '../../src/serve/incident-panels.ts';
import type { Known } from '../../src/serve/panels.ts';
import type { LiveFinding } from '../../src/watch/live-finding.ts';
import type { TrafficMinute } from '../../src/watch/traffic.ts';
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

/** A minute in which hostile values came. */
export const minute = (at: number, requests: number, host = false): TrafficMinute => {
  const rows = HOSTILE.map((text, rank) => [text, 100 - rank, rank * 1e6] as const);
  return {
    ...{ at, span: 1, events: requests + 9, requests, status: [0, requests - 3, 0, 1, 2] },
    ...{
      bytes: requests * 2048,
      times: [
        [53, 3],
        [80, 1],
      ] as const,
      loginsOk: 4,
      loginsFailed: 5,
    },
    ...{ changes: 1, addresses: rows, users: rows, paths: rows, actions: rows, countries: rows },
    hasMoreUsers: false,
    ...(host && { host: { cpu: 0.25, memory: 0.5, disk: 0.75 } }),
  };
};

const MINUTE = Math.floor(NOW / 60_000);

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
    minute: minute(MINUTE, 50),
    perMinute: Array.from({ length: 60 }, (_, minute) => 50 + ((minute * 37) % 90)),
    sources: HOSTILE.map((path, at) => ({
      ...{ path, events: at, bytes: at, latestUs: NOW * 1000, arrivedMs: NOW },
      ...{ isBehind: at % 2 === 0, problem: at % 3 === 0 ? path : undefined },
    })),
  },
  minutes: Array.from({ length: 60 }, (_, at) => minute(MINUTE - 60 + at, 40 + at, true)),
  findings: HOSTILE.map((text, at) =>
    liveFinding(
      at.toString(16).padStart(16, '0'),
      text,
      at * 3,
      at === 4 ? '203.0.113.9' : undefined,
    ),
  ),
  alerts: HOSTILE.map((text, at) => ({
    ...{ number: `L-${at + 1}`, firstAt: text, fields: { [text]: [text] }, evidence: [text] },
    ...{ next: text, isOpen: true, incident: undefined },
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
  checklist: HOSTILE.map((text) => ({
    ...{ id: text, asks: [text] },
    ...{ state: text, title: text, due: text, who: text },
  })),
  actions: HOSTILE.map((text) => ({ no: text, name: text, target: text, host: text, until: text })),
  clocks: HOSTILE.map((text) => ({ number: text, title: text, countdown: text, due: text })),
});
