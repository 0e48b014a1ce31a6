/**
 * Runs one argv: no shell, its own process group, a small environment, and its output recorded in full.
 * The only importer of execa.
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';

/** A command to run, and where its output goes. */
export interface RunRequest {
  argv: readonly string[];
  timeoutMs: number;
  /** Folder that keeps whole outputs, each named by its SHA-256; undefined: outputs are hashed and dropped. */
  outputFolder: string | undefined;
  environment: Readonly<Record<string, string | undefined>>;
  /** Added to the small environment, such as a secret that must not stand in argv. */
  secrets?: Readonly<Record<string, string>>;
  /** What the command reads; nothing when undefined. */
  input?: string | Uint8Array;
  /** So many bytes of each output are handed over as `text`; none when undefined. */
  textBytes?: number;
  /** An output longer than this is not kept as a file; 1 GiB when undefined. */
  mostKeptBytes?: number;
  /** Ends the command and everything it started. */
  signal: AbortSignal;
}

/** How a command ended. */
export interface RunResult {
  /** Undefined when the program was killed or could not be started. */
  exitCode: number | undefined;
  /** Why there is no exit code: `timed out after 60 s`, `interrupted`, `not found`, `killed by SIGTERM`. */
  failure: string | undefined;
  durationMs: number;
  stdout: RecordedOutput;
  stderr: RecordedOutput;
}

/** Output as the journal keeps it: its beginning, and the checksum of all. */
export interface RecordedOutput {
  /** Of the whole output, hex. */
  sha256: string;
  bytes: number;
  /** First 4,000 characters as UTF-8; a remark instead when it is binary. */
  head: string;
  /** The beginning as it is, as UTF-8; never for the journal, and empty unless asked for. */
  text: string;
  /** The file with the whole output; undefined when it is empty, was not kept, or passed the limit. */
  path: string | undefined;
}

const HEAD_CHARACTERS = 4000;
const MAX_KEPT_BYTES = 1024 * 1024 * 1024;
const GRACE_MS = 2000;

/** Runs a command to its end. Never throws for what the command does. */
export async function runCommand(request: RunRequest): Promise<RunResult> {
  const { execa } = await import('execa');
  const [file = '', ...rest] = request.argv;
  const started = process.hrtime.bigint();
  const child = execa(file, rest, {
    // A group of its own, so that a timeout also ends what the command has started.
    detached: true,
    cleanup: false,
    extendEnv: false,
    env: { ...minimalEnvironment(request.environment, file), ...request.secrets },
    ...(request.input === undefined ? { stdin: 'ignore' as const } : { input: request.input }),
    buffer: false,
    reject: false,
  });
  const guard = guardGroup(child.pid, request);
  try {
    const [ended, stdout, stderr] = await Promise.all([
      child,
      record(child.stdout, request),
      record(child.stderr, request),
    ]);
    const durationMs = Math.round(Number(process.hrtime.bigint() - started) / 1e6);
    const failure = guard.cause ?? failureOf(ended, file);
    return {
      exitCode: failure === undefined ? ended.exitCode : undefined,
      failure,
      durationMs,
      stdout,
      stderr,
    };
  } finally {
    guard.release();
  }
}

interface Ended {
  exitCode?: number | undefined;
  signal?: string | undefined;
  code?: string | undefined;
  shortMessage?: string | undefined;
}

function failureOf(ended: Ended, file: string): string | undefined {
  if (ended.signal !== undefined) return `killed by ${ended.signal}`;
  if (ended.exitCode !== undefined) return undefined;
  if (ended.code === 'ENOENT') return `${file} is not installed or not in PATH`;
  if (ended.code === 'EACCES') return `${file} cannot be executed`;
  return ended.shortMessage ?? 'could not be started';
}

/** Kills the whole group on timeout or abort: first politely, two seconds later for good. */
function guardGroup(
  pid: number | undefined,
  { timeoutMs, signal }: RunRequest,
): { cause: string | undefined; release(): void } {
  const guard: { cause: string | undefined; release(): void } = {
    cause: undefined,
    release: () => {},
  };
  if (pid === undefined) return guard;
  const timers: NodeJS.Timeout[] = [];
  const stop = (cause: string): void => {
    if (guard.cause !== undefined) return;
    guard.cause = cause;
    killGroup(pid, 'SIGTERM');
    timers.push(setTimeout(() => killGroup(pid, 'SIGKILL'), GRACE_MS));
  };
  const onAbort = (): void => stop('interrupted');
  timers.push(setTimeout(() => stop(`timed out after ${timeoutMs / 1000} s`), timeoutMs));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  guard.release = () => {
    for (const timer of timers) clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  };
  return guard;
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has ended already, or belongs to root because sudo started it.
  }
}

