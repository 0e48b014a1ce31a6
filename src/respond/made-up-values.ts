/** A harmless value for every variable of a playbook, to try it out: nothing of that name exists on any machine. */
import type { Variable, VariableType } from './playbook.ts';

const SAMPLES: Readonly<Record<VariableType, string>> = {
  ip: '203.0.113.7',
  ally: '203.0.113.9',
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
  text: 'sample',
  id: 'sample-1',
  line: 'a line',
};

/** What the program itself fills in where an action runs. */
export const MADE_UP_BUILT_IN: Readonly<Record<string, string>> = {
  snapshot: 'absent',
  ttl_seconds: '86400',
  action_no: 'A-001',
};

/** A value of the variable's form: its example, its default, its first choice, else one of the type. */
export const madeUpValue = ({ type, example, default: usual, choices }: Variable): string =>
  example ?? usual ?? choices[0] ?? SAMPLES[type];
