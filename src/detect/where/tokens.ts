/** The words and signs of an expression, and the error that points at one of them. */
import { EXIT, IrError } from '../../errors.ts';

/** A word, a quoted text or a sign. */
export interface Token {
  text: string;
  kind: 'word' | 'quoted' | 'sign' | 'end';
  /** Characters before it. */
  offset: number;
}

/** Longer expressions are not written by people. */
const MAX_LENGTH = 20_000;

/** A bare value may hold all that addresses, paths, times and networks are made of. */
const TOKEN =
  /\s+|"((?:[^"\\]|\\.)*)"|'([^']*)'|(==|!=|<=|>=|&&|\|\||[=<>~(),[\]!])|([^\s"'=<>~(),[\]!&|]+)/y;

/** @throws IrError (exit 2) with a caret */
export function tokenise(text: string, option: string): Token[] {
  if (text.length > MAX_LENGTH)
    throw whereError(`longer than ${MAX_LENGTH} characters`, text.slice(0, 200), 0, option);
  const tokens: Token[] = [];
  for (let offset = 0; offset < text.length; ) {
    TOKEN.lastIndex = offset;
    const match = TOKEN.exec(text);
    if (match === null) {
      const isOpen = /["']/.test(text[offset] as string);
      const what = isOpen ? 'a quote that is never closed' : `"${text[offset]}" means nothing here`;
      throw whereError(what, text, offset, option, isOpen ? undefined : 'Put the value in quotes.');
    }
    const [whole, double, single, sign, word] = match;
    const quoted = double?.replace(/\\(["\\])/g, '$1') ?? single;
    if (quoted !== undefined) tokens.push({ text: quoted, kind: 'quoted', offset });
    else if (sign !== undefined) tokens.push({ text: sign, kind: 'sign', offset });
    else if (word !== undefined) tokens.push({ text: word, kind: 'word', offset });
    offset += whole.length;
  }
  tokens.push({ text: '', kind: 'end', offset: text.length });
  return tokens;
}

/** A mistake at a place of an expression. */
export const whereError = (
  message: string,
  text: string,
  offset: number,
  option: string,
  hint = 'See: docs/where.md',
): IrError =>
  new IrError(`${option}: ${message}`, {
    exit: EXIT.usage,
    hint,
    // One character a column, whatever it was.
    source: { path: option, column: offset + 1, text: text.replace(/[\p{Cc}\p{Cf}]/gu, ' ') },
  });
