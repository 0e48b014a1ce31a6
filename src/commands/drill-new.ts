/** `ir drill new`: a file for an exercise of one's own, with comments, or made from an incident that is closed. */
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { ownFolder } from '../config.ts';
import type { Exercise } from '../drills/exercise.ts';
import { exerciseFrom } from '../drills/from-incident.ts';
import { parseScenario } from '../drills/load-scenario.ts';
import { refusedError, usageError } from '../errors.ts';
import { mask } from '../masking/mask.ts';
import type { CommandContext } from './context.ts';
import { findIncident, withStore } from './incident-access.ts';
import type { ReceiptResult } from './table-result.ts';
import { writeWhole } from './write-file.ts';

/** Options of `ir drill new`, as typed. */
export interface DrillNewOptions {
  from?: string | undefined;
  output?: string | undefined;
  force?: boolean | undefined;
}

/** Writes the file. */
export async function newDrill(
  context: CommandContext,
  name: string,
  { from, output, force }: DrillNewOptions,
): Promise<ReceiptResult> {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(name))
    throw usageError(
      `"${name}" is no name for a drill`,
      'Lower case letters, digits and hyphens: ir drill new our-own-drill',
    );
  const path =
    output === undefined
      ? join(ownFolder(context.settings.env, 'drills'), `${name}.yml`)
      : resolve(context.settings.cwd, output);
  const text = from === undefined ? SKELETON(name) : await fromIncident(context, name, from);
  parseScenario(text, path);
  const target = { path, shown: output ?? path, flag: '--output', isForced: force === true };
  await writeWhole(context, target, text);
  const start = output === undefined ? name : output;
  return {
    lines: [
      [`Written: ${path}`],
      from === undefined
        ? ['Change what is told and what is expected; the comments say how.']
        : [
            'Names of people, machines and addresses were replaced. Read it before you give it to others: a text may still say what it should not.',
          ],
    ],
    next: [{ command: `ir drill start ${start}`, shows: 'begins it' }],
    document: { drill: name, path, ...(from === undefined ? {} : { from }) },
  };
}

/** What is followed where the incident had no playbook. */
const WITHOUT_PLAYBOOK = 'triage';

const fromIncident = (context: CommandContext, name: string, wanted: string): Promise<string> =>
  withStore(context, async ({ store }) => {
    const incident = await findIncident(context, store, wanted);
    if (incident.status !== 'closed')
      throw refusedError(
        `${incident.key} is not closed`,
        'A drill is made from an incident that is over: ir close',
      );
    const detail = await store.load(incident.id);
    const journal = await store.journal(incident.id);
    const opened = journal.find(({ type }) => type === 'incident_opened');
    const people = [
      ...journal.map(({ actor }) => actor),
      ...detail.roles.map(({ person }) => person),
      ...detail.tasks.flatMap(({ owner }) => owner ?? []),
      userInfo().username,
    ];
    const things = [
      ...detail.assets.flatMap((asset) => [asset.name, asset.address ?? '']),
      ...(detail.actions ?? []).flatMap(({ target, host }) => [target, host]),
      ...detail.findings.flatMap(({ entities }) => Object.values(entities).flat()),
      ...(await store.items(incident.id, 'indicators')).map(({ value }) => value),
    ];
    const exercise = exerciseFrom({
      ...{
        playbook: incident.type || WITHOUT_PLAYBOOK,
        severity: incident.severity,
        title: incident.title,
      },
      openedMs: Date.parse(opened?.at ?? journal[0]?.at ?? ''),
      entries: journal.map(({ at, type, payload }) => ({ atMs: Date.parse(at), type, payload })),
      rename: renaming(people, things),
    });
    if (exercise.expected.length === 0)
      throw refusedError(
        `nothing that was done in ${incident.key} can be expected again: no role, step, action, clock, decision or evidence`,
        `Write one with comments instead: ir drill new ${name}`,
      );
    return yamlOf(name, exercise);
  });

/** Known names become numbers of people and things; addresses, mail and tokens go by their form. */
export function renaming(
  people: readonly string[],
  things: readonly string[],
): (text: string) => string {
  const named = new Map<string, string>();
  const add = (names: readonly string[], word: string): void => {
    for (const name of [...new Set(names)].filter((one) => one.trim().length > 2))
      if (!named.has(name.toLowerCase()))
        named.set(name.toLowerCase(), `${word}-${named.size + 1}`);
  };
  add(people, 'person');
  add(things, 'thing');
  // The longest first, so that a name inside another is not cut out of it.
  const all = [...named.keys()].sort((a, b) => b.length - a.length);
  return (text) => {
    let left = text;
    for (const name of all) {
      const parts = left.toLowerCase().split(name);
      if (parts.length === 1) continue;
      let at = 0;
      left = parts
        .map((part, index) => {
          const piece = left.slice(at, at + part.length);
          at += part.length + name.length;
          return index === 0 ? piece : `${named.get(name)}${piece}`;
        })
        .join('');
    }
    return mask(left);
  };
}

const yamlOf = (name: string, exercise: Exercise): string =>
  `# Made from an incident: its order, its times and its kinds of act, with other names.\n${stringify(
    {
      name,
      title: exercise.opening,
      summary: 'What happened once, to practise it again.',
      exercise,
    },
    { lineWidth: 140 },
  )}`;

const SKELETON = (
  name: string,
): string => `# An exercise of your own. Begin it with: ir drill start ${name}
name: ${name}
title: What happens, in one line
summary: Who practises what, and why.
# Logs come from another drill: leave the # away, and "ir drill start ${name} --logs FOLDER" writes them.
# like: office-network

exercise:
  playbook: triage            # ir playbook list
  severity: SEV3
  opening: What somebody has noticed
  minutes: 60
  objectives: [what should be learnt]
  injects:                    # what is told, at which minute, from whom
    - id: first-call
      at: 0
      from: the helpdesk
      says: "Something is wrong with the file server."
      asks:                   # for a group at a table: ir drill start ${name} --tabletop
        - { id: first-move, asks: "What do you do first?", points: [one person leads, evidence is kept before anything is changed] }
    - id: it-grows
      at: 20
      from: an administrator
      says: "Now a second one, too."
  expected:                   # what should be done, until when, and the entry of the journal that shows it (docs/journal.md)
    - { id: commander, says: One person leads, within: 10, worth: 2, shown: { entry: role_assigned, with: { role: incident_commander } } }
    - { id: evidence, says: Evidence is kept, within: 30, shown: [ { entry: evidence_added }, { entry: timeline_saved } ] }
    - { id: raise, says: The severity is raised, after: it-grows, within: 10, shown: { entry: incident_updated, with: { changes.severity: [SEV1, SEV2] } } }
  dangers:                    # what should not be done; with "before" only as long as that is not done
    - { id: stopped-first, says: A process was ended before evidence was kept, costs: 3, before: evidence, shown: { entry: action_proposed, with: { name: stop-process } } }
`;
