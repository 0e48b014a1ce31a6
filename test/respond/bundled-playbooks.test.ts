/** The contract of every bundled playbook, also of those that come later. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../src/incidents/incident.ts';
import { bundledFolder, loadPlaybooks } from '../../src/respond/load-playbooks.ts';
import { stepsOf } from '../../src/respond/playbook.ts';
import { argvsOf, renderArgv } from '../../src/respond/render-argv.ts';
import { variableProblem } from '../../src/respond/variables.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { sampleValues } from './sample-values.ts';

const { playbooks, problems } = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });

it('loads all four from their folder without a problem', () => {
  expect(problems).toEqual([]);
  expect(playbooks.map(({ id }) => id)).toEqual([
    'data-exfiltration',
    'ddos',
    'ssh-brute-force',
    'web-compromise',
  ]);
  expect(bundledFolder()).toMatch(/templates\/playbooks$/);
});

describe.each(playbooks.map((playbook) => [playbook.id, playbook] as const))(
  '%s',
  (id, playbook) => {
    it('has the name of its file and 18 to 30 steps', () => {
      expect(playbook.path.endsWith(`/${id}.yml`)).toBe(true);
      expect(playbook.steps.length).toBeGreaterThanOrEqual(18);
      expect(playbook.steps.length).toBeLessThanOrEqual(30);
    });

    it('ends its first phase within hours and gates every phase', () => {
      for (const phase of PHASES)
        expect(stepsOf(playbook, phase).some((step) => step.required)).toBe(true);
      expect(stepsOf(playbook, 'triage')[0]?.dueMs).toBeLessThanOrEqual(900_000);
    });

    it('gives each step reasons of its own', () => {
      const reasons = playbook.steps.map((step) => step.why);
      expect(new Set(reasons).size).toBe(reasons.length);
      for (const step of playbook.steps) expect(step.why).not.toBe(step.instructions);
    });

    it('uses every variable that it declares', () => {
      const text = JSON.stringify(playbook.steps);
      const unused = playbook.variables.filter(
        ({ name }) =>
          !new RegExp(`\\{\\{ ${name}[ .]|"name":"${name}"|"asks":\\[[^\\]]*"${name}"`).test(text),
      );
      expect(unused.map(({ name }) => name)).toEqual([]);
    });

    it('renders every argv with valid values, one element for one', async () => {
      const values = sampleValues(playbook);
      for (const variable of playbook.variables) {
        expect(await variableProblem(variable, values[variable.name] as string)).toBeUndefined();
      }
      for (const step of playbook.steps) {
        for (const argv of step.command === undefined ? [] : argvsOf(step.command)) {
          const rendered = renderArgv(argv, values);
          expect(rendered).toHaveLength(argv.length);
          expect(rendered.join(' ')).not.toMatch(/\{\{|\}\}|undefined/);
        }
      }
    });

    it('collects before it destroys', () => {
      for (const { id: stepId, command } of playbook.steps) {
        if (command?.risk === 'destructive')
          expect([stepId, command.collectFirst.length > 0]).toEqual([stepId, true]);
      }
    });
  },
);

const REFUSED =
  /invalid option|unrecognized option|unknown (option|primary|predicate|argument)|unknown command verb|syntax error|bad (unit|argument)|missing argument|requires an argument|^\s*usage:|cannot be parsed|failed to parse|not a valid|garbage/im;

const isInstalled = (program: string): boolean =>
  spawnSync('which', [program], { stdio: 'ignore' }).status === 0;

// In a network namespace of its own, with names that exist nowhere, even the changing commands change nothing.
const canIsolate =
  process.getuid?.() === 0
    ? isThere(
        'commands of the playbooks: needs network namespaces',
        spawnSync('unshare', ['--net', 'true'], { stdio: 'ignore' }).status === 0,
      )
    : sayOnlyRoot('commands of the playbooks');

describe.skipIf(!canIsolate)('the installed programs understand every command', () => {
  const commands = new Map<string, readonly string[]>();
  for (const playbook of playbooks) {
    for (const step of playbook.steps) {
      for (const argv of step.command === undefined ? [] : argvsOf(step.command)) {
        const rendered = renderArgv(argv, sampleValues(playbook));
        commands.set(rendered.join(' '), rendered);
      }
    }
  }
  const installed = [...commands].filter(([, argv]) => isInstalled(argv[0] as string));

  it('has most of them here', () => {
    expect(installed.length).toBeGreaterThan(commands.size / 2);
  });

  it.each(installed)('%s', (_text, argv) => {
    const { stderr } = spawnSync('unshare', ['--net', '--', ...argv], {
      // A mistake in the arguments is reported at once; a long search may be cut off.
      timeout: 2000,
      killSignal: 'SIGKILL',
      maxBuffer: 1e9,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
      encoding: 'utf8',
    });
    // ps prints its usage also for a user that does not exist, which is what the sample is.
    expect(stderr.replace(/user name does not exist\s+Usage:/, '')).not.toMatch(REFUSED);
  });
});
