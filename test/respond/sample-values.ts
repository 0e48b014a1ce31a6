/** A harmless value for every variable of a playbook: nothing of that name exists on any machine. */
import type { Playbook, Variable } from '../../src/respond/playbook.ts';

const SAMPLES: Readonly<Record<Variable['type'], string>> = {
  ip: '203.0.113.7',
  cidr: '203.0.113.0/24',
  user: 'ir-nobody',
  host: 'host.example.com',
  path: '/nonexistent/ir-sample',
  pid: '4194303',
  port: '443',
  unit: 'ir-sample.service',
  interface: 'eth0',
  number: '50',
  time: '2026-03-01 22:15:00 UTC',
  choice: '',
  text: 'AKIAIOSFODNN7EXAMPLE',
  id: 'rule-1.conf',
  line: 'ssh-ed25519 AAAA bob@laptop',
};

export const sampleValues = (playbook: Playbook): Record<string, string> =>
  Object.fromEntries(
    playbook.variables.map((variable) => [
      variable.name,
      variable.type === 'choice'
        ? (variable.default ?? (variable.choices[0] as string))
        : variable.name === 'web_user'
          ? 'nobody'
          : SAMPLES[variable.type],
    ]),
  );
