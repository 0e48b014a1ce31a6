/** Figures of the last minute: what goes through a watch, and how this machine stands. */
import type { Event } from '../events/event.ts';

/** Every figure: what it is, for people. */
export const FIGURES = {
  'logins.failed': 'failed logins in a minute',
  'logins.ok': 'logins in a minute',
  'http.requests': 'requests in a minute',
  'http.error_ratio': 'part of the requests that the server answered with an error (5xx), of 1',
  'http.refused_ratio': 'part of the requests that were refused (401, 403, 429), of 1',
  'http.latency_p95_ms': 'milliseconds within which 95 of 100 requests were answered',
  'bytes.out': 'bytes sent in a minute',
  'cpu.busy': 'part of the processors that is busy, of 1',
  'memory.used': 'part of the memory that is used, of 1',
  'disk.used': 'part of the fullest file system that is used, of 1',
  'certificate.days': 'days until the first certificate ends',
} as const;

/** The name of a figure. */
export type FigureName = keyof typeof FIGURES;

/** A figure, of how many events, and what it is about. */
export interface Sample {
  value: number;
  of: number;
  about: string;
}

/** What is known at a moment; a figure that nothing says anything of is absent. */
export type Samples = Readonly<Partial<Record<FigureName, Sample>>>;

const MINUTE_MS = 60_000;
/** More answer times of a minute are not kept: a part of them is as good. */
const MOST_TIMES = 4096;

interface Minute {
  failed: number;
  ok: number;
  requests: number;
  errors: number;
  refused: number;
  bytes: number;
  times: number[];
  timed: number;
}

/** Counts events as they come. */
export interface Figures {
  event(event: Event): void;
  /** Figures of the minute before `nowMs`. */
  samples(nowMs: number): Samples;
}

const emptyMinute = (): Minute => ({
  ...{ failed: 0, ok: 0, requests: 0, errors: 0, refused: 0, bytes: 0, times: [], timed: 0 },
});

/** Begins to count, in slots of ten seconds by the time of arrival. */
export function createFigures(now: () => number): Figures {
  const slots = new Map<number, Minute>();
  const slotOf = (ms: number): number => Math.floor(ms / 10_000);
  const number = (value: unknown): number | undefined =>
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value)
        ? Number(value)
        : undefined;
  return {
    event(event) {
      const at = slotOf(now());
      let slot = slots.get(at);
      if (slot === undefined) {
        slots.set(at, (slot = emptyMinute()));
        for (const known of slots.keys()) if (known < at - 12) slots.delete(known);
      }
      const fields = event as unknown as Readonly<Record<string, unknown>>;
      const status = number(fields['http.response.status_code']);
      if (status !== undefined) {
        slot.requests += 1;
        if (status >= 500) slot.errors += 1;
        if (status === 401 || status === 403 || status === 429) slot.refused += 1;
        slot.bytes +=
          number(fields['http.response.body.bytes'] ?? fields['http.response.bytes']) ?? 0;
        const duration = number(fields['event.duration']);
        if (duration !== undefined) {
          slot.timed += 1;
          if (slot.times.length < MOST_TIMES) slot.times.push(duration / 1e6);
          else slot.times[slot.timed % MOST_TIMES] = duration / 1e6;
        }
      } else slot.bytes += number(fields['source.bytes']) ?? 0;
      const category = fields['event.category'];
      const isLogin =
        category === 'authentication' ||
        (Array.isArray(category) && category.includes('authentication'));
      if (isLogin && fields['event.outcome'] === 'failure') slot.failed += 1;
      else if (isLogin && fields['event.outcome'] === 'success') slot.ok += 1;
    },
    samples(nowMs) {
      const first = slotOf(nowMs - MINUTE_MS) + 1;
      const sum = emptyMinute();
      for (const [at, slot] of slots) {
        if (at < first) continue;
        for (const name of [
          'failed',
          'ok',
          'requests',
          'errors',
          'refused',
          'bytes',
          'timed',
        ] as const)
          sum[name] += slot[name];
        sum.times.push(...slot.times);
      }
      const { requests, failed, ok, errors, refused, bytes, times } = sum;
      const whole = { of: requests, about: `of ${requests} requests` };
      times.sort((a, b) => a - b);
      return {
        'logins.failed': { value: failed, of: failed, about: '' },
        'logins.ok': { value: ok, of: ok, about: '' },
        'http.requests': { value: requests, of: requests, about: '' },
        'bytes.out': { value: bytes, of: requests, about: '' },
        ...(requests > 0 && {
          'http.error_ratio': { value: errors / requests, ...whole },
          'http.refused_ratio': { value: refused / requests, ...whole },
        }),
        ...(times.length > 0 && {
          'http.latency_p95_ms': {
            value: times[Math.min(times.length - 1, Math.floor(times.length * 0.95))]!,
            of: sum.timed,
            about: `of ${sum.timed} requests`,
          },
        }),
      };
    },
  };
}
