/** Masks what should not be told in a text for people: mail and network addresses, cards, passwords, tokens. */
import { createMasker, type Masker } from './masker.ts';
import { inProse } from './naming.ts';

let masker: Masker | undefined;
let hider: Masker | undefined;

/** The text with `[mail]`, `[address]`, `[card]`, `[token]` and their like in place of such. */
export function mask(text: string): string {
  masker ??= createMasker(inProse, ['address']);
  return masker.text(text);
}

/** The same, with addresses left: for messages about what failed. */
export function hide(text: string): string {
  hider ??= createMasker(inProse);
  return hider.text(text);
}
