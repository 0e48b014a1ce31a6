import { beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/detect/finding.ts';
import type { Level } from '../../src/events/level.ts';
import { PHASES } from '../../src/incidents/incident.ts';
import { withBroughtSteps } from '../../src/respond/brought-steps.ts';
import {
  type LoadedPlaybooks,
  loadPlaybooks,
  pickPlaybook,
} from '../../src/respond/load-playbooks.ts';
import { stepsOf } from '../../src/respond/playbook.ts';
import { suggestPlaybooks } from '../../src/respond/suggest-playbook.ts';
import { finding } from '../store/sample-entries.ts';

let loaded: LoadedPlaybooks;
beforeAll(async () => {
  loaded = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });
});

function found(technique: string, level: Level, folded: readonly [string, Level][] = []): Finding {
  const base = finding(`${technique} ${level}`);
  const rule = { ...base.rule, techniques: [technique], tactics: [], name: technique };
  const others = folded.map(([id, led]) => ({
    ...{ id, rule: { ...rule, techniques: [id] }, level: led },
    ...{ firstUs: 1, lastUs: 1, count: 1, evidence: undefined },
  }));
  const act = others.length === 0 ? {} : { act: { others, unnamed: 0, furtherValues: {} } };
  return { ...base, rule, level, ...act };
}

const idsOf = (id: string, findings: readonly Finding[]): string[] =>
  withBroughtSteps(pickPlaybook(loaded, id), loaded, findings).steps.map((step) => step.id);

describe('a web shell among the findings', () => {
  it.each(['ssh-brute-force', 'data-exfiltration', 'ddos'])(
    'brings the steps of the web compromise beside %s',
    (id) => {
      const own = pickPlaybook(loaded, id);
      const web = pickPlaybook(loaded, 'web-compromise');
      const both = withBroughtSteps(own, loaded, [found('T1505.003', 'high')]);
      const ids = both.steps.map((step) => step.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const step of [...own.steps, ...web.steps]) expect(ids).toContain(step.id);
      expect(ids.length).toBeGreaterThan(own.steps.length + 8);
      expect(both.title).toContain(web.title);
      const names = new Set(both.variables.map(({ name }) => name));
      for (const { name } of [...own.variables, ...web.variables]) expect(names).toContain(name);
      for (const phase of PHASES) {
        const steps = stepsOf(both, phase);
        const first = stepsOf(own, phase).map((step) => step.id);
        expect(steps.slice(0, first.length).map((step) => step.id)).toEqual(first);
      }
      // Nothing waits for a step of a later phase.
      const phaseOf = new Map(both.steps.map((step) => [step.id, PHASES.indexOf(step.phase)]));
      for (const step of both.steps) {
        for (const above of step.dependsOn) {
          expect(phaseOf.get(above)).toBeLessThanOrEqual(PHASES.indexOf(step.phase));
        }
      }
    },
  );

  it('does so also where another finding leads it', () => {
    expect(
      idsOf('ssh-brute-force', [found('T1110', 'critical', [['T1505.003', 'high']])]),
    ).toContain('trace-shell-requests');
  });

  it.each([
    ['a mere probe', found('T1505.003', 'low')],
    ['another technique', found('T1505', 'critical')],
  ])('%s brings nothing', (_name, one) => {
    expect(idsOf('ssh-brute-force', [one])).toEqual(idsOf('ssh-brute-force', []));
  });

  it('brings nothing into a playbook that names the technique', () => {
    const own = pickPlaybook(loaded, 'ssh-brute-force');
    const known = { ...own, appliesTo: { ...own.appliesTo, techniques: ['T1505.003'] } };
    const shell = found('T1505.003', 'critical');
    expect(withBroughtSteps(known, loaded, [shell]).steps).toEqual(own.steps);
  });

  it('adds nothing to the web compromise itself', () => {
    const shell = found('T1505.003', 'critical');
    expect(idsOf('web-compromise', [shell])).toEqual(idsOf('web-compromise', []));
  });
});

describe('choices', () => {
  it('of every question of the bundled playbooks can be "unclear"', () => {
    let questions = 0;
    for (const { steps, variables } of loaded.playbooks) {
      const asked = new Set(steps.flatMap((step) => step.asks));
      for (const { name, type, choices } of variables) {
        if (type !== 'choice' || !asked.has(name)) continue;
        questions += 1;
        expect(choices, name).toContain('unclear');
      }
    }
    expect(questions).toBeGreaterThan(5);
  });
});

describe('suggesting', () => {
  it('looks at the findings that another one leads', () => {
    const [best] = suggestPlaybooks(loaded.playbooks, [
      found('T1083', 'low', [
        ['T1498', 'low'],
        ['T1498', 'low'],
        ['T1498.001', 'low'],
      ]),
    ]);
    expect(best?.id).toBe('ddos');
  });
});
