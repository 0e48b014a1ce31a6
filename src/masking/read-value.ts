/** The value that stands behind a name: `name=value`, `"name":"value"` escaped however deep, `Name: value`, `<name>value`, `--name value`. */

/** How the value of a name is written. */
export interface ValueForm {
  /** Like a header, to the end of the line or of the quotes. */
  isRest: boolean;
  /** `--name value`, `-Name value` and `/name value` as well. */
  isArgument: boolean;
  /** `the name is value` as well. */
  isProse: boolean;
}

/** A place in a text. */
export interface Place {
  start: number;
  end: number;
}

/** What may stand behind a name without making it another. */
const SUFFIX =
  /(?:[_.-]?(?:confirm(?:ation|ed)?|new|old|again|repeat|current|plain|value|hash|string)|[_.-]?\d{1,2}|\[\d{0,2}\]|s(?=\\{0,15}["'][ \t]{0,4}:[ \t]{0,4}[[{]))?(?:\\{0,15}["'`])?\]?/iy;
/**
 * Those of configurations and programs, too: `:=`, `?=`, `.=`, `::=`; full-width ones and arrows, and blanks that do not break, as texts have
 * them and as their bytes in UTF-8.
 */
const SEPARATOR =
  /(?:[ \t]|\xc2?\xa0){0,8}(?:=>|:{1,3}=|[?.]=|={1,2}|:(?!:)|>|[\uff1a\uff1d\u2192]|\xef\xbc[\x9a\x9d]|\xe2\x86\x92)(?:[ \t]|\xc2?\xa0|\xe3\x80\x80|\u3000){0,8}/y;
/** In Go and others the type stands between: `apiToken string = "x"`. */
const TYPED = /[ \t]{1,2}(?:string|str|String)[ \t]{0,4}:?=[ \t]{0,4}(?=["'`])/y;
/** In XML the name is a value itself: `key="Password" value="x"`. */
const VALUE_ATTRIBUTE = /[ \t]{1,4}value[ \t]{0,2}=[ \t]{0,2}(?=\\{0,15}["'])/iy;
/** In JSON so, too: `{"name":"password","value":"x"}`. */
const VALUE_MEMBER =
  /[ \t]{0,4},[ \t]{0,4}\\{0,15}["'](?:value|val|content)\\{0,15}["'][ \t]{0,4}:[ \t]{0,4}/iy;
/** `md5('x')`, `SecretStr("x")`: the value is what is called with. */
const CALL = /[A-Za-z][\w.]{0,40}\([ \t]{0,2}(?=\\{0,15}["'])/y;
const LINE_AND_INDENT = /[ \t]{0,4}\r?\n[ \t]{0,16}/y;
const PROSE =
  /[ \t]{1,4}(?:is|was|are|lautet)(?:[ \t]{1,4}(?:now|set to))?[ \t]{0,2}:?[ \t]{1,4}/iy;
/** In a list of arguments: `"--password", "x"`; of auditd's: `a1="--password" a2="x"`. */
const NEXT_ARGUMENT = /[ \t]{0,4},[ \t]{0,4}(?=\\{0,15}["'])|[ \t]a\d{1,3}=(?=["'\dA-F])/y;
const NOTHING: readonly Place[] = [];
const MEMBER = /[ \t]{0,8}(?:\\{0,15}["']|[\]}])/y;
const OPENING_LIST = /^\[/;
const BLANKS = /[ \t]{1,8}/y;
const OPENING = /(?:\[[ ]?)?[bu]?(\\{0,15})(["'`])/y;
/** What is told of a password is none. */
const NO_SECRET =
  /^(?:not|no|now|in|incorrect|invalid|wrong|required|missing|empty|expired|expiring|weak|too|about|being|changed|unchanged|reset|set|correct|valid|ok|stored|sent|the|a|an|your|for|unset|blank|needed|never|unknown|disabled|enabled|locked|accepted|rejected|used|hashed|encrypted)(?![\w])/i;

const isLetter = (code: number): boolean => {
  const lower = code | 32;
  return lower >= 97 && lower <= 122;
};
const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Does the word begin a name, or a part of one? Long ones may end another word: `dbpassword`. */
function beginsName(text: string, start: number, end: number): boolean {
  if (start === 0 || end - start >= 6) return true;
  const before = text.charCodeAt(start - 1);
  if (!isLetter(before) && !isDigit(before)) return true;
  const first = text.charCodeAt(start);
  // `dbToken`, `DBToken`; not `TOKEN` as the end of a word of capitals.
  return first < 97 && text.charCodeAt(start + 1) >= 97;
}

/** Most names are words of a sentence: `Failed password for`. Told without any expression. */
function isPlainWord(text: string, start: number, end: number, isArgument: boolean): boolean {
  if (text.charCodeAt(end) !== 32) return false;
  const code = text.charCodeAt(end + 1);
  if (!isLetter(code) && !isDigit(code)) return false;
  // is, was, are, lautet; b'' and u'' of Python.
  if (code === 105 || code === 119 || code === 97 || code === 108 || code === 98 || code === 117)
    return false;
  if ((code | 32) === 115 && stepOver(TYPED, text, end) !== -1) return false;
  return !isArgument || !isOptionName(text, start);
}

const stepOver = (expression: RegExp, text: string, at: number): number => {
  expression.lastIndex = at;
  return expression.test(text) ? expression.lastIndex : -1;
};

/**
 * The values of the name at `[start, end)`, several where a list or an object stands there; none where the word is no name or has no value.
 * @param isDecoded the text was taken out of another: blanks were escaped there and end no value
 */
export function readValues(
  text: string,
  start: number,
  end: number,
  form: ValueForm,
  isDecoded: boolean,
): readonly Place[] {
  const at = findValue(text, start, end, form);
  if (at === undefined) return NOTHING;
  const code = text.charCodeAt(at);
  const members = code === 91 || code === 123 ? readMembers(text, at, form.isRest) : undefined;
  if (members !== undefined) return members;
  const called = isLetter(code) ? stepOver(CALL, text, at) : -1;
  const from = called === -1 ? at : called;
  const value =
    readQuoted(text, from) ??
    (form.isRest ? readRest(text, from) : readWord(text, from, isDecoded));
  return value.end > value.start ? [value] : NOTHING;
}

/** Where the value of the name begins; undefined where the word is no name or has no value. */
function findValue(
  text: string,
  start: number,
  end: number,
  { isRest, isArgument, isProse }: ValueForm,
): number | undefined {
  if (!beginsName(text, start, end) || isPlainWord(text, start, end, isArgument)) return undefined;
  const named = stepOver(SUFFIX, text, end);
  let at = stepOver(SEPARATOR, text, named);
  // A tag ends with >, and so do arrows and comparisons.
  if (at !== -1 && text.charCodeAt(at - 1) === 62 && named === end) {
    if (isTagName(text, start)) at = Math.max(at, stepOver(LINE_AND_INDENT, text, at));
    else if (!text.slice(end, at).includes('=>')) return undefined;
  }
  if (at === -1 && isProse) {
    at = stepOver(PROSE, text, named);
    if (at !== -1 && NO_SECRET.test(text.slice(at, at + 16))) return undefined;
  }
  if (at === -1 && named > end) {
    at = stepOver(VALUE_ATTRIBUTE, text, named);
    if (at === -1) at = stepOver(VALUE_MEMBER, text, named);
    // Node's rawHeaders are names and values in turn.
    const isListed =
      isRest || (isArgument && (isOptionName(text, start) || isFirstArgument(text, start)));
    if (at === -1 && isListed) at = stepOver(NEXT_ARGUMENT, text, named);
  }
  if (at === -1) at = stepOver(TYPED, text, named);
  if (at === -1) {
    const behind = stepOver(BLANKS, text, named);
    if (behind === -1) return undefined;
    const opens = stepOver(OPENING, text, behind) !== -1;
    // `GET /password HTTP/1.1` is a path and what ends its line.
    const isOption =
      isArgument &&
      isOptionName(text, start) &&
      text[behind] !== '-' &&
      !text.startsWith('HTTP/', behind);
    if (!(isOption || (opens && isProse && named === end))) return undefined;
    at = behind;
  }
  return at;
}

/** Does an element's name begin shortly before: `<apiToken>`? */
function isTagName(text: string, start: number): boolean {
  for (let at = start - 1; at >= Math.max(0, start - 40); at -= 1) {
    const code = text.charCodeAt(at);
    if (code === 60) return true;
    if (
      !isLetter(code) &&
      !isDigit(code) &&
      code !== 95 &&
      code !== 45 &&
      code !== 46 &&
      code !== 58
    )
      return false;
  }
  return false;
}

/** Does a call with a quoted name begin shortly before: `setProperty("API_TOKEN", `? */
function isFirstArgument(text: string, start: number): boolean {
  for (let at = start - 1; at > Math.max(0, start - 40); at -= 1) {
    const code = text.charCodeAt(at);
    if (code === 34 || code === 39) {
      while (text.charCodeAt(at - 1) === 92) at -= 1;
      return text[at - 1] === '(';
    }
    if (!isLetter(code) && !isDigit(code) && code !== 95 && code !== 46 && code !== 45)
      return false;
  }
  return false;
}

/** Does an option begin shortly before? */
function isOptionName(text: string, start: number): boolean {
  for (let at = start - 1; at >= Math.max(0, start - 30); at -= 1) {
    const code = text.charCodeAt(at);
    if (code === 45 || code === 47) {
      const before = at === 0 ? 32 : text.charCodeAt(at - 1);
      if (before <= 32 || before === 34 || before === 39) return true;
      if (code === 47) return false;
    } else if (!isLetter(code) && !isDigit(code) && code !== 95) return false;
  }
  return false;
}

/** Of an object these say what the value is; of headers and cookies all do. */
const VALUE_KEY = /(?:value|plain|plaintext|secret|text|content|new|old|current|raw)$/i;
const MOST_MEMBERS = 200;
const COMMA = /[ \t]{0,8},?[ \t]{0,8}/y;
const COLON = /[ \t]{0,8}:[ \t]{0,8}/y;
const BARE = /[\w.+-]{1,200}/y;

/** The texts and numbers of a list or an object of JSON, however deep its quotes are escaped; undefined where none is. */
function readMembers(text: string, start: number, isAll: boolean): readonly Place[] | undefined {
  // `[x]=y` and `{abc}` are words like others; what begins as a list or an object and holds no value must stay whole.
  if (stepOver(MEMBER, text, start + 1) === -1) return undefined;
  const isObject = text.charCodeAt(start) === 123;
  const places: Place[] = [];
  let at = start + 1;
  for (let count = 0; count < MOST_MEMBERS; count += 1) {
    at = stepOver(COMMA, text, at);
    const key = isObject ? readQuoted(text, at) : undefined;
    if (isObject && key === undefined) break;
    if (key !== undefined) at = stepOver(COLON, text, behindQuotes(text, key.end));
    if (at === -1) break;
    const quoted = OPENING_LIST.test(text.slice(at, at + 2)) ? undefined : readQuoted(text, at);
    const end = quoted?.end ?? stepOver(BARE, text, at);
    if (end === -1) break;
    if (isAll || key === undefined || VALUE_KEY.test(text.slice(key.start, key.end)))
      if (end > (quoted?.start ?? at)) places.push({ start: quoted?.start ?? at, end });
    at = quoted === undefined ? end : behindQuotes(text, end);
  }
  return places;
}

/** A list or an object behind an escaped name is looked at so far. */
const LONGEST_MEMBERS = 1000;

/** Behind the value of a member of JSON whose name ends, before its quote, at the place; undefined where none follows. */
export function memberEnd(text: string, at: number): number | undefined {
  const value = stepOver(COLON, text, behindQuotes(text, at));
  if (value === -1) return undefined;
  const code = text.charCodeAt(value);
  if (code === 91 || code === 123) {
    const close = text.slice(value, value + LONGEST_MEMBERS).search(code === 91 ? /\]/ : /\}/);
    return close === -1 ? undefined : value + close + 1;
  }
  const quoted = readQuoted(text, value);
  if (quoted !== undefined) return Math.min(text.length, behindQuotes(text, quoted.end));
  const bare = stepOver(BARE, text, value);
  return bare === -1 ? undefined : bare;
}

/** Behind the backslashes and the quote that close a text. */
const behindQuotes = (text: string, end: number): number => {
  let at = end;
  while (text.charCodeAt(at) === 92) at += 1;
  return at + 1;
};

/** Between quotes: closed by the same quote behind as many backslashes, whatever deeper ones hold. */
function readQuoted(text: string, at: number): Place | undefined {
  OPENING.lastIndex = at;
  const opened = OPENING.exec(text);
  if (opened === null) return undefined;
  const [, { length: depth } = '', quote = '"'] = opened;
  const start = OPENING.lastIndex;
  for (let next = start; next < text.length; next += 1) {
    const code = text.charCodeAt(next);
    if (code === 10 || code === 13) return { start, end: next };
    if (text[next] !== quote) continue;
    let slashes = 0;
    while (slashes < next - start && text.charCodeAt(next - 1 - slashes) === 92) slashes += 1;
    if (depth === 0 ? slashes % 2 === 0 : slashes % (2 * (depth + 1)) === depth || slashes < depth)
      return { start, end: next - Math.min(slashes, depth) };
  }
  return { start, end: text.length };
}

/** A part in quotes of its own: `Digest username="bob", response="66"`. */
const QUOTED_PART = /"[^"\\\s][^"\\\r\n]{0,1000}"/y;

/** To the end of the line, of the quotes or of the element around it. */
function readRest(text: string, at: number): Place {
  let end = at;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code === 34 && end > at && text.charCodeAt(end - 1) === 61) {
      const behind = stepOver(QUOTED_PART, text, end);
      if (behind !== -1) {
        end = behind - 1;
        continue;
      }
    }
    if (code === 10 || code === 13 || code === 34 || code === 60) break;
    if (code === 39 && (end + 1 === text.length || !isLetter(text.charCodeAt(end + 1)))) break;
    if (code === 92 && /[\\nr"']/.test(text[end + 1] ?? '')) break;
  }
  while (end > at && text.charCodeAt(end - 1) <= 32) end -= 1;
  return { start: at, end };
}

/** What ends an unquoted value where another one follows. */
const NEXT_PAIR = /[,;&|][ \t]{0,4}(?:[\w.%[\]"'-]{1,60}[=:]|$)|[,;][ \t\r\n]/my;

function readWord(text: string, at: number, isDecoded: boolean): Place {
  let end = at;
  for (; end < text.length; end += 1) {
    const code = text.charCodeAt(end);
    if (code <= 32 ? !isDecoded || code !== 32 : code === 34 || code === 39 || code === 60) break;
    if (code === 38 && isDecoded) break;
    if (code === 92 && /[\\nrt"']/.test(text[end + 1] ?? '')) break;
    if (code === 44 || code === 59 || code === 38 || code === 124) {
      NEXT_PAIR.lastIndex = end;
      if (NEXT_PAIR.test(text)) break;
    }
  }
  while (end > at && CLOSING.has(text.charCodeAt(end - 1)) && !isOpenedIn(text, at, end)) end -= 1;
  return { start: at, end };
}

/** `,;)]}` and a blank. */
const CLOSING: ReadonlySet<number> = new Set([44, 59, 41, 93, 125, 32]);
const OPENS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Does the value itself open what its last character closes? */
const isOpenedIn = (text: string, start: number, end: number): boolean => {
  const opening = OPENS[text[end - 1] as string];
  const within =
    opening === undefined ? -1 : text.slice(start, Math.min(end, start + 200)).indexOf(opening);
  return within !== -1;
};
