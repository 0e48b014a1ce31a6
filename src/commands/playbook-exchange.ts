/** `ir playbook export` and `import`: CACAO 2.0, the format in which playbooks are exchanged. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { EXIT, IrError, messageOf } from '../errors.ts';
import { fromCacao } from '../respond/cacao/from-cacao.ts';
import { toCacao } from '../respond/cacao/to-cacao.ts';
import { readPlaybook } from '../respond/playbook-file.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';
import { keepPlaybookText, type WrittenPlaybook } from './playbook-new.ts';
import { throwProblem } from './playbook-problem.ts';
import { findPlaybook } from './playbook-try.ts';
import { readStdin } from './read-stdin.ts';
import { outputTo } from './write-file.ts';

const MOST_BYTES = 10_000_000;

/** A CACAO document. */
export interface ExportedPlaybook {
  document: Readonly<Record<string, unknown>>;
}

/** A playbook, by id or by file, as CACAO 2.0. */
export async function exportPlaybook(
  context: CommandContext,
  name: string,
  options: { output?: string; force?: boolean },
): Promise<CommandOutcome<ExportedPlaybook>> {
  const { path } = await findPlaybook(context, name);
  const to = await outputTo(context, options, [path]);
  const { raw, problems } = await readPlaybook(await readFile(path, 'utf8'), path, 'user');
  if (raw === undefined) throwProblem(path, problems);
  return { result: { document: toCacao(raw, context.now()) }, ...to };
}

/**
 * Takes in a CACAO 2.0 playbook, checks it and writes it among the user's own.
 * @throws IrError: exit 3 for what is no such playbook, 4 for what cannot be read, 6 where a file is there already
 */
export async function importPlaybook(
  context: CommandContext,
  file: string,
  options: { output?: string; force?: boolean },
): Promise<WrittenPlaybook> {
  const text = await readText(file);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new IrError(`${file} is no JSON: ${messageOf(error)}`, {
      exit: EXIT.invalidTemplate,
      hint: 'Give a playbook in CACAO 2.0 JSON.',
    });
  }
  const { id, data, remarks } = fromCacao(document);
  const head = [
    '# Taken in from CACAO 2.0.',
    ...remarks.map((remark) => `# Not expressed as it was: ${plain(remark)}`),
  ];
  const body = stringify(data, { lineWidth: 140 });
  return await keepPlaybookText(
    context,
    { id, text: `${head.join('\n')}\n${body}`, remarks },
    options,
    file === '-' ? [] : [resolve(context.settings.cwd, file)],
  );
}

/** A remark in a comment stays in its line. */
const plain = (text: string): string =>
  text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');

async function readText(file: string): Promise<string> {
  try {
    const text = file === '-' ? await readStdin(MOST_BYTES) : await readFile(file, 'utf8');
    if (text.length > MOST_BYTES)
      throw new Error(`${text.length} characters are too many for a playbook`);
    return text;
  } catch (error) {
    throw new IrError(`cannot read ${file}: ${messageOf(error)}`, {
      exit: EXIT.unreadableInput,
      hint: 'Check the path and its permissions.',
    });
  }
}
