/** What is looked for in lines, as plain data: checked once, sent to every reader. */
import { EXIT, IrError } from '../../errors.ts';
import { readIp } from '../../events/address.ts';
import { compileRegex } from '../../sigma/match-regex.ts';
import { readNetwork } from '../read-network.ts';

/** One thing that a line may hold: a text, an RE2 expression, or an address or network in whatever spelling. */
export interface SearchPattern {
  kind: 'literal' | 'expression' | 'address';
  text: string;
  isCased: boolean;
}

/** Lines match that hold one of the patterns, or with `isInverted` none of them. Without patterns every line does. */
export interface SearchQuery {
  patterns: readonly SearchPattern[];
  isInverted: boolean;
}

/** How patterns were given. */
export interface QueryOptions {
  /** They are texts, not expressions. */
  isFixed: boolean;
  ignoresCase: boolean;
  isInverted: boolean;
}

/** Nothing in it means anything else to RE2. */
const PLAIN = /^[^\\^$.|?*+()[\]{}]+$/;
/** The colons alone are an address, too, but nobody means it. */
const UNSPECIFIED = '::';

/** Reads patterns. @throws IrError (exit 2) for one that is no expression */
export function readQuery(texts: readonly string[], options: QueryOptions): SearchQuery {
  const { isFixed, ignoresCase, isInverted } = options;
  const patterns = texts.map((text): SearchPattern => {
    const isCased = !ignoresCase;
    if (
      text !== '' &&
      (isFixed || PLAIN.test(text)) &&
      (isCased || isAscii(text)) &&
      !isIp(text, isFixed)
    )
      return { kind: 'literal', text, isCased };
    if (isIp(text, isFixed)) return { kind: 'address', text, isCased: false };
    const expression = isFixed ? text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&') : text;
    checkExpression(expression, ignoresCase, 'PATTERN');
    return { kind: 'expression', text: expression, isCased };
  });
  return { patterns, isInverted };
}

const isAscii = (text: string): boolean => /^[\x20-\x7e\t]*$/.test(text);

const isIp = (text: string, isFixed: boolean): boolean =>
  !isFixed &&
  text !== UNSPECIFIED &&
  (readIp(text) !== undefined || readNetwork(text) !== undefined);

/** One expression, and nothing else. @param name the option that holds it @throws IrError (exit 2) */
export function expressionQuery(text: string, name: string): SearchQuery {
  checkExpression(text, false, name);
  return { patterns: [{ kind: 'expression', text, isCased: true }], isInverted: false };
}

function checkExpression(text: string, ignoreCase: boolean, name: string): void {
  const flags = { ignoreCase, multiLine: false, dotAll: false };
  const compiled = compileRegex(text, flags, false);
  if (typeof compiled !== 'string') return;
  const part = /`([^`]+)`$/.exec(compiled)?.[1] ?? '';
  const column = Math.max(0, text.indexOf(part)) + 1;
  throw new IrError(`${name} is no valid expression: ${compiled}`, {
    exit: EXIT.usage,
    hint: 'The syntax is RE2: no look-around and no back-references.',
    source: { path: name, column, text },
  });
}
