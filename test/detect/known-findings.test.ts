import { describe, expect, it } from 'vitest';
import type { Evidence, Finding } from '../../src/detect/finding.ts';
import { foldFindings } from '../../src/detect/fold-findings.ts';
import { reconcileFindings } from '../../src/detect/known-findings.ts';
import type { Level } from '../../src/events/level.ts';
import { atOnce } from '../../src/logs/turns.ts';

const fold = (findings: readonly Finding[]): Finding[] => atOnce(foldFindings(findings));

const START_US = Date.parse('2026-03-05T04:00:00Z') * 1000;

const place = (line: number, file = 'auth.log', sha256 = 'aa'): Evidence => ({
  ...{ file, sha256, line, offset: line * 100, raw: `line ${line}` },
  timeUs: START_US + line * 1_000_000,
});

function finding(
  id: string,
  title: string,
  level: Level,
  evidence: readonly Evidence[],
  user = 'root',
): Finding {
  const times = evidence.map(({ timeUs }) => timeUs as number);
  return {
    id,
    rule: { id: title, name: title, title, level, tactics: [], techniques: ['T1110.001'] },
    level,
    firstUs: Math.min(...times),
    lastUs: Math.max(...times),
    count: evidence.length,
    entities: { 'source.ip': ['203.0.113.7'], 'user.name': [user] },
    evidence,
    event: { source: { ip: '203.0.113.7' }, host: { hostname: 'web01' } },
  };
}

const low = finding('low', 'Guessing', 'low', [place(1), place(2)]);
const medium = finding('medium', 'Sustained guessing', 'medium', [place(1), place(9)]);
const login = finding('login', 'Login after guessing', 'critical', [place(12), place(1)], 'deploy');
const [act] = fold([low, medium, login]) as [Finding];
const elsewhere = finding('other', 'Guessing', 'low', [place(50)]);
const outOf = (
  finding: Finding,
  id: string,
  evidence: readonly Evidence[] = finding.evidence,
): Finding => ({ ...finding, id, evidence });

/** The findings of a case after one save after another, as `id: title > others`, and how many were new each time. */
function saves(...runs: readonly (readonly Finding[])[]): { told: string[]; fresh: number[] } {
  let saved = new Map<string, Finding>();
  const fresh: number[] = [];
  for (const found of runs) {
    const { findings, superseded, newCount } = reconcileFindings([...saved.values()], found);
    saved = new Map([...saved].filter(([id]) => !superseded.includes(id)));
    for (const one of findings) saved.set(one.id, one);
    fresh.push(newCount);
  }
  const told = [...saved.values()].map(({ id, rule, act: led }) => {
    const others = (led?.others ?? []).map((other) => other.rule.title);
    return `${id}: ${[rule.title, ...others].join(' > ')}`;
  });
  return { told: told.sort(), fresh };
}

const WHOLE = 'login: Login after guessing > Sustained guessing > Guessing';
const CASES: readonly [
  name: string,
  runs: readonly (readonly Finding[])[],
  told: readonly string[],
  fresh: readonly number[],
][] = [
  ['the same again', [[act], [act]], [WHOLE], [1, 0]],
  ['every hit first, then folded', [[low, medium, login], [act]], [WHOLE], [3, 0]],
  ['folded first, then every hit', [[act], [low, medium, login]], [WHOLE], [1, 0]],
  ['a part of it again', [[act], [outOf(low, 'low again')]], [WHOLE], [1, 0]],
  ['an id made otherwise', [[outOf(act, 'older')], [act]], [WHOLE], [1, 0]],
  [
    'an older version that showed the failure first, then the login',
    [[outOf(login, 'older', [place(1), place(12)])], [login]],
    ['login: Login after guessing'],
    [1, 0],
  ],
  [
    'a log that grew: another hash, the same lines',
    [[medium], [outOf(medium, 'grown', [place(1, 'auth.log', 'bb'), place(30, 'auth.log', 'bb')])]],
    ['grown: Sustained guessing'],
    [1, 0],
  ],
  [
    'a log that was rotated since',
    [
      [medium],
      [outOf(medium, 'rotated', [place(1, 'auth.log.1', 'bb'), place(9, 'auth.log.1', 'bb')])],
      [outOf(medium, 'packed', [place(1, 'auth.log.2.gz', 'cc'), place(9, 'auth.log.2.gz', 'cc')])],
    ],
    ['packed: Sustained guessing'],
    [1, 0, 0],
  ],
  [
    'a stronger one joins what was saved',
    [[low, elsewhere], fold([low, medium])],
    ['medium: Sustained guessing > Guessing', 'other: Guessing'],
    [2, 0],
  ],
  [
    'a weaker one joins what was saved',
    [[login], fold([outOf(login, 'login'), low])],
    ['login: Login after guessing > Guessing'],
    [1, 0],
  ],
  ['two that overlap', [fold([low, login]), fold([low, medium])], [WHOLE], [1, 0]],
  [
    'two of one run that begin with the same line',
    [[low, outOf(low, 'of another group')]],
    ['low: Guessing', 'of another group: Guessing'],
    [2],
  ],
  [
    'the same place for another rule, and another machine with the same line, are new',
    [
      [low],
      [
        finding('x', 'Another rule', 'low', [place(1)]),
        finding('y', 'Guessing', 'low', [place(1, 'db/auth.log', 'dd')]),
      ],
    ],
    ['low: Guessing', 'x: Another rule', 'y: Guessing'],
    [1, 2],
  ],
];

describe('saving into a case', () => {
  it.each(CASES)('%s', (_name, runs, told, fresh) => {
    expect(saves(...runs)).toEqual({ told, fresh });
  });

  it('keeps the times and entities of all', () => {
    const { findings } = reconcileFindings(
      [act],
      [outOf(medium, 'medium again', [place(1), place(40)])],
    );
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      id: 'login',
      firstUs: act.firstUs,
      lastUs: START_US + 12_000_000,
      entities: { 'user.name': ['deploy', 'root'] },
    });
    expect(findings[0]?.act?.others.map(({ id }) => id).sort()).toEqual(['low', 'medium again']);
  });
});
