/**
 * How ready an organisation is: what the plan holds, and what the journal, this machine and the log files show. No yes in
 * the plan counts for what was to be done.
 */
import { durationText, plural } from '../events/words.ts';
import { DEGREES } from '../incidents/incident.ts';
import type { ROLES } from '../incidents/roles.ts';
import { ageMs } from './plan-schema.ts';
import type { Plan } from './read-plan.ts';

/** How an item stands. */
export const READINESS_STATES = ['there', 'missing', 'stale'] as const;

/** One thing that has to be there before an incident. */
export interface ReadinessItem {
  id: string;
  state: (typeof READINESS_STATES)[number];
  /** What it is about. */
  what: string;
  /** What was seen, and where. */
  seen: string;
  /** What to do next; empty where nothing is. */
  next: string;
  /** What it rests on: the text of the plan, or something that was measured. */
  from: 'plan' | 'journal' | 'host' | 'files';
}

/** What was measured, at the moment `now`. */
export interface Measured {
  now: Date;
  /** When the file of the plan was last written, ms; undefined where there is none. */
  planWrittenMs: number | undefined;
  /** Drills of the journal: when they were closed, ms; undefined while they are open. */
  drills: readonly (number | undefined)[];
  /** Backups that were verified: what, when and whether they were as recorded. */
  backups: readonly { path: string; atMs: number; isWhole: boolean }[];
  /** Undefined where no program here can say. */
  isTimeSynchronised: boolean | undefined;
  /** By path: when it was last written, ms; undefined where nothing is there. */
  logs: Readonly<Record<string, number | undefined>>;
  /** By name in small letters: when somebody was last named in a role or brought in, as the journal has it, ms. */
  named: Readonly<Record<string, number>>;
}

/** Readiness as a whole. */
export interface Readiness {
  items: readonly ReadinessItem[];
  /** Of a hundred: what is there counts whole, what is stale half. */
  score: number;
}

const DAY_MS = 86_400_000;
const HALF_YEAR_MS = 183 * DAY_MS;
const YEAR_MS = 366 * DAY_MS;

/** Judges everything; the same facts give the same items in the same order. */
export function readinessOf(plan: Plan, measured: Measured): Readiness {
  const items = [
    written(measured),
    commander(plan),
    otherRoles(plan),
    outOfBand(plan),
    confirmed(plan, measured),
    matrix(plan),
    escalation(plan),
    communication(plan),
    spared(plan),
    systems(plan),
    retention(plan),
    drills(measured),
    ...backups(plan, measured),
    timeSync(measured),
    ...logs(plan, measured),
  ];
  const points = items.reduce((sum, { state }) => sum + POINTS[state], 0);
  return { items, score: Math.floor((points * 100) / (2 * items.length)) };
}

const POINTS = { there: 2, stale: 1, missing: 0 } as const;

type From = ReadinessItem['from'];
const make =
  (state: ReadinessItem['state']) =>
  (id: string, what: string, from: From, seen: string, next = ''): ReadinessItem => ({
    ...{ id, state, what, seen, next, from },
  });
const there = make('there');
const missing = make('missing');
const stale = make('stale');

const ago = (now: Date, atMs: number): string => {
  const ms = now.getTime() - atMs;
  return ms < 60_000 ? 'just now' : `${durationText(Math.floor(ms / 60_000) * 60_000)} ago`;
};

function written({ now, planWrittenMs }: Measured): ReadinessItem {
  const [id, what] = ['plan', 'A plan, read again each year'] as const;
  if (planWrittenMs === undefined) return missing(id, what, 'files', 'no plan.yml', 'ir plan init');
  const seen = `plan.yml was last written ${ago(now, planWrittenMs)}`;
  if (now.getTime() - planWrittenMs <= YEAR_MS) return there(id, what, 'files', seen);
  return stale(id, what, 'files', seen, 'read plan.yml again and correct what has changed');
}

function commander({ team }: Plan): ReadinessItem {
  const [id, what] = ['commander', 'An incident commander and a deputy'] as const;
  const leads = team.filter(({ role }) => role === 'incident_commander');
  const people = new Set(leads.flatMap(({ who, deputies }) => [who, ...deputies]));
  if (people.size >= 2) return there(id, what, 'plan', [...people].join(', '));
  const seen = people.size === 0 ? 'nobody leads' : `${[...people].join()}, and no deputy`;
  return missing(id, what, 'plan', seen, 'name them below team, with who and deputies');
}

