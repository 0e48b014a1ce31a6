/** `ir report --approve`, `--sign`: the report as it stands is in review or approved, and whose key says so. */
import { resolve } from 'node:path';
import { usageError } from '../errors.ts';
import { REVIEW_STATES, type ReviewState } from '../incidents/incident.ts';
import type { EntryPayloads } from '../incidents/journal-entry.ts';
import { quoteArgv, quoteWord } from '../processes/quote.ts';
import type { CommandContext } from './context.ts';
import { readWord } from './incident-access.ts';
import { assertWritable, type WriteTarget, writeWhole } from './write-file.ts';

/** What is said of the report that is written. */
export interface Review {
  state: ReviewState;
  /** Path of the key that signs it. */
  key: string | undefined;
}

/** The options, as typed. */
export interface ReviewOptions {
  approve?: string | boolean | undefined;
  sign?: string | undefined;
  output?: string | undefined;
  record?: boolean | undefined;
}

type Signature = NonNullable<EntryPayloads['report_reviewed']['signature']>;

/** The review that is asked for; undefined where none is. @throws IrError (exit 2) where it would be of nothing */
export function reviewAsked(
  { settings }: CommandContext,
  { approve, sign, output, record }: ReviewOptions,
  isData: boolean,
): Review | undefined {
  if (approve === undefined && sign === undefined) return undefined;
  const flag = approve === undefined ? '--sign' : '--approve';
  if (isData || output === '-')
    throw usageError(
      `${flag} is about a report in a file, and none is written`,
      'Name one with --output FILE.md, .html or .pdf, or leave --output out.',
    );
  if (record === false)
    throw usageError(`${flag} is noted in the journal, which --no-record forbids`);
  const state = readWord(
    typeof approve === 'string' ? approve : 'approved',
    REVIEW_STATES,
    '--approve',
  )!;
  return { state, key: sign === undefined ? undefined : resolve(settings.cwd, sign) };
}

/** Signs what will be written; before it is, so that a key that is missing leaves nothing behind. @throws IrError (exit 6) */
export async function signatureOf(
  context: CommandContext,
  content: string | Uint8Array,
  key: string | undefined,
): Promise<Signature | undefined> {
  if (key === undefined) return undefined;
  const { REPORT_NAMESPACE, sign } = await import('../evidence/signatures.ts');
  const keygen = { env: context.settings.env, signal: context.signal };
  return sign(content, key, keygen, REPORT_NAMESPACE);
}

/** The files beside the report: the signature, and whose key it was, as ssh-keygen reads it. */
const besides = (target: WriteTarget): { signature: WriteTarget; signers: WriteTarget } => ({
  signature: { ...target, path: `${target.path}.sig`, shown: `${target.shown}.sig` },
  signers: { ...target, path: `${target.path}.signers`, shown: `${target.shown}.signers` },
});

/** Refuses places of a signature that must not be written, before the report is. @throws IrError (exit 6) */
export async function assertSignable(context: CommandContext, target: WriteTarget): Promise<void> {
  const { signature, signers } = besides(target);
  await assertWritable(context, { ...signature, isForced: true });
  await assertWritable(context, { ...signers, isForced: true });
}

/**
 * Writes the signature beside the report.
 * @returns the command that verifies it
 */
export async function writeSignature(
  context: CommandContext,
  target: WriteTarget,
  { text, publicKey }: Signature,
): Promise<string> {
  const { signature, signers } = besides(target);
  const { REPORT_NAMESPACE } = await import('../evidence/signatures.ts');
  // A principal is a pattern there: no blank, comma, star or quote.
  const who = context.settings.actor.replace(/[^\p{L}\p{N}_.@+-]/gu, '_');
  const line = `${who} namespaces="${REPORT_NAMESPACE}" ${publicKey}\n`;
  await writeWhole(context, { ...signature, isForced: true }, text);
  await writeWhole(context, { ...signers, isForced: true }, line);
  const argv = ['ssh-keygen', '-Y', 'verify', '-f', signers.path, '-I', who];
  argv.push('-n', REPORT_NAMESPACE, '-s', signature.path);
  return `${quoteArgv(argv)} < ${quoteWord(target.path)}`;
}
