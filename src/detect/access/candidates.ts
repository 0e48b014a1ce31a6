/** Which rules may hit an access line: those with a literal in a field that they read. */
import type { ByteChunk } from '../../logs/chunks.ts';
import type { AccessSpans } from '../../logs/formats/access-spans.ts';
import { decodeUtf8 } from '../../logs/read-events.ts';
import type { RuleSet } from '../../sigma/compiled-rule.ts';
import { asList, readings } from '../fields/percent-decode.ts';
import { createCandidateSet, type LiteralIndex, type RuleBucket } from '../rule-bucket.ts';
import { allForms } from '../views/list.ts';
import { HEADER_MARKS, isPlainBytes, type TextKind } from '../views/plain.ts';
import { accessLiterals } from './literals.ts';
import { createRemembered, type Remembered } from './remembered.ts';

/** The search for the literals of rules in the fields of access lines. */
export interface AccessCandidates {
  /** The rules for the line `chunk[start, end)` that was scanned into the spans; valid until the next call. */
  collect(chunk: ByteChunk, start: number, end: number): readonly number[];
}

const SPACE = 32;
const PERCENT = 37;
const PLUS = 43;
const SEMICOLON = 59;
const TWO = 50;
const FIVE = 53;
const ZERO = 48;
const LETTER_C = 99;
const SIX = 54;

/** Makes the collector over `spans`. */
export function createAccessCandidates(
  ruleSet: Pick<RuleSet, 'rules' | 'resolve'>,
  bucket: Pick<RuleBucket, 'all'>,
  spans: AccessSpans,
): AccessCandidates {
  const literals = accessLiterals(ruleSet, bucket.all);
  const found = createCandidateSet(ruleSet.rules.length);
  const agents = createRemembered<readonly number[]>();
  const referrers = createRemembered<readonly number[]>();

  const addReadings = (index: LiteralIndex, value: string): void => {
    const forms = asList(readings(value));
    for (let form = 1; form < forms.length; form += 1) {
      found.addFoundIn(index, forms[form] as string);
    }
  };

  /** The rules for a text in which more may stand than is written, but for those for what is written. */
  const addMeant = (
    index: LiteralIndex,
    kind: TextKind,
    bytes: Buffer,
    start: number,
    end: number,
  ): void => {
    const encoding = encodingOf(bytes, start, end);
    if (encoding === MANIFOLD) addReadings(index, bytes.toString('latin1', start, end));
    else if (encoding !== 0) {
      const hasPercent = (encoding & HAS_PERCENT) !== 0;
      if (hasPercent) found.addDecoded(index, bytes, start, end, PLUS);
      if ((encoding & HAS_PLUS) !== 0) found.addDecoded(index, bytes, start, end, SPACE);
    }
    // Of a plain text the search so far has seen all that a view may show.
    if (isPlainBytes(kind, bytes, start, end)) return;
    const text = decodeUtf8(bytes.toString('latin1', start, end));
    for (const form of allForms(kind, text)) found.addFoundIn(index, form);
  };

  const addHeader = (index: LiteralIndex, bytes: Buffer, start: number, end: number): void => {
    const isMarked = found.addFound(index, bytes, start, end, HEADER_MARKS) !== 0;
    if (isMarked) addMeant(index, 'header', bytes, start, end);
  };

  /** Fields that repeat from line to line are looked up. Call before other rules are found. */
  const addRemembered = (
    index: LiteralIndex,
    known: Remembered<readonly number[]>,
    { bytes, view }: ByteChunk,
    start: number,
    end: number,
  ): void => {
    const chosen = known.find(view, start, end);
    if (chosen !== undefined) {
      found.addAll(chosen);
      return;
    }
    const before = found.rules.length;
    addHeader(index, bytes, start, end);
    // What other fields have found is not found again here.
    if (before === 0)
      known.keep(view, start, end, found.rules.length === 0 ? NONE : [...found.rules]);
  };

  return {
    collect(chunk, start, end) {
      const { bytes } = chunk;
      const { targetStart, targetEnd, requestStart, requestEnd } = spans;
      found.begin();
      if (spans.agentStart >= 0) {
        addRemembered(literals.agent, agents, chunk, spans.agentStart, spans.agentEnd);
      }
      if (spans.referrerStart >= 0) {
        addRemembered(literals.referrer, referrers, chunk, spans.referrerStart, spans.referrerEnd);
      }
      if (targetStart < 0) {
        found.addFound(literals.request, bytes, requestStart, requestEnd);
      } else {
        found.addFound(literals.request, bytes, requestStart, targetEnd);
        const isPlain = !spans.isEncoded && isPlainBytes('target', bytes, targetStart, targetEnd);
        if (!isPlain) addMeant(literals.request, 'target', bytes, targetStart, targetEnd);
      }
      if (spans.userStart >= 0) addHeader(literals.user, bytes, spans.userStart, spans.userEnd);
      if (spans.hasEscape) found.addAll(bucket.all);
      if (literals.other.rules.length > 0) {
        // The address may be spelled in another way than the event has it.
        if (spans.clientAddress < 0) found.addAll(literals.other.rules);
        const line = bytes.toString('latin1', start, end);
        found.addFoundIn(literals.other.index, line);
        addReadings(literals.other.index, line);
      }
      return found.rules;
    },
  };
}

const NONE: readonly number[] = [];

/** How a text may be read differently from how it is written. */
const HAS_PERCENT = 1;
const HAS_PLUS = 2;
/** In further ways than decoded once or with `+` as a space: encoded twice, HTML entities. */
const MANIFOLD = 4;

/** `HAS_PERCENT` and `HAS_PLUS`, or `MANIFOLD`; 0 when a text means what is written. */
function encodingOf(bytes: Uint8Array, start: number, end: number): number {
  let encoding = 0;
  for (let index = start; index < end; index += 1) {
    const code = bytes[index];
    if (code === SEMICOLON) return MANIFOLD;
    if (code === PLUS) encoding |= HAS_PLUS;
    else if (code === PERCENT) {
      encoding |= HAS_PERCENT;
      // %25 is an encoded percent sign, %26 an ampersand that may begin an entity.
      const next = bytes[index + 2];
      const first = bytes[index + 1] as number;
      if (first === TWO && (next === FIVE || next === SIX)) return MANIFOLD;
      // %c0, %e0 and %f0 may begin an ASCII character that is written in too many bytes.
      if ((first | 32) === LETTER_C || (next === ZERO && (first | 32) > LETTER_C)) return MANIFOLD;
    }
  }
  return encoding;
}
