/**
 * Signatures with SSH keys, made and checked by ssh-keygen: responders have such keys, and everybody has the program.
 * @see https://man.openbsd.org/ssh-keygen#Y (sign, verify, check-novalidate)
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EXIT, IrError, messageOf, refusedError } from '../errors.ts';
import { type RunResult, runCommand } from '../processes/run-command.ts';

/** What signatures of ours are for: one made for something else does not fit. */
export const NAMESPACE = 'ir-custody';
/** Of signed reports. */
export const REPORT_NAMESPACE = 'ir-report';

const TIMEOUT_MS = 60_000;
/** Of a signature: an RSA key of 16,384 bits makes one of 4 kB. */
const MOST_BYTES = 64 << 10;

/** What running ssh-keygen needs. */
export interface Keygen {
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

/** A signature, and whose. */
export interface Signed {
  /** As ssh-keygen writes it, armoured. */
  text: string;
  /** `SHA256:...` */
  fingerprint: string;
  /** The public key, as authorized_keys has it, without a comment. */
  publicKey: string;
}

/**
 * Signs a text.
 * @param namespace what the signature is for
 * @param key path of a private key, or of a public one whose private key an ssh-agent has
 * @throws IrError (exit 6) when it cannot: no such key, a passphrase and no agent, no ssh-keygen
 */
export async function sign(
  text: string | Uint8Array,
  key: string,
  keygen: Keygen,
  namespace = NAMESPACE,
): Promise<Signed> {
  return inFolder(async (folder) => {
    const file = join(folder, 'text');
    await writeFile(file, text, { mode: 0o600 });
    const ran = await ssh(['-Y', 'sign', '-q', '-n', namespace, '-f', key, file], keygen);
    if (ran.exitCode !== 0) throw cannotSign(key, ran);
    const signature = await readFile(`${file}.sig`, 'latin1');
    const fingerprint = await signerOf(text, signature, keygen, namespace);
    if (fingerprint === undefined) throw cannotSign(key, ran);
    return { text: signature, fingerprint, publicKey: publicKeyIn(signature) };
  });
}

/**
 * Whose signature of this text it is.
 * @returns the fingerprint of the key; undefined where it is no signature of this text
 */
export async function signerOf(
  text: string | Uint8Array,
  signature: string,
  keygen: Keygen,
  namespace = NAMESPACE,
): Promise<string | undefined> {
  return inFolder(async (folder) => {
    const file = join(folder, 'text.sig');
    await writeFile(file, signature, { mode: 0o600 });
    const argv = ['-Y', 'check-novalidate', '-n', namespace, '-s', file];
    const ran = await ssh(argv, keygen, text);
    if (ran.exitCode !== 0) return undefined;
    return /\b(SHA256:[A-Za-z0-9+/]{43})\b/.exec(ran.stdout.text + ran.stderr.text)?.[1];
  });
}

/** The fingerprint of a public key that is in a file. @throws IrError (exit 6) when there is none in it */
export async function fingerprintOf(path: string, keygen: Keygen): Promise<string> {
  const ran = await ssh(['-l', '-E', 'sha256', '-f', path], keygen);
  const found = /\b(SHA256:[A-Za-z0-9+/]{43})\b/.exec(ran.stdout.text)?.[1];
  if (ran.exitCode === 0 && found !== undefined) return found;
  throw refusedError(`there is no SSH key in ${path}`, 'Name a file such as id_ed25519.pub.');
}

/** Reads the file of a signature. @throws IrError (exit 4 or 6) for one that is none */
export async function readSignature(path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'latin1');
  } catch (error) {
    const message = `cannot read the signature ${path}: ${messageOf(error)}`;
    throw new IrError(message, { exit: EXIT.unreadableInput });
  }
  if (text.length < MOST_BYTES && text.startsWith('-----BEGIN SSH SIGNATURE-----')) return text;
  throw refusedError(
    `${path} is no signature of ssh-keygen`,
    `Make one with: ssh-keygen -Y sign -n ${NAMESPACE} -f KEY FILE`,
  );
}

/** Is it written in the one way that ssh-keygen writes it? Base64 can hide a changed byte. */
export function isCanonicalSignature(text: string): boolean {
  const found =
    /^-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n$/.exec(
      text,
    );
  const [, body = ''] = found ?? [];
  const [base64, lines] = [body.replaceAll('\n', ''), body.split('\n')];
  const [first = ''] = lines;
  // All lines but the last are of one length, whatever the version of ssh-keygen.
  const isEven = lines.slice(0, -1).every(({ length }) => length === first.length);
  return found !== null && isEven && Buffer.from(base64, 'base64').toString('base64') === base64;
}

/** The key within a signature: `SSHSIG`, a version, the key as a string. @see PROTOCOL.sshsig of OpenSSH */
function publicKeyIn(signature: string): string {
  const base64 = signature.replace(/-----[A-Z ]+-----/g, '').replace(/\s/g, '');
  const blob = Buffer.from(base64, 'base64');
  const length = blob.readUInt32BE(10);
  const key = blob.subarray(14, 14 + length);
  const kind = key.toString('latin1', 4, 4 + key.readUInt32BE(0));
  return `${kind} ${key.toString('base64')}`;
}

const ssh = (
  args: readonly string[],
  { env, signal }: Keygen,
  input?: string | Uint8Array,
): Promise<RunResult> =>
  runCommand({
    argv: ['ssh-keygen', ...args],
    timeoutMs: TIMEOUT_MS,
    outputFolder: undefined,
    environment: env,
    // Nobody can be asked for a passphrase here: an agent has the key, or it has none.
    secrets: { SSH_ASKPASS_REQUIRE: 'never', ...agentOf(env) },
    ...(input !== undefined && { input }),
    textBytes: 4096,
    signal,
  });

const agentOf = (env: Keygen['env']): Record<string, string> => {
  const socket = env['SSH_AUTH_SOCK'];
  return socket === undefined ? {} : { SSH_AUTH_SOCK: socket };
};

function cannotSign(key: string, { failure, stderr }: RunResult): IrError {
  // ssh-keygen frames its warning of a key that others can read with lines of @.
  const lines = (failure ?? stderr.text.trim()).split(/\r?\n/);
  const why = lines.find((line) => !line.startsWith('@')) ?? '';
  return refusedError(
    `cannot sign with ${key}: ${why}`,
    'Name a private key; where it has a passphrase, load it into ssh-agent and name its .pub file.',
  );
}

async function inFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'ir-sign-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
