/** A text value with its transforms (windash, UTF-16, Base64) and its place, as patterns linked by OR. */
import { readIp } from '../events/address.ts';
import { base64Of, base64Offsets, utf16Bytes } from './encode-value.ts';
import type { MatchFault, MatchPlan, Transform } from './modifiers.ts';
import {
  openPattern,
  type Pattern,
  parsePattern,
  plainPattern,
  plainText,
  spreadDashes,
} from './pattern.ts';
import { expand } from './placeholders.ts';
import type { SigmaValue } from './rule.ts';

interface Draft {
  pattern: Pattern;
  /** Set after a UTF-16 modifier: what a following Base64 modifier encodes. */
  bytes?: Buffer;
}

/** The patterns of one value, or what is wrong with it. */
export function patternsOf(plan: MatchPlan, value: SigmaValue): Pattern[] | MatchFault {
  if (value === null) {
    const modifier = plan.place ?? plan.transforms[0];
    return { message: `modifier "${modifier}" takes text, not null` };
  }
  const text = String(value);
  const texts = plan.transforms.includes('expand') ? expand(text, plan.placeholders ?? {}) : [text];
  if ('message' in texts) return texts;
  let drafts: Draft[] = texts.map((each) => ({ pattern: parsePattern(each) }));
  // Events have one spelling of an IPv6 address, rules any.
  const address = text.includes(':') && plan.place === undefined ? readIp(text) : undefined;
  if (address !== undefined && address !== text) drafts.push({ pattern: plainPattern(address) });
  for (const transform of plan.transforms) {
    const next: Draft[] = [];
    for (const draft of drafts) {
      const result = applyTransform(draft, transform);
      if ('message' in result) return result;
      for (const one of result) next.push(one);
    }
    drafts = next;
  }
  const isOpenStart = plan.place === 'contains' || plan.place === 'endswith';
  const isOpenEnd = plan.place === 'contains' || plan.place === 'startswith';
  return drafts.map((draft) => openPattern(draft.pattern, isOpenStart, isOpenEnd));
}

function applyTransform(draft: Draft, transform: Transform): Draft[] | MatchFault {
  if (transform === 'expand') return [draft];
  if (transform === 'windash') return [{ pattern: spreadDashes(draft.pattern) }];
  const text = plainText(draft.pattern);
  if (text === undefined) {
    return {
      message: `modifier "${transform}" cannot encode wildcards`,
      hint: 'Escape the wildcard with a backslash or remove it.',
    };
  }
  if (transform === 'base64' || transform === 'base64offset') {
    const bytes = draft.bytes ?? Buffer.from(text, 'utf8');
    if (bytes.length === 0) return { message: `modifier "${transform}" needs text to encode` };
    const encoded = transform === 'base64' ? [base64Of(bytes)] : base64Offsets(bytes);
    return encoded.filter((part) => part !== '').map((part) => ({ pattern: plainPattern(part) }));
  }
  const form = transform === 'utf16be' ? 'be' : transform === 'utf16' ? 'bom' : 'le';
  const bytes = utf16Bytes(text, form);
  return [{ pattern: plainPattern(bytes.toString('latin1')), bytes }];
}