/** The rest of the list is needed by large teams alone. */
const NEEDED = [
  'communications',
  'legal',
  'executive',
] as const satisfies readonly (typeof ROLES)[number][];

function otherRoles({ team }: Plan): ReadinessItem {
  const [id, what] = ['roles', 'Communications, legal and executive'] as const;
  const open = NEEDED.filter((needed) => !team.some(({ role }) => role === needed));
  if (open.length === 0) return there(id, what, 'plan', 'each is given to somebody');
  return missing(id, what, 'plan', `nobody is ${open.join(', ')}`, 'name them below team');
}

function outOfBand({ contacts }: Plan): ReadinessItem {
  const [id, what] = ['out-of-band', 'A way to everybody when mail and chat are not ours'] as const;
  if (contacts.length === 0)
    return missing(id, what, 'plan', 'no contacts', 'add contacts with out_of_band');
  const without = contacts.filter(({ out_of_band: way }) => way === undefined);
  if (without.length === 0)
    return there(id, what, 'plan', `of ${plural(contacts.length, 'contact')}`);
  const names = without.map((one) => one.id).join(', ');
  return missing(id, what, 'plan', `none for ${names}`, 'add out_of_band to these contacts');
}

function confirmed({ contacts }: Plan, { now, named }: Measured): ReadinessItem {
  const [id, what] = ['contacts', 'Contacts that were tried in the last half year'] as const;
  if (contacts.length === 0) return missing(id, what, 'plan', 'no contacts', 'add contacts');
  // A day to come is a slip of the pen, and confirms nothing.
  const last = contacts.map((contact) => {
    const said = contact.confirmed === undefined ? Number.NaN : Date.parse(contact.confirmed);
    const seen = Math.max(named[contact.name.toLowerCase()] ?? 0, named[contact.id] ?? 0);
    return Math.max(said <= now.getTime() ? said : 0, seen);
  });
  const old = contacts.filter((_, at) => now.getTime() - last[at]! > HALF_YEAR_MS);
  const next = `call ${old.map((one) => one.id).join(', ')}, then write the day as confirmed`;
  if (old.length === 0) return there(id, what, 'journal', `all of ${contacts.length}`);
  const seen = `not ${old.map((one) => one.id).join(', ')}`;
  return last.every((at) => at === 0)
    ? missing(id, what, 'journal', seen, next)
    : stale(id, what, 'journal', seen, next);
}

function matrix({ severity }: Plan): ReadinessItem {
  const [id, what] = ['severity', 'Severity by impact and urgency'] as const;
  const degrees = DEGREES.filter((degree) => degree !== 'none');
  const cells = degrees.flatMap((impact) =>
    degrees.map((urgency) => severity?.[impact]?.[urgency]),
  );
  const filled = cells.filter((cell) => cell !== undefined).length;
  if (filled === cells.length) return there(id, what, 'plan', `all ${filled} cells`);
  const seen = `${filled} of ${cells.length} cells`;
  return missing(id, what, 'plan', seen, 'fill severity for low, medium and high');
}

function escalation({ escalation: rules }: Plan): ReadinessItem {
  const [id, what] = ['escalation', 'Rules that say who is brought in at SEV1'] as const;
  const fitting = rules.filter(({ when }) => when.severity?.includes('SEV1') ?? false);
  if (fitting.length > 0) return there(id, what, 'plan', plural(rules.length, 'rule'));
  const seen = rules.length === 0 ? 'no rule' : `${plural(rules.length, 'rule')}, none for SEV1`;
  return missing(id, what, 'plan', seen, 'add one below escalation');
}

function communication({ communication: lines }: Plan): ReadinessItem {
  const [id, what] = ['communication', 'Who may say what to whom'] as const;
  if (lines.length > 0) return there(id, what, 'plan', plural(lines.length, 'line'));
  return missing(id, what, 'plan', 'nothing', 'add lines below communication');
}

function spared({ never_block: networks }: Plan): ReadinessItem {
  const [id, what] = ['never-block', 'Addresses that no action may cut off'] as const;
  const names = Object.keys(networks);
  if (names.length > 0) return there(id, what, 'plan', names.join(', '));
  return missing(id, what, 'plan', 'none', 'add never_block: the office, the bastion, monitoring');
}

