/** What several logs say of one act counts once, and two acts never count as one. */
import { describe, expect, it } from 'vitest';
import type { KindFeeds } from '../../src/detect/correlate/set.ts';
import { locate } from '../../src/detect/location.ts';
import { createRowCollector, isAnnouncing, weightText } from '../../src/detect/rows/rows.ts';
import { actsOf, createWitnessFilter, witnessesOf } from '../../src/detect/witnesses.ts';
import { skip } from '../../src/events/event.ts';
import type { LogFormat } from '../../src/logs/formats/log-format.ts';

const format = (name: string, category: string): LogFormat => ({
  ...{ name, title: name, url: '', sources: [{ categories: [category] }], samples: [] },
  splittable: true,
  detect: () => true,
  parse: () => skip('not read here'),
});
const login = format('a', 'login');
const audit = format('b', 'audit');
const application = format('c', 'application');

/** web01: logins, audit, a second log of logins; db01: audit; app01: an application. */
const FILES = [
  { path: 'web01/auth.log', format: login },
  { path: 'web01/audit/audit.log', format: audit },
  { path: 'web01/secure', format: login },
  { path: 'db01/audit.log', format: audit },
  { path: 'app01/shop.jsonl', format: application },
];
const WITNESSES = witnessesOf(FILES as Parameters<typeof witnessesOf>[0]);
const KINDS: KindFeeds[] = [
  { feeds: [], isCounted: false },
  { feeds: [], isCounted: true },
  { feeds: [], isCounted: false },
];
const event = { timeUs: 0, timeConfidence: 'exact', format: 'a' } as const;
const ANNOUNCED = weightText({ ...event, isAnnouncing: true });

type Sketch = [second: number, file: number, group?: string, value?: string, kind?: number];

/** How many rows are left that something counts. */
function countOf(sketches: readonly Sketch[], witnesses = WITNESSES): number {
  const collector = createRowCollector();
  for (const [index, [second, file, group = 'g', value = '', kind = 0]] of sketches.entries())
    collector.add(kind, second * 1_000_000, locate(file, index), group, value);
  const rows = collector.take();
  const filter = createWitnessFilter(witnesses, KINDS, (at) => isAnnouncing(rows.strings[at]!));
  filter.mark({ rows, start: 0, end: rows.count });
  return [...rows.kinds].filter((kind) => kind !== KINDS.length - 1).length;
}

it('takes a crowd that acts within one moment in time that grows with it alone', () => {
  const crowd = 300_000;
  const told = [0, 1].flatMap((file) =>
    Array.from({ length: crowd }, (_, who): Sketch => [1, file, String(who)]),
  );
  expect(countOf(told)).toBe(crowd);
}, 20_000);

it.each<[string, number, Sketch[]]>([
  [
    'announced and told',
    1,
    [
      [0, 0, 'g', ANNOUNCED],
      [1, 0],
    ],
  ],
  [
    'announced and told twice',
    2,
    [
      [0, 0, 'g', ANNOUNCED],
      [1, 0],
      [1, 0],
    ],
  ],
  [
    'announced by one, told of another',
    2,
    [
      [0, 0, 'g', ANNOUNCED],
      [1, 0, 'h'],
    ],
  ],
  [
    'announced alone, twice',
    2,
    [
      [0, 0, 'g', ANNOUNCED],
      [1, 0, 'g', ANNOUNCED],
    ],
  ],
  [
    'told long after',
    2,
    [
      [0, 0, 'g', ANNOUNCED],
      [9, 0],
    ],
  ],
  [
    'told alone',
    2,
    [
      [0, 0],
      [0, 0],
    ],
  ],
])('of one log by itself: %s', (_, expected, sketches) => {
  const alone = witnessesOf([FILES[0]!] as Parameters<typeof witnessesOf>[0]);
  expect(countOf(sketches, alone)).toBe(expected);
});

describe('rows of one act', () => {
  it.each<[string, number, Sketch[]]>([
    [
      'in two logs of a machine',
      1,
      [
        [0, 0],
        [0.4, 1],
      ],
    ],
    [
      'in three logs',
      1,
      [
        [0, 0],
        [0.4, 1],
        [0.5, 4],
      ],
    ],
    [
      'of which one announces the other',
      1,
      [
        [0, 0, 'g', ANNOUNCED],
        [0, 0],
        [0.4, 1],
      ],
    ],
    ['announced, and nothing follows', 1, [[0, 0, 'g', ANNOUNCED]]],
    [
      'two acts, each in two logs',
      2,
      [
        [0, 0],
        [0, 0],
        [0.4, 1],
        [0.5, 1],
      ],
    ],
    [
      'two in one log',
      2,
      [
        [0, 0],
        [0, 0],
      ],
    ],
    [
      'two in two logs of one format',
      2,
      [
        [0, 0],
        [0, 2],
      ],
    ],
    [
      'too far apart',
      2,
      [
        [0, 0],
        [3, 1],
      ],
    ],
    [
      'of two sources',
      2,
      [
        [0, 0, 'g'],
        [0, 1, 'h'],
      ],
    ],
    [
      'on two machines',
      2,
      [
        [0, 0],
        [0, 3],
      ],
    ],
    [
      'with values, which are told apart anyway',
      2,
      [
        [0, 0, 'g', 'x', 1],
        [0, 1, 'g', 'x', 1],
      ],
    ],
  ])('%s: %i', (_, count, sketches) => {
    expect(countOf(sketches)).toBe(count);
  });
});

describe('hits of a rule by file', () => {
  it.each<[string, [file: number, count: number][], number, boolean]>([
    [
      'two logs that tell the same',
      [
        [0, 76],
        [4, 76],
      ],
      76,
      false,
    ],
    [
      'one that tells of fewer',
      [
        [0, 76],
        [4, 70],
      ],
      76,
      true,
    ],
    [
      'pieces of one log',
      [
        [0, 5],
        [0, 6],
      ],
      11,
      false,
    ],
    [
      'logs of one format',
      [
        [0, 5],
        [2, 6],
      ],
      11,
      false,
    ],
    [
      'two machines',
      [
        [0, 5],
        [3, 6],
      ],
      11,
      false,
    ],
  ])('%s', (_, parts, count, isLeast) => {
    const told = parts.map(([file, each]) => ({ file, count: each }));
    expect(actsOf(told, WITNESSES)).toEqual({ count, isLeast });
  });
});
