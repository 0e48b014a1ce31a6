/** The text of a new plan: what was answered, and what may stand there, explained. */

/** The answers of `ir plan init`; what was not answered is left open in the file. */
export interface PlanAnswers {
  organisation?: string | undefined;
  zone?: string | undefined;
  country?: string | undefined;
  commander?: string | undefined;
  commanderContact?: string | undefined;
  deputy?: string | undefined;
  deputyContact?: string | undefined;
  legal?: string | undefined;
  neverBlock?: readonly string[] | undefined;
  logs?: readonly string[] | undefined;
}

/** JSON's strings are YAML's. */
const text = (value: string): string => JSON.stringify(value);

const setting = (key: string, value: string | undefined, example: string): string =>
  value === undefined ? `# ${key}: ${example}` : `${key}: ${text(value)}`;
const list = (key: string, lines: readonly string[], example: readonly string[]): string[] =>
  lines.length > 0 ? [`${key}:`, ...lines] : [`# ${key}:`, ...example.map((one) => `# ${one}`)];

/** Who a plan names. */
interface Named {
  id: 'commander' | 'deputy' | 'counsel';
  name: string | undefined;
  /** How they are reached. */
  way: string | undefined;
}

function peopleLines(people: readonly Named[]): string[] {
  const has = (wanted: Named['id']): boolean => people.some(({ id }) => id === wanted);
  return [
    '# Everybody who may be called. out_of_band works when mail and chat are in other hands;',
    '# confirmed is the day on which somebody last got through.',
    ...list(
      'contacts',
      people.flatMap(({ id, name = '', way }) => [
        `  - id: ${id}`,
        `    name: ${text(name)}`,
        way === undefined
          ? '    # out_of_band: "+49 30 555 0100"'
          : `    out_of_band: ${text(way)}`,
        '    # confirmed: 2026-01-31',
      ]),
      ['  - { id: kim, name: Kim Doe, out_of_band: "+49 30 555 0100", confirmed: 2026-01-31 }'],
    ),
    '',
    '# Who has which role, and who steps in. Roles: incident_commander, responder, analyst, system_owner,',
    '# communications, legal, scribe, executive.',
    ...list(
      'team',
      [
        ...(has('commander')
          ? [
              `  - { role: incident_commander, who: commander, deputies: [${has('deputy') ? 'deputy' : ''}] }`,
            ]
          : []),
        ...(has('counsel') ? ['  - { role: legal, who: counsel }'] : []),
      ],
      ['  - { role: incident_commander, who: kim, deputies: [sam] }'],
    ),
  ];
}

const ownedLines = (neverBlock: readonly string[], logs: readonly string[]): string[] => [
  '# Addresses and networks that no action may cut off.',
  ...list(
    'never_block',
    neverBlock.length === 0 ? [] : [`  spared: [${neverBlock.map(text).join(', ')}]`],
    ['  office: [192.0.2.0/24]', '  bastion: 198.51.100.7'],
  ),
  '',
  '# What you live on, and who answers for it.',
  '# systems:',
  '#   - { name: shop, owner: kim, holds: "orders and addresses", critical: true }',
  '',
  '# Log files or folders that must be written to, and at least how often.',
  ...list(
    'logs',
    logs.map((path) => `  - { path: ${text(path)}, max_age: 1d }`),
    ['  - { path: /var/log/auth.log, max_age: 1d }'],
  ),
  '',
  '# Backups, as they are named to "ir check backup verify".',
  '# backups:',
  '#   - { path: /backup/shop, verify_every: 90d }',
  '',
  '# How long things are kept: h, d, w, y.',
  '# retention: { logs: 1y, evidence: 3y, cases: 7y }',
];

/** The whole file. */
export function planText(answers: PlanAnswers): string {
  const { commander, deputy, legal, neverBlock = [], logs = [] } = answers;
  const all: Named[] = [
    { id: 'commander', name: commander, way: answers.commanderContact },
    { id: 'deputy', name: deputy, way: answers.deputyContact },
    { id: 'counsel', name: legal, way: undefined },
  ];
  const people = all.filter(({ name }) => name !== undefined);
  return `${[
    '# The incident response plan. "ir plan check" measures what is there; docs/plan.md explains every key.',
    '# Unknown keys are mistakes. Keep a copy where you reach it when this machine is off.',
    '',
    setting('organisation', answers.organisation, 'Example Ltd'),
    '# Where days are counted, and whose holidays: deadlines need both.',
    setting('zone', answers.zone, 'Europe/Berlin'),
    setting('country', answers.country, 'DE'),
    '',
    ...peopleLines(people),
    '',
    '# Severity by impact, then urgency: what "ir open" proposes.',
    'severity:',
    '  low: { low: SEV4, medium: SEV4, high: SEV3 }',
    '  medium: { low: SEV4, medium: SEV3, high: SEV2 }',
    '  high: { low: SEV3, medium: SEV2, high: SEV1 }',
    '',
    '# Who is brought in, and when. All conditions of a rule must hold: severity, phase, overdue_step (any, or its id),',
    '# clock (running, due_soon, overdue). "ir escalate" shows whom the rules ask for.',
    'escalation:',
    '  - { when: { severity: SEV1 }, to: [executive, legal] }',
    '  - { when: { severity: [SEV1, SEV2], overdue_step: any }, to: incident_commander }',
    '  - { when: { clock: due_soon }, to: legal }',
    '',
    '# How often those who wait hear something, by severity; "ir notify --due" and "ir status" remind of it.',
    '# updates: { SEV1: 1h, SEV2: 4h, SEV3: 24h, SEV4: 7d }',
    '',
    '# Who may say what to whom, over which channel, and after whose yes.',
    '# communication:',
    '#   - { who: communications, to: customers, may_say: "what is confirmed", over: "the status page", after: legal }',
    '',
    ...ownedLines(neverBlock, logs),
  ].join('\n')}\n`;
}
