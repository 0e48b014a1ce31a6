/**
 * Values of a request that are written for people: a question about SQL, a comment with a piece of code, the title
 * of a tutorial. Words stand around the code, and it stands where no interpreter would run it. The other views do
 * not see such values; rules read them as `ir.request.question`.
 */
import { decodeFully } from './decode.ts';
import { isHarmless, isPage, mayBeHarmless } from './harmless.ts';

/** A request in two: what may be run, and what is only written about. */
export interface Parted {
  /** The text without the values that are questions; their names stay. */
  rest: string;
  /** The questions, decoded. */
  questions: readonly string[];
}

/** Longer values are not looked at. */
const MOST_CHARACTERS = 4000;
const FEWEST_CHARACTERS = 8;
/** A blank, written so or encoded; in a path also the signs that stand for one. */
const BLANK = /[ +]|%(?:20|0[9ad])/i;
const SLUG = /[-_]\w+[-_]|[ +]|%20/;

/** Parts an address (of a request or a referrer) into questions and the rest. */
export function partQuestions(text: string): Parted {
  const mark = text.indexOf('?');
  const path = mark < 0 ? text : text.slice(0, mark);
  const questions: string[] = [];
  const keep = (value: string, name?: string): string => {
    const decoded = questionIn(value, name);
    if (decoded === undefined) return value;
    questions.push(decoded);
    // No two slashes where there were none.
    return name === undefined ? '-' : '';
  };
  const split = (): string =>
    path
      .split('/')
      .map((part) => keep(part))
      .join('/');
  const parts = isPage(path) ? '/' : SLUG.test(path) ? split() : path;
  if (mark < 0) return { rest: parts, questions };
  const values = text
    .slice(mark + 1)
    .split('&')
    .map((pair) => {
      const sign = pair.indexOf('=');
      return pair.slice(0, sign + 1) + keep(pair.slice(sign + 1), pair.slice(0, Math.max(sign, 0)));
    });
  return { rest: `${parts}?${values.join('&')}`, questions };
}

/** @param name of the parameter; undefined for a part of the path */
function questionIn(value: string, name: string | undefined): string | undefined {
  if (name !== undefined && mayBeHarmless(name, value)) {
    const decoded = decodeFully(value, true);
    if (isHarmless(name, decoded)) return decoded;
  }
  if (value.length < FEWEST_CHARACTERS || value.length > MOST_CHARACTERS) return undefined;
  if (!(name === undefined ? SLUG : BLANK).test(value)) return undefined;
  const decoded = decodeFully(value, true);
  const text = name === undefined ? decoded.replace(/[-_]/g, ' ') : decoded;
  return isQuestion(text, name !== undefined && SEARCHED.test(name)) ? decoded : undefined;
}

/** Parameters that hold what somebody looks for. */
const SEARCHED =
  /^(?:q|s|k|w|query|search\w{0,10}|terms?|topic|keywords?|kw|find|title|subject|question)$/i;

const setOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Words of sentences that are no words of SQL or a shell: English, German, French, Spanish, Portuguese. */
const SENTENCE = setOf(`
  how what why does do did the a an of to my your our this that these it its you i we they he she are was were be been
  can could should would will may must please thanks thank hello hi hey dear help because but so than also see which who
  there here some just want need tried try trying way ways about very much without instead inside between when
  first then now again today yesterday someone nobody really done made see says said say think know let good great nice
  wie warum wieso der die das ein eine einen ich du wir und oder ist nicht mit für fuer zu den dem kann man funktioniert
  pourquoi le la les une des je vous est pas avec pour dans sur ou quoi
  cómo qué por el los las una con para en y es uma não`);
/** What titles of questions and tutorials say about a piece of code. */
const TITLE = setOf(`
  example examples explained explain explanation meaning mean means tutorial guide vs versus error errors issue problem
  working work works used use difference prevent avoid best alternative alternatives command function functions
  statement syntax tag tags learn course enable disable install denied beginners cheatsheet documentation docs
  php python java javascript typescript mysql mariadb postgres postgresql sqlite oracle linux ubuntu debian bash docker
  nginx apache react vue angular django laravel symfony spring wordpress html css rails ruby kotlin golang rust csharp
  bootstrap jquery opening missing broken failed failing`);
