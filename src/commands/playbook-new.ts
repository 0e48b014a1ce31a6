/** `ir playbook new`: a playbook file to go on from. */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ownFolder } from '../config.ts';
import { usageError } from '../errors.ts';
import { copyPlaybookText, newPlaybookText } from '../respond/new-playbook.ts';
import { readPlaybook } from '../respond/playbook-file.ts';
import type { CommandContext } from './context.ts';
import { throwProblem } from './playbook-problem.ts';
import { findPlaybook } from './playbook-try.ts';
import { writeWhole } from './write-file.ts';

/** The options as commander gives them. */
export interface NewPlaybookOptions {
  title?: string;
  from?: string;
  output?: string;
  force?: boolean;
}

/** A playbook file that was written, or its text. */
export interface WrittenPlaybook {
  id: string;
  /** Where it was written; undefined: nowhere, the text is printed. */
  path: string | undefined;
  text: string;
  /** What of the source a playbook cannot express. */
  remarks: readonly string[];
}

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Writes a new playbook among the user's own, or to `--output` (`-`: printed).
 * @throws IrError: exit 2 for a wrong id, 6 where a file is there already
 */
export async function newPlaybook(
  context: CommandContext,
  id: string,
  options: NewPlaybookOptions,
): Promise<WrittenPlaybook> {
  if (!ID.test(id))
    throw usageError(
      `"${id}" is no id of a playbook`,
      'Write small letters, digits and hyphens: disk-full.',
    );
  const { from, title } = options;
  const text =
    from === undefined
      ? newPlaybookText(id, title ?? id)
      : copyPlaybookText(
          await readFile((await findPlaybook(context, from)).path, 'utf8'),
          id,
          title,
        );
  return await keepPlaybookText(context, { id, text, remarks: [] }, options);
}

/** Checks a playbook that was made here and writes it. */
export async function keepPlaybookText(
  context: CommandContext,
  made: Omit<WrittenPlaybook, 'path'>,
  { output, force }: { output?: string; force?: boolean },
  inputs: readonly string[] = [],
): Promise<WrittenPlaybook> {
  const { id, text } = made;
  const { problems } = await readPlaybook(text, `${id}.yml`, 'user');
  if (problems.length > 0) throwProblem(`${id}.yml`, problems);
  if (output === '-') return { ...made, path: undefined };
  const shown = output ?? join(ownFolder(context.settings.env, 'playbooks'), `${id}.yml`);
  const path = resolve(context.settings.cwd, shown);
  const target = { path, shown, flag: '--output', isForced: force === true, inputs };
  await writeWhole(context, target, text);
  return { ...made, path };
}