/** Hashes everything, keeps the head, and writes the whole to a file named by its hash. */
async function record(
  stream: Readable | null | undefined,
  {
    outputFolder,
    textBytes = 0,
    mostKeptBytes = MAX_KEPT_BYTES,
  }: Pick<RunRequest, 'outputFolder' | 'textBytes' | 'mostKeptBytes'>,
): Promise<RecordedOutput> {
  const hash = createHash('sha256');
  const decoder = new StringDecoder('utf8');
  let head = '';
  let isBinary = false;
  let bytes = 0;
  const keeper = keep(outputFolder, mostKeptBytes);
  const text: Buffer[] = [];
  for await (const chunk of stream ?? []) {
    const data = Buffer.from(chunk as Uint8Array);
    hash.update(data);
    if (bytes < textBytes) text.push(data.subarray(0, textBytes - bytes));
    bytes += data.length;
    isBinary ||= head.length < HEAD_CHARACTERS && data.includes(0);
    if (head.length < HEAD_CHARACTERS && !isBinary)
      head += decoder.write(data).slice(0, HEAD_CHARACTERS);
    await keeper.write(data, bytes);
  }
  const sha256 = hash.digest('hex');
  const path = await keeper.finish(sha256, bytes);
  return {
    sha256,
    bytes,
    head: isBinary ? `(binary, ${bytes} bytes)` : safeHead(head),
    text: Buffer.concat(text).toString('utf8'),
    path,
  };
}

/** Control and bidi characters as visible escapes, lines ended by a newline alone, and no half of a surrogate pair at the cut. */
const safeHead = (text: string): string =>
  text
    .slice(0, HEAD_CHARACTERS)
    .replace(/[\ud800-\udbff]$/, '')
    .replaceAll('\r\n', '\n')
    .replace(
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (character) => `\\u{${character.charCodeAt(0).toString(16)}}`,
    );

interface Keeper {
  write(data: Buffer, total: number): Promise<void>;
  finish(sha256: string, bytes: number): Promise<string | undefined>;
}

let serial = 0;

function keep(folder: string | undefined, mostBytes: number): Keeper {
  if (folder === undefined) return { write: async () => {}, finish: async () => undefined };
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const temporary = join(folder, `.tmp-${process.pid}-${serial++}`);
  const file = createWriteStream(temporary, { mode: 0o600, flags: 'wx' });
  let problem: Error | undefined;
  file.on('error', (error) => (problem = error));
  return {
    async write(data, total) {
      if (problem !== undefined || total > mostBytes || file.write(data)) return;
      await new Promise<void>((resolve) => {
        const goOn = (): void => {
          file.off('drain', goOn).off('error', goOn);
          resolve();
        };
        file.once('drain', goOn).once('error', goOn);
      });
    },
    async finish(sha256, bytes) {
      file.end();
      await finished(file).catch(() => {});
      const path = join(folder, sha256);
      if (problem !== undefined || bytes === 0 || bytes > mostBytes || existsSync(path)) {
        rmSync(temporary, { force: true });
        return problem === undefined && existsSync(path) ? path : undefined;
      }
      renameSync(temporary, path);
      return path;
    },
  };
}

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/** What a command may know: no LD_PRELOAD, no secrets of the shell; times in UTC and messages in English. */
export function minimalEnvironment(
  from: Readonly<Record<string, string | undefined>>,
  file: string,
): Record<string, string> {
  const environment: Record<string, string> = { LC_ALL: 'C.UTF-8', TZ: 'UTC', TERM: 'dumb' };
  for (const [name, value] of Object.entries(from)) {
    const isWanted =
      ['HOME', 'USER', 'LOGNAME', 'XDG_RUNTIME_DIR'].includes(name) ||
      (file === 'aws' && name.startsWith('AWS_')) ||
      (file === 'ssh' && name === 'SSH_AUTH_SOCK') ||
      (file === 'kubectl' && name === 'KUBECONFIG');
    if (isWanted && value !== undefined) environment[name] = value;
  }
  const path = (from['PATH'] ?? '').split(':').filter((entry) => entry.startsWith('/'));
  environment['PATH'] = [...new Set([...path, ...SYSTEM_PATH])].join(':');
  return environment;
}