/** A question says at its beginning that it is one; scripts without Latin letters carry no code. */
const OPENING =
  /^["'¿([]{0,2}(?:how|what(?:'?s)?|why|when|where|which|can (?:i|you|we)|is (?:it|there)|does|do|should|difference|meaning|explain|wie|was|warum|wieso|comment|pourquoi|c[oó]mo|qu[eé]|por qu[eé]|[^\x00-\x7f\s]{2,})(?=[\s,:?]|[^\x00-\x7f])/iu;
const LETTERS = /^["'(“„]{0,2}([a-zà-ÿ]{1,20}(?:['’][a-z]{1,3})?)["')”.,:;!?]{0,3}$/iu;
const OTHER_SCRIPT = /[\p{L}\p{M}]{2,}/u;

/**
 * Is a decoded value written for people?
 * @param isSearched it stands where people look for something: one word beside the code is enough
 */
export function isQuestion(text: string, isSearched: boolean): boolean {
  let words = 0;
  let said = 0;
  let titled = 0;
  for (const token of text.split(/\s+/)) {
    const word = LETTERS.exec(token)?.[1]?.toLowerCase();
    if (word !== undefined) {
      words += 1;
      if (TITLE.has(word)) titled += 1;
      else if (SENTENCE.has(word)) said += 1;
    } else if (/[^\x00-\u024f]/.test(token) && OTHER_SCRIPT.test(token)) {
      words += 2;
      said += 1;
    }
  }
  const isOpened = OPENING.test(text);
  const isNatural = isOpened
    ? words >= (FENCED.test(text) ? 2 : 3)
    : (said + titled >= 2 && words >= 3) || (titled > 0 && (isSearched || words >= 3));
  return isNatural && !isArmed(text, isOpened, isOpened || titled > 0);
}

/** Lookups of Log4j work wherever they stand. */
const LOOKUP = /\$\{[^}]{0,80}(?:jndi|j\}|:-)[^}]{0,20}:\s{0,3}\w{2,8}:\/|\$\{\$\{|\$\{::?-/i;
/** A number, a quote or a bracket at the very beginning, and the query goes on. */
const ENDS_FIRST =
  /^(?:-?\d{1,12}|\w{0,20}['"`])[\s)'"`]{0,6}(?:(?:union|or|and|having|order|group|limit|procedure|xor|like|rlike)\b|\|\||&&|;|--|#)/i;
/** What a query goes on with after the quote that ends its text. */
const GOES_ON =
  /['"`]\s{0,3}\)*\s{0,3}(?:;\s{0,3}\w{4,10}\b|(?:union|procedure|having|order\s+by|group\s+by|into)\b|(?:or|and|xor|\|\||&&)\s{0,3}[\w'"(.@]{1,40}\s{0,3}(?:[=<>(]|like\b|is\b|in\b|between\b|r?like\b)|--|#\s{0,3}$)/i;
const QUERY =
  /\b(?:union|select|insert|update|delete|drop|exec|sleep|benchmark|waitfor|pg_sleep)\b/i;
/** Signs within a word that a browser leaves out. */
const HIDDEN = /\w[\x00-\x09\x0b\x0c\x0e-\x1f]+\w/;
/** Markup that ends an attribute or a tag first. */
const CLOSES = /^[^<]{0,200}["']\s{0,3}\/?>\s{0,3}<|\w<(?:script|svg|img|iframe)\b/i;
const ACTIVE =
  /<script\b|<[a-z][^>]{0,200}\bon[a-z]{3,20}\s{0,3}=|\b(?:java|vb)script:\s{0,3}\S|<(?:iframe|object|embed)\b/i;
const HARM =
  /document\.cookie|\b(?:fetch|eval|atob|import|alert|confirm|prompt)[(`]|src\s{0,3}=\s{0,3}["']?(?:https?:)?\/\/|xmlhttprequest|location\s{0,3}=|sendbeacon/i;
const EXPRESSION =
  /(?:\{\{|[$#*@]\{|<%|\{%)[^}%]{0,120}(?:\d\s{0,3}[*+/-]\s{0,3}['"]?\d|__|\.class|getclass|exec\b|t\(java|\b(?:config|self|request|cycler|lipsum|joiner|constructor|system)\b)/i;
const INPUT =
  /\b(?:system|exec|eval|assert|passthru|shell_exec|popen|include|require|file_put_contents)(?:_once)?\s{0,3}\(\s{0,3}@?\$_/i;
const CASE = /\bcase\s{1,9}when\b.{1,80}\bthen\b.{1,80}\bend\b/i;
const ENTITY = /<!(?:entity|doctype)\b[^>]{0,200}\b(?:system|public)\s/i;
const LAST_COMMAND =
  /(?:;|\|{1,2}|&&?|\n|\$\(|`)\s{0,4}((?:\/(?:usr\/)?bin\/)?(?:cat|curl|wget|nc|ncat|bash|sh|python\d?|perl|php|ruby|id|whoami|uname|ls|dir|ping|sleep|rm|chmod|nslookup|powershell|cmd|echo|type|head|tail|env|printenv|ps|hostname|ifconfig|netstat)\b[^;|&`\n]{0,200})(`?)$/i;
const REMOTE = /https?:\/\/|\/dev\/(?:tcp|udp)\/|\b\d{1,3}(?:\.\d{1,3}){3}\b/;
/** The value as a whole is a statement of the command line of Windows. */
const STATEMENT =
  /^\s{0,20}(?:for\s{1,20}(?:\/[dflr]\b|%)|if\s{0,20}(?:\/i\b|not\s|exist\s|defined\s|errorlevel\s|cmdextversion\s|["([]?%|\S{1,40}\s{0,20}==))/i;
/** The value as a whole gives an interpreter a program. */
const PROGRAM =
  /^\s{0,20}(?:[\w./-]{0,40}\/)?(?:python[\d.]{0,4}|perl|ruby|php[\d.]{0,3}|node|lua)\s{1,4}-(?:c|e|r|ne|pe)\s{0,4}(?:"[^"]{0,400}"|'[^']{0,400}')\s{0,20}$/i;
const FENCED = /```|<(?:code|pre|source|nowiki)\b|`[^`]{2,200}`/i;

/**
 * Would something run the code, whatever is said around it?
 * @param isOpened the text begins as a question does
 * @param isTitle it is one, or is the title of something about the code
 */
function isArmed(text: string, isOpened: boolean, isTitle: boolean): boolean {
  if ([LOOKUP, ENDS_FIRST, HIDDEN, CLOSES, STATEMENT, PROGRAM].some((sign) => sign.test(text)))
    return true;
  const quote = openQuote(text);
  const isAsked = isOpened && quote === 'odd' && !QUERY.test(text);
  if (quote !== undefined && GOES_ON.test(text) && !isAsked) return true;
  if (ACTIVE.test(text) && !isOpened && (!isTitle || HARM.test(text)) && !FENCED.test(text))
    return true;
  if (!isTitle && EXPRESSION.test(text)) return true;
  if (!isOpened && [INPUT, CASE, ENTITY].some((sign) => sign.test(text))) return true;
  const [, last, tick] = LAST_COMMAND.exec(text) ?? [];
  if (last === undefined || hasWords(last)) return false;
  return REMOTE.test(last) || (!isOpened && tick === '');
}

/** A quote that is none of a word's own: one that ends what nobody began, or that nobody ends. */
function openQuote(text: string): 'ends' | 'odd' | undefined {
  const bare = text.replace(/([a-zà-ÿ])['’](?=[a-zà-ÿ])/giu, '$1');
  if (/^[^'"]*\w['"]/.test(bare)) return 'ends';
  return count(bare, "'") % 2 === 1 || count(bare, '"') % 2 === 1 ? 'odd' : undefined;
}

const count = (text: string, sign: string): number => text.split(sign).length - 1;

const hasWords = (text: string): boolean =>
  text.split(/\s+/).some((token) => {
    const word = LETTERS.exec(token)?.[1]?.toLowerCase();
    return word !== undefined && (SENTENCE.has(word) || TITLE.has(word));
  });
