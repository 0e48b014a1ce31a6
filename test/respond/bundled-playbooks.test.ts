/** The contract of every bundled playbook, also of those that come later. */
import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { PHASES } from '../../src/incidents/incident.ts';
import { loadPlaybooks } from '../../src/respond/load-playbooks.ts';
import { isTriageOnly, stepsOf } from '../../src/respond/playbook.ts';
import { argvsOf, renderArgv } from '../../src/respond/render-argv.ts';
import { bundledFolder } from '../../src/respond/templates-folder.ts';
import { variableProblem } from '../../src/respond/variables.ts';
import { isThere, sayOnlyRoot } from '../needs.ts';
import { sampleValues } from './sample-values.ts';

const HOUR = 3_600_000;
const { playbooks, problems } = await loadPlaybooks({ XDG_CONFIG_HOME: '/nonexistent' });

it('loads one for every scenario from their folder without a problem', () => {
  expect(problems).toEqual([]);
  expect(playbooks.map(({ id }) => id)).toEqual([
    'api-abuse',
    'cloud-credentials',
    'credential-stuffing',
    'data-exfiltration',
    'ddos',
    'insider',
    'linux-malware',
    'lost-laptop',
    'phishing',
    'ransomware',
    'ssh-brute-force',
    'triage',
    'web-compromise',
    'windows-malware',
  ]);
  expect(bundledFolder('playbooks')).toMatch(/templates\/playbooks$/);
});

describe.each(playbooks.map((playbook) => [playbook.id, playbook] as const))(
  '%s',
  (id, playbook) => {
    const phases = isTriageOnly(playbook) ? (['triage'] as const) : PHASES;

    it('has the name of its file and as many steps as people still read', () => {
      expect(playbook.path.endsWith(`/${id}.yml`)).toBe(true);
      expect(playbook.steps.length).toBeGreaterThanOrEqual(isTriageOnly(playbook) ? 6 : 20);
      expect(playbook.steps.length).toBeLessThanOrEqual(36);
    });

    it('begins within minutes and gates every phase', () => {
      for (const phase of phases)
        expect(stepsOf(playbook, phase).some((step) => step.required)).toBe(true);
      expect(stepsOf(playbook, 'triage')[0]?.dueMs).toBeLessThanOrEqual(900_000);
    });

    it('keeps evidence first, and says until when each of the first steps is due', () => {
      const first = stepsOf(playbook, 'triage');
      expect(first.some((step) => step.evidence.length > 0)).toBe(true);
      const due = first.filter((step) => step.dueMs !== undefined);
      expect(due.length).toBeGreaterThan(first.length / 2);
    });

    it('contains at once and for long, and watches after recovery', () => {
      if (isTriageOnly(playbook)) return expect(playbook.leadsTo.length).toBeGreaterThan(5);
      const due = stepsOf(playbook, 'containment').flatMap(({ dueMs }) => dueMs ?? []);
      expect(Math.min(...due)).toBeLessThanOrEqual(HOUR);
      expect(Math.max(...due)).toBeGreaterThanOrEqual(24 * HOUR);
      expect(stepsOf(playbook, 'recovery').map((step) => step.id)).toContainEqual(
        expect.stringMatching(/^watch-/),
      );
    });

    it('branches, and gives steps to several roles', () => {
      expect(playbook.steps.some((step) => step.when !== undefined)).toBe(true);
      const owners = new Set(playbook.steps.map((step) => step.owner));
      expect(owners.size).toBeGreaterThanOrEqual(3);
      expect(owners).toContain('incident_commander');
    });

    it('names the techniques, the defences and the guide that it rests on', () => {
      const urls = playbook.references.map(({ url }) => url).join(' ');
      expect(urls).toContain('https://csrc.nist.gov/pubs/sp/800/61/r3/final');
      expect(urls).toMatch(/https:\/\/attack\.mitre\.org\/(techniques|tactics|matrices)\//);
      expect(urls).toMatch(/https:\/\/d3fend\.mitre\.org\/technique\/d3f:[A-Z][A-Za-z-]+\//);
    });

    it('leads to playbooks that are there', () => {
      const ids = playbooks.map((other) => other.id);
      for (const lead of playbook.leadsTo) expect(ids).toContain(lead.playbook);
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

/** Where the catalogue has an action, a step calls it: one text, one undo that reads back, one list of what is in place. */
describe('what the catalogue has', () => {
  const CALLS: Record<string, Record<string, string>> = {
    'api-abuse': { 'limit-per-client': 'limit-source' },
    'credential-stuffing': { 'slow-connections': 'limit-source' },
    'data-exfiltration': {
      'freeze-sender': 'freeze-process',
      'lock-account': 'lock-account',
      'end-sessions': 'end-sessions',
    },
    ddos: {
      'block-network': 'block-network',
      'limit-connections': 'limit-source',
      'limit-port': 'limit-port',
      'drop-amplified-udp': 'drop-udp-answers',
    },
    insider: { 'lock-account': 'lock-account', 'end-sessions': 'end-sessions' },
    'linux-malware': {
      'freeze-process': 'freeze-process',
      'isolate-host': 'isolate-host',
      'quarantine-file': 'quarantine-file',
      'lock-account': 'lock-account',
    },
    'lost-laptop': { 'revoke-ssh-key': 'revoke-ssh-key' },
    ransomware: {
      'isolate-hosts': 'isolate-host',
      'freeze-encryptor': 'freeze-process',
      'lock-spreading-account': 'lock-account',
      'end-spreading-sessions': 'end-sessions',
    },
    'ssh-brute-force': {
      'limit-new-connections': 'limit-source',
      'limit-port': 'limit-port',
      'lock-account': 'lock-account',
      'end-sessions': 'end-sessions',
    },
    'web-compromise': {
      'freeze-process': 'freeze-process',
      'cut-web-egress': 'cut-account-egress',
    },
  };

  it.each(Object.entries(CALLS))('is called by %s', (id, calls) => {
    const steps = playbooks.find((one) => one.id === id)?.steps ?? [];
    const called = steps.flatMap(({ id: stepId, action }) =>
      action === undefined || action.name === 'block-ip' ? [] : [[stepId, action.name]],
    );
    expect(Object.fromEntries(called)).toEqual(calls);
  });

  it('is written out in no step of a playbook', () => {
    const own = playbooks.flatMap(({ id, steps }) =>
      steps
        .filter(({ action, command }) => action === undefined && command !== undefined)
        .filter(({ command }) =>
          /usermod|loginctl terminate|pkill|kill -(STOP|CONT)|ir_(block|limit|isolate)/.test(
            argvsOf(command!)
              .map((argv) => argv.join(' '))
              .join('\n'),
          ),
        )
        .map((step) => `${id}: ${step.id}`),
    );
    expect(own).toEqual([]);
  });
});

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
