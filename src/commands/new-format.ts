/** `ir formats new`: a format file from lines or from the setting of a server. */
import { EXIT, IrError, templateError, usageError } from '../errors.ts';
import { plural } from '../events/words.ts';
import { sampleLines } from '../logs/detect-format.ts';
import { readFileHead } from '../logs/format-report.ts';
import { FORMATS } from '../logs/formats/list.ts';
import { isProblem, prepareFile } from '../logs/prepare.ts';
import { isFormatName, proposalOfLines, proposalOfSetting } from '../logs/propose/proposal.ts';
import { type Proposal, writeFormat } from '../logs/propose/write-format.ts';
import { createSpool } from '../logs/spool.ts';
import { walk } from '../logs/walk.ts';
import type { CommandContext } from './context.ts';
import type { CommandOutcome } from './outcome.ts';

/** The options as commander gives them. */
export interface NewFormatOptions {
  from?: string;
  fromConfig?: string;
  name?: string;
}

/** The file that is proposed. */
export interface NewFormatResult {
  name: string;
  text: string;
  /** Lines that were looked at, and how many of them the format reads. */
  lines: number;
  read: number;
}

/**
 * Proposes a format file.
 * @throws IrError: exit 2 for options that do not go together, 3 for a setting that is no pattern, 4 for a file that cannot be read
 */
export async function newFormat(
  context: CommandContext,
  { from, fromConfig: setting, name }: NewFormatOptions,
): Promise<CommandOutcome<NewFormatResult>> {
  if ((from === undefined) === (setting === undefined))
    throw usageError('give --from FILE or --from-config TEXT', 'One of the two.');
  if (name !== undefined && !isFormatName(name))
    throw usageError(
      `--name: "${name}" is no name of a format`,
      'Write small letters, digits and - between them.',
    );
  if (setting !== undefined)
    return { result: finish(context, proposalOfSetting(setting, name), 1) };
  const path = from ?? '';
  const lines = await readLines(context, path);
  const proposal = proposalOfLines(path, lines, name);
  if (proposal === undefined)
    throw new IrError('there is no line to make a format of', {
      exit: EXIT.unreadableInput,
      source: { path },
    });
  return { result: finish(context, proposal, lines.length) };
}

function finish(context: CommandContext, proposal: Proposal, lines: number): NewFormatResult {
  const { text, read, problems } = writeFormat(proposal);
  const [problem] = problems;
  if (problem !== undefined)
    throw templateError(
      problem.message,
      problem.source,
      'Nothing can be proposed for it; write the pattern by hand.',
    );
  context.say(
    `It reads ${read} of ${plural(lines, 'line')}. Correct it, then: ir formats check FILE`,
  );
  return { name: proposal.name, text, lines, read };
}

async function readLines(context: CommandContext, path: string): Promise<readonly string[]> {
  const walked = await walk([path], context.settings.cwd, { signal: context.signal });
  const [file] = walked.files;
  const unreadable = (reason: string): IrError =>
    new IrError(`cannot read the lines: ${reason}`, {
      exit: EXIT.unreadableInput,
      source: { path },
    });
  if (file === undefined) throw unreadable(walked.problems[0]?.reason ?? 'no file');
  if (walked.files.length > 1)
    throw usageError(`--from: ${path} holds ${walked.files.length} files`, 'Name one of them.');
  const spool = createSpool();
  try {
    const options = { formats: FORMATS, spool, stdin: process.stdin, signal: context.signal };
    const found = await prepareFile(file, options);
    const prepared = found.find((one) => !isProblem(one)) ?? found[0];
    if (prepared === undefined) throw unreadable('nothing is in it');
    if (isProblem(prepared)) throw unreadable(prepared.reason);
    return sampleLines(readFileHead(prepared)).filter((line) => line.trim() !== '');
  } finally {
    spool.remove();
  }
}
