/** Runs an argv where it is to run: here, or on another machine over the system's ssh; as it is, or through sudo. */
import { quoteArgv } from './quote.ts';
import { type RunRequest, type RunResult, runCommand } from './run-command.ts';

/** SHA-256 of nothing. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

/** Where commands run. */
export interface Place {
  /** `user@web01` or a name of the ssh configuration; undefined: this machine. */
  ssh: string | undefined;
  /** Nothing is run there: an exercise. */
  isSimulated?: boolean;
}

/** What a simulated command gives: it ends well and says nothing. */
const SIMULATED: RunResult & { isUnreachable: boolean } = {
  exitCode: 0,
  failure: undefined,
  durationMs: 0,
  stdout: {
    sha256: EMPTY_SHA256,
    bytes: 0,
    head: '(simulated, nothing was run)',
    text: '',
    path: undefined,
  },
  stderr: { sha256: EMPTY_SHA256, bytes: 0, head: '', text: '', path: undefined },
  isUnreachable: false,
};

const SUDO = ['sudo', '--non-interactive', '--'] as const;

/** The argv through sudo, which must not ask. */
export const withSudo = (argv: readonly string[]): readonly string[] => [...SUDO, ...argv];

/** Directories of administration are not in the path that ssh gives to ordinary users. */
const REMOTE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Seconds after which the other machine itself ends a command that outlived our waiting. */
const GRACE_SECONDS = 5;

/**
 * What `ssh` is started with, and what it gives to the shell over there. The login shell, whichever it is, reads
 * `sh -s` alone; the words are read by sh, from its standard input.
 */
export function sshCommand(
  target: string,
  argv: readonly string[],
  timeoutMs: number,
): { argv: readonly string[]; input: string } {
  const seconds = Math.ceil(timeoutMs / 1000) + GRACE_SECONDS;
  const words = quoteArgv(argv);
  return {
    argv: [
      ...['ssh', '-T', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10'],
      // A connection that stays for others would hold our pipes open.
      ...['-o', 'ControlMaster=no', '--', target, 'sh -s'],
    ],
    input: [
      `PATH=${REMOTE_PATH} LC_ALL=C.UTF-8 TZ=UTC; export PATH LC_ALL TZ`,
      `command -v timeout >/dev/null && exec timeout -k 2 ${seconds} ${words} </dev/null`,
      `exec ${words} </dev/null`,
      '',
    ].join('\n'),
  };
}

/** Runs it at a place. A machine that cannot be reached is a failure that says so. */
export async function runAt(
  { ssh, isSimulated = false }: Place,
  request: Omit<RunRequest, 'input'>,
): Promise<RunResult & { isUnreachable: boolean }> {
  if (isSimulated) return SIMULATED;
  if (ssh === undefined) return { ...(await runCommand(request)), isUnreachable: false };
  const { argv, input } = sshCommand(ssh, request.argv, request.timeoutMs);
  const result = await runCommand({
    ...request,
    argv,
    input,
    timeoutMs: request.timeoutMs + 15_000,
  });
  // ssh ends with 255 for its own failures, and says why on stderr.
  if (result.exitCode !== 255) return { ...result, isUnreachable: false };
  const said = result.stderr.head.trim().split('\n').at(-1) ?? '';
  const failure = `${ssh} cannot be reached: ${said === '' ? 'ssh ended with 255' : said}`;
  return { ...result, exitCode: undefined, failure, isUnreachable: true };
}