function systems({ systems: all }: Plan): ReadinessItem {
  const [id, what] = ['systems', 'Systems, each with an owner'] as const;
  if (all.length === 0) return missing(id, what, 'plan', 'none', 'add systems with their owners');
  const without = all.filter(({ owner }) => owner === undefined).map(({ name }) => name);
  if (without.length === 0) return there(id, what, 'plan', plural(all.length, 'system'));
  return missing(
    id,
    what,
    'plan',
    `no owner of ${without.join(', ')}`,
    'add owner to these systems',
  );
}

function retention({ retention: kept }: Plan): ReadinessItem {
  const [id, what] = ['retention', 'How long logs, evidence and cases are kept'] as const;
  const open = (['logs', 'evidence', 'cases'] as const).filter((one) => kept?.[one] === undefined);
  if (open.length === 0) return there(id, what, 'plan', 'of all three');
  return missing(id, what, 'plan', `not of ${open.join(', ')}`, 'add it below retention');
}

function drills({ now, drills: all }: Measured): ReadinessItem {
  const [id, what] = ['drill', 'A drill in the last half year'] as const;
  const next = 'ir drill list, ir drill start NAME, and ir close at its end';
  const ended = all.filter((at) => at !== undefined);
  if (ended.length === 0) {
    const seen = all.length === 0 ? 'none in the journal' : `${all.length} begun, none closed`;
    return missing(id, what, 'journal', seen, next);
  }
  const last = Math.max(...ended);
  const seen = `the last one was closed ${ago(now, last)}`;
  return now.getTime() - last <= HALF_YEAR_MS
    ? there(id, what, 'journal', seen)
    : stale(id, what, 'journal', seen, next);
}

function backups(plan: Plan, measured: Measured): ReadinessItem[] {
  const wanted =
    plan.backups.length === 0
      ? [{ path: undefined, everyMs: 90 * DAY_MS }]
      : plan.backups.map((one) => ({ path: one.path, everyMs: ageMs(one.verify_every) }));
  return wanted.map(({ path, everyMs }) => {
    const id = path === undefined ? 'backup' : `backup ${path}`;
    const what = path === undefined ? 'A backup that was verified' : `Backup ${path}, verified`;
    const next = `ir check backup verify ${path ?? 'PATH'} --manifest FILE`;
    const fitting = measured.backups.filter((one) => path === undefined || one.path === path);
    const last = fitting.reduce<(typeof fitting)[number] | undefined>(
      (newest, one) => (newest === undefined || one.atMs > newest.atMs ? one : newest),
      undefined,
    );
    if (last === undefined) return missing(id, what, 'journal', 'never, by the journal', next);
    const when = ago(measured.now, last.atMs);
    if (!last.isWhole)
      return missing(id, what, 'journal', `${when} it was not as it was recorded`, next);
    return measured.now.getTime() - last.atMs <= everyMs
      ? there(id, what, 'journal', `${last.path}, ${when}`)
      : stale(id, what, 'journal', `${last.path}, ${when}`, next);
  });
}

function timeSync({ isTimeSynchronised }: Measured): ReadinessItem {
  const [id, what] = ['time', 'A clock that is kept in time'] as const;
  if (isTimeSynchronised === true) return there(id, what, 'host', 'this machine is synchronised');
  return missing(
    id,
    what,
    'host',
    isTimeSynchronised === false
      ? 'this machine is not synchronised'
      : 'no program here says that it is: timedatectl, chronyc',
    'set up systemd-timesyncd or chrony',
  );
}

function logs(plan: Plan, { now, logs: times }: Measured): ReadinessItem[] {
  if (plan.logs.length === 0)
    return [missing('logs', 'Log files that are written to', 'files', 'none is named', 'add logs')];
  return plan.logs.map(({ path, max_age: age }) => {
    const [id, what] = [`logs ${path}`, `${path}, written within ${age}`];
    const at = times[path];
    if (at === undefined)
      return missing(id, what, 'files', 'nothing is there', `find out who should write ${path}`);
    const seen = `last written ${ago(now, at)}`;
    return now.getTime() - at <= ageMs(age)
      ? there(id, what, 'files', seen)
      : stale(id, what, 'files', seen, `find out why ${path} is not written to`);
  });
}
