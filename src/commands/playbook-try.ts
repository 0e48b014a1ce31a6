/** `ir playbook test`: a playbook walked dry, every branch. */
import { EXIT, usageError } from '../errors.ts';
import { conditionText } from '../respond/condition.ts';
import { type DryWalk, walkDry } from '../respond/dry-walk.ts';
import { loadPlaybooks, pickPlaybook, readPlaybookFile } from '../respond/load-playbooks.ts';
import type { Playbook } from '../respond/playbook.ts';
import { readVariableFlags } from '../respond/variables.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { throwProblem } from './playbook-problem.ts';

/** What came of the walks through one playbook. */
export interface PlaybookTestResult {
  playbook: { id: string; title: string; steps: number };
  walks: number;
  /** More than `walks` where there are too many to try all. */
  combinations: number;
  shortest: number;
  longest: number;
  branches: readonly { step: string; when: string; taken: number; left: number }[];
  /** Playbooks that it led to, and in how many walks. */
  leadsTo: Readonly<Record<string, number>>;
  problems: readonly string[];
  /** The steps of the one walk, where the answers given leave only one way. */
  path: readonly string[] | undefined;
  /** Every walk, in machine output. */
  paths: readonly DryWalk[];
}

/**
 * Walks a playbook, by id or by file, with every way to answer; exit 3 when a walk cannot be finished.
 * @throws IrError: exit 2 for an unknown id or answer, 3 for an invalid file, 4 for one that cannot be read
 */
export async function testPlaybook(
  context: CommandContext,
  name: string,
  flags: readonly string[],
): Promise<CommandOutcome<PlaybookTestResult>> {
  const playbook = await findPlaybook(context, name);
  const fixed = await readVariableFlags(flags, playbook.variables);
  const tried = walkDry(playbook, fixed);
  const lengths = tried.walks.map(({ steps }) => steps.length);
  const leadsTo: Record<string, number> = {};
  for (const id of tried.walks.flatMap((walk) => walk.leadsTo))
    leadsTo[id] = (leadsTo[id] ?? 0) + 1;
  const ways = new Set(tried.walks.map(({ steps }) => steps.join(' ')));
  const result: PlaybookTestResult = {
    playbook: { id: playbook.id, title: playbook.title, steps: playbook.steps.length },
    walks: tried.walks.length,
    combinations: tried.combinations,
    shortest: Math.min(...lengths),
    longest: Math.max(...lengths),
    branches: tried.branches.map(({ step, taken, left }) => {
      const when = playbook.steps.find(({ id }) => id === step)?.when;
      return { step, when: when === undefined ? '' : conditionText(when), taken, left };
    }),
    leadsTo,
    problems: tried.problems,
    path: ways.size === 1 ? tried.walks[0]?.steps : undefined,
    paths: context.settings.format === 'text' ? [] : tried.walks,
  };
  return tried.problems.length === 0 ? { result } : { result, exit: EXIT.invalidTemplate };
}

/** The playbook of a file, where the name is a path, else the one with that id. */
export async function findPlaybook(context: CommandContext, name: string): Promise<Playbook> {
  if (name === '') throw usageError('no playbook is named', 'ir playbook list names them.');
  if (!/[./]/.test(name)) return pickPlaybook(await loadPlaybooks(context.settings.env), name);
  const { playbook, problems } = await readPlaybookFile(name, 'user', context.settings.env);
  return playbook ?? throwProblem(name, problems);
}
