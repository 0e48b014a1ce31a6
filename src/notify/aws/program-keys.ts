/** Keys that a program prints. @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html */
import { runCommand } from '../../processes/run-command.ts';
import { type FoundKeys, keysOfDocument, noKeys, type Search } from './search.ts';

const TIMEOUT_MS = 60_000;
const MOST_BYTES = 65_536;

/** Runs it without a shell; what it prints is told to nobody. @throws SendFailure */
export async function processKeys(search: Search, line: string): Promise<FoundKeys> {
  const argv = wordsOf(line);
  const [program] = argv;
  if (program === undefined) throw noKeys('credential_process names no program');
  const { env, signal } = search;
  const ours = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[0].startsWith('AWS_') && pair[1] !== undefined,
  );
  const { exitCode, failure, stdout } = await runCommand({
    ...{ argv, timeoutMs: TIMEOUT_MS, textBytes: MOST_BYTES, outputFolder: undefined },
    ...{ environment: env, secrets: Object.fromEntries(ours), signal },
  });
  if (exitCode !== 0) throw noKeys(`${program} ${failure ?? `ended with ${exitCode}`}`);
  return keysOfDocument(stdout.text, program);
}

/** Words in blanks, some in quotes. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:"(?:[^"\\]|\\.)*"|'[^']*'|[^\s"'])+/g)].map(([word]) =>
    word.replace(
      /"((?:[^"\\]|\\.)*)"|'([^']*)'/g,
      (_, double: string | undefined, single: string | undefined) =>
        double?.replace(/\\(["\\])/g, '$1') ?? single ?? '',
    ),
  );
