/**
 * The text files of a bag, and names in it. Pure.
 * @see https://www.rfc-editor.org/rfc/rfc8493 (BagIt 1.0)
 */
import { NAMESPACE } from './signatures.ts';

/** Lists the payload with its hashes. */
export const MANIFEST = 'manifest-sha256.txt';
/** Lists all other files, the manifest among them: who signs it signs the whole bag. */
export const TAG_MANIFEST = 'tagmanifest-sha256.txt';
/** What the bag holds, for ir. */
export const CONTENTS = 'data/evidence.json';
/** The journal of the incident, of a bag of the whole case. */
export const JOURNAL = 'data/journal.jsonl';

const MOST_NAME = 80;

/** Bag declaration. */
export const BAGIT = 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n';

/** What a bag says of itself. */
export interface BagFacts {
  /** Key of the incident. */
  incident: string;
  head: string;
  holds: 'evidence' | 'case';
  /** RFC 3339. */
  at: string;
  actor: string;
  bytes: number;
  files: number;
  /** Who signs it: as allowed_signers and the command have it; undefined where nobody does. */
  signer: { name: string; fingerprint: string } | undefined;
  /** Is a request for a time stamp in it? */
  hasTimeStampRequest: boolean;
}

/** A name that is safe in every shell, manifest and archive: what else it has becomes `_`. */
export function safeName(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^[.-]/, '_');
  if (plain.length <= MOST_NAME) return plain === '' ? '_' : plain;
  // The end says what kind of file it is.
  return `${plain.slice(0, MOST_NAME - 24)}_${plain.slice(-23)}`;
}

/** Lines as sha256sum reads them. @param hashes of files by their path within the bag */
export const manifestText = (hashes: Iterable<readonly [path: string, sha256: string]>): string =>
  [...hashes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, sha256]) => `${sha256}  ${path}\n`)
    .join('');

/** `bag-info.txt`. Values have one line. */
export const infoText = ({ incident, head, holds, at, actor, bytes, files }: BagFacts): string =>
  [
    ['Bagging-Date', at.slice(0, 10)],
    ['Bag-Software-Agent', 'ir (Breachline)'],
    ['Contact-Name', actor],
    ['External-Identifier', incident],
    ['External-Description', holds === 'case' ? 'a whole case' : 'evidence of a case'],
    ['Payload-Oxum', `${bytes}.${files}`],
    ['Bagging-Time', at],
    ['Journal-Head', head],
  ]
    .map(([label, value]) => `${label}: ${String(value).replace(/\p{C}/gu, '_')}\n`)
    .join('');

/** `README.txt`: how anybody checks the bag. */
export function readmeText({
  incident,
  holds,
  head,
  signer,
  hasTimeStampRequest,
}: BagFacts): string {
  const what = holds === 'case' ? 'the whole case' : 'evidence of the case';
  const lines = [
    `This is ${what} ${incident}, as a bag (BagIt 1.0, RFC 8493).`,
    '',
    'Check that no file was changed, in this folder:',
    '',
    `    sha256sum -c ${MANIFEST} ${TAG_MANIFEST}`,
    '',
  ];
  if (signer === undefined) {
    lines.push('Nobody signed it: whoever changed a file could have written new hashes as well.');
  } else {
    lines.push(
      'Check who signed it:',
      '',
      `    ssh-keygen -Y verify -f allowed_signers -I ${signer.name} -n ${NAMESPACE} -s ${TAG_MANIFEST}.sig < ${TAG_MANIFEST}`,
      '',
      'The key in allowed_signers came with this bag. Ask its owner, on another way, whether it is theirs:',
      '',
      `    ${signer.fingerprint}`,
    );
  }
  if (hasTimeStampRequest) {
    lines.push(
      '',
      `${TAG_MANIFEST}.tsq is a request for a time stamp (RFC 3161). Its answer, put beside it as ${TAG_MANIFEST}.tsr, is checked with:`,
      '',
      `    openssl ts -verify -queryfile ${TAG_MANIFEST}.tsq -in ${TAG_MANIFEST}.tsr -CAfile CA.pem`,
    );
  }
  lines.push(
    '',
    `data/evidence.json says what each file is and who had it. The chain head of the incident was ${head}.`,
    ...(holds === 'case'
      ? [
          'data/journal.jsonl is its journal; docs/journal.md of Breachline says how its hashes are made.',
        ]
      : []),
    '',
  );
  return lines.join('\n');
}

/** A line of a manifest. */
export interface Listed {
  path: string;
  sha256: string;
}

/**
 * Reads a manifest; names have line breaks and percent signs escaped where the bag is not ours.
 * @returns undefined for a line that is none
 */
export function readManifest(text: string): readonly (Listed | undefined)[] {
  return text
    .split(/\r\n|\n|\r/)
    .filter((line) => line !== '')
    .map((line) => {
      const found = /^([0-9A-Fa-f]{64})[ \t]+\*?(?:\.\/)?(.+)$/.exec(line);
      if (found === null) return undefined;
      const path = found[2]!.replace(/%(0[AaDd]|25)/g, (escaped) => decodeURIComponent(escaped));
      return { sha256: found[1]!.toLowerCase(), path };
    });
}

/** Could the name lead out of the bag, or stand for something else than it says? */
export const isUnsafe = (path: string): boolean =>
  path === '' ||
  /^[/~]|\\|\0/.test(path) ||
  /^[A-Za-z]:/.test(path) ||
  path.split('/').some((part) => part === '..' || part === '.' || part === '');

/** The name that a signature is checked under: no blanks, commas or patterns. */
export const signerName = (actor: string): string =>
  actor.replace(/[^A-Za-z0-9._@-]/g, '_').replace(/^-/, '_') || 'responder';
