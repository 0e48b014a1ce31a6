/** Which rules may hit an access line: those with a literal in a field that they read. */
import type { AccessSpans } from '../logs/formats/access-spans.ts';
import type { CompiledRule } from '../sigma/compiled-rule.ts';
import { accessLiterals } from './access-literals.ts';
import { asList, readings } from './field-readers-web.ts';
import { createCandidateSet, type LiteralIndex, type RuleBucket } from './rule-bucket.ts';

export interface AccessCandidates {
  /** The rules for the line that ends at `end` and was scanned into the spans; valid until the next call. */
  collect(text: string, end: number): readonly number[];
}

/** Distinct referrers and user agents that are remembered. */
const MAX_REMEMBERED = 20_000;
const PERCENT = 37;
const PLUS = 43;
const SEMICOLON = 59;
const TWO = 50;
const FIVE = 53;
const SIX = 54;

/** Makes the collector over `spans`. */
export function createAccessCandidates(
  rules: readonly CompiledRule[],
  bucket: RuleBucket,
  spans: AccessSpans,
): AccessCandidates {
  const literals = accessLiterals(rules, bucket.all);
  const found = createCandidateSet(rules.length);
  const ofField = createCandidateSet(rules.length);
  const agents = new Map<string, readonly number[]>();
  const referrers = new Map<string, readonly number[]>();

  const addReadings = (index: LiteralIndex, value: string): void => {
    const forms = asList(readings(value));
    for (let form = 1; form < forms.length; form += 1) {
      found.addFound(index, forms[form] as string, 0, (forms[form] as string).length);
    }
  };

  /** Fields that repeat from line to line are looked up, not searched. */
  const addRemembered = (
    index: LiteralIndex,
    known: Map<string, readonly number[]>,
    value: string,
  ): void => {
    let chosen = known.get(value);
    if (chosen === undefined) {
      if (known.size > MAX_REMEMBERED) known.clear();
      // A copy: the slice would keep its whole chunk in memory.
      const copy = Buffer.from(value, 'latin1').toString('latin1');
      ofField.begin();
      for (const form of asList(readings(copy))) ofField.addFound(index, form, 0, form.length);
      chosen = [...ofField.rules];
      known.set(copy, chosen);
    }
    found.addAll(chosen);
  };

  return {
    collect(text, end) {
      const { targetStart, targetEnd, requestStart, requestEnd } = spans;
      found.begin();
      if (targetStart < 0) {
        found.addFound(literals.request, text, requestStart, requestEnd);
      } else {
        found.addFound(literals.request, text, requestStart, targetEnd);
        const encoding = encodingOf(text, targetStart, targetEnd);
        if (encoding === 1) found.addDecoded(literals.request, text, targetStart, targetEnd);
        else if (encoding === 2) {
          addReadings(literals.request, text.slice(targetStart, targetEnd));
        }
      }
      if (spans.agentStart >= 0) {
        addRemembered(literals.agent, agents, text.slice(spans.agentStart, spans.agentEnd));
      }
      if (spans.referrerStart >= 0) {
        addRemembered(
          literals.referrer,
          referrers,
          text.slice(spans.referrerStart, spans.referrerEnd),
        );
      }
      if (spans.userStart >= 0) {
        found.addFound(literals.user, text, spans.userStart, spans.userEnd);
      }
      if (spans.hasEscape) found.addAll(bucket.all);
      if (literals.hasOther) {
        const line = text.slice(spans.clientStart, end);
        found.addFound(literals.other, line, 0, line.length);
        addReadings(literals.other, line);
      }
      return found.rules;
    },
  };
}

/**
 * How a server may read the target differently from how it is written: 0 not at all, 1 percent-decoded
 * once or with `+` as space, 2 in further ways (encoded twice, HTML entities).
 */
function encodingOf(text: string, start: number, end: number): 0 | 1 | 2 {
  let encoding: 0 | 1 = 0;
  for (let index = start; index < end; index += 1) {
    const code = text.charCodeAt(index);
    if (code === SEMICOLON) return 2;
    if (code === PLUS) encoding = 1;
    else if (code === PERCENT) {
      encoding = 1;
      // %25 is an encoded percent sign, %26 an ampersand that may begin an entity.
      const next = text.charCodeAt(index + 2);
      if (text.charCodeAt(index + 1) === TWO && (next === FIVE || next === SIX)) return 2;
    }
  }
  return encoding;
}
