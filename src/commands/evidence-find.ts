/** The evidence item that a word means: E-001, the start of its id, or of its content's hash. */
import { refusedError, suggestion } from '../errors.ts';
import type { EvidenceItem } from '../incidents/evidence.ts';
import type { IncidentDetail } from '../incidents/incident-store.ts';

/**
 * The items that the words mean, each once; all that count where there are no words.
 * @throws IrError (exit 6) for a word that means none, or several
 */
export const findEvidence = (
  detail: Pick<IncidentDetail, 'evidence' | 'sources' | 'incident'>,
  words: readonly string[],
): readonly EvidenceItem[] =>
  words.length === 0
    ? detail.evidence.filter(({ withdrawn }) => withdrawn === undefined)
    : [...new Set(words.map((word) => findOne(detail, word)))];

/** @throws IrError (exit 6) */
export function findOne(
  detail: Pick<IncidentDetail, 'evidence' | 'sources' | 'incident'>,
  word: string,
): EvidenceItem {
  const { evidence, sources, incident } = detail;
  const wanted = word.trim().toLowerCase();
  const number = /^(?:e-?)?0*(\d{1,9})$/.exec(wanted)?.[1];
  const isHex = /^[0-9a-f]{6,64}$/.test(wanted);
  const fits = evidence.filter(
    ({ id, sha256, evidenceNo }) =>
      (number !== undefined && Number(evidenceNo.slice(2)) === Number(number)) ||
      (isHex && (id.startsWith(wanted) || sha256.startsWith(wanted))),
  );
  const counting = fits.filter(({ withdrawn }) => withdrawn === undefined);
  const [first, second] = counting.length > 0 ? counting : fits;
  if (first !== undefined && (second === undefined || second.sha256 === first.sha256)) return first;
  if (first !== undefined) {
    throw refusedError(`"${word}" may be ${first.evidenceNo} or ${second!.evidenceNo}`);
  }
  const log = sources.find(({ evidenceNo }) => evidenceNo === word.trim().toUpperCase());
  if (log !== undefined) {
    throw refusedError(
      `${log.evidenceNo} of ${incident.key} is the log file ${log.path}, which is registered and not kept`,
      'Keep it with: ir evidence add FILE (it gets the same number)',
    );
  }
  const known = evidence.map(({ evidenceNo }) => evidenceNo);
  throw refusedError(
    `there is no evidence "${word}" in ${incident.key}`,
    suggestion(word.toUpperCase(), known, 'See it with: ir evidence list'),
  );
}
