/**
 * Values that hold the words and signs of attacks and as a whole run nothing: what somebody looks up, a list of languages,
 * where a developer's own browser goes next. Each form is the whole value, so nothing can stand beside it.
 */

/** Parameters that hold what somebody looks for. */
const LOOKED_UP =
  /^(?:q|s|k|w|query|search\w{0,10}|terms?|topic|keywords?|kw|find|title|subject|question|text)$/i;

const looked: readonly RegExp[] = [
  // A scheme or an address, with nothing behind it but words.
  /^(?:[a-z]{1,20} ){0,4}[a-z]{2,6}:\/\/\/?(?:(?:input|output|stdin|filter|memory|temp)?(?: [a-z]{1,20}){1,8})?$/i,
  /^(?:https?:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|[\w-]{1,40}\.internal)(?::\d{1,5})?\/?(?: [a-z]{1,20}){0,8}$/i,
  /^[\w.-]{1,60}\.(?:nip|sslip)\.io(?: [a-z]{1,20}){0,8}$/i,
  /^data:text\/(?:html|plain)$/i,
  // The name of a file: alone only where it is no path that opens.
  /^(?:etc\/(?:passwd|hosts|shadow)|id_rsa|wp-config\.php|web\.config|\.htpasswd|httpd\.conf|cmd\.exe|(?:win|boot|system|php)\.ini)$/i,
  // A shell and an option, with nothing to run.
  /^(?:ba|z|k|da)?sh -[a-z]{1,2}$/i,
  /^(?:[a-z]{1,20} ){0,4}(?:id_rsa|wp-config\.php|web\.config|\.htpasswd|httpd\.conf|(?:\/[a-z_]{1,20}){1,6}(?:\.[a-z]{1,6})?)(?: [a-z]{1,20}){1,8}$/i,
  // How one reads or changes a file that everybody may read and that holds no secret.
  /^(?:(?:sudo )?(?:cat|less|more|vim?|nano|edit) )\/etc\/(?:hosts|hostname|fstab|resolv\.conf|os-release|services|crontab)$/i,
  /^(?:__proto__|constructor\.prototype)(?: [a-z]{1,20}){0,8}$/i,
  // Code between the fences of Markdown that only prints.
  /^[\w\s.,?!:-]{0,100}```\w{0,12}\s{1,4}console\.(?:log|info|debug)\([\w\s'".,]{0,60}\);?\s{0,4}```[\w\s.,?!:-]{0,100}$/i,
  /^\d{1,3} ?(?:=|or|and) ?\d{1,3}$/i,
  /^169\.254(?:\.\d{1,3}){2}$/,
];

/** Parameters that say where the browser, not the server, goes next. */
const NEXT =
  /^(?:next|go_?to|continue|dest(?:ination)?|back|back_?url|r_?url|redir\w{0,12}|return\w{0,12}|callback_?ur[il]|(?:post_)?(?:login|logout|success|cancel|signin|error)_?(?:redirect)?_?ur[il]|post_logout_redirect_uri|(?:relay)?state|website|homepage|origin|referr?er)$/i;
/** What is called back may be the browser, or a web hook that the server calls: only the own machine is the browser's. */
const CALLED_BACK = /^(?:cb|callback)(?:_?ur[il])?$/i;
const LOOPBACK = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])/i;
/** The developer's own machine or network, at the port of a web server; its interfaces for machines are none of it. */
const OWN_PAGE =
  /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]|10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2})(?::(?!(?:2[1-5]|53|1[0-4]\d|389|445|873|1433|1521|2049|237\d|3306|5432|5984|6379|6443|8500|9200|9300|10250|10255|11211|27017|50070)\b)\d{2,5})?(?:\/(?!(?:containers|images|latest|server-status|manager|_cat|_cluster|metadata|computemetadata|actuator|v\d|api\/v\d)\b)(?:[\w-]{1,40}[./]?){0,12})?(?:\?[\w=.-]{0,100})?$/i;

const LANGUAGE =
  '(?:c|c#|c\\+\\+|f#|r|java|javascript|js|typescript|ts|node|php|perl|python|ruby|go|rust|lua|swift|kotlin|scala|sql|html|css|bash|sh|zsh|fish|ksh|csh|powershell|awk|sed|curl|wget|nc|git|docker)';
const anywhere: readonly RegExp[] = [
  // Programs without an argument, one after another, read nothing and do nothing.
  new RegExp(`^${LANGUAGE}(?: ?[;|] ?${LANGUAGE}){2,9}$`, 'i'),
  // A word with a bracket among words: no operator joins them, so that no interpreter reads it as a call.
  /^(?=.* )(?!(?:.* )?(?:in|instanceof|void|new|throw|return|typeof|delete|await|yield|else|do|case) )(?:[a-z]{2,20} ){0,8}(?:alert|confirm|prompt|print)\(\w{0,12}\)(?: [a-z]{2,20}){0,8}$/i,
  // The beginning of a script of which nothing follows: attributes without a value, or those that only name its language.
  /^<script(?: (?:[a-z]{2,12}|lang=["']?[a-z]{2,12}["']?)){1,3}>$/i,
  // A link that leads nowhere.
  /^javascript:(?:\/\/|void\( ?0? ?\))?;?$/i,
];

/** The path of a page that may be named after a file: of a wiki, a manual, a repository. */
const PAGE =
  /^(?:https?:\/\/[\w.:-]{1,120})?\/(?:[\w-]{1,40}\/){0,4}(?:wiki|docs?|blog|blob|tree|articles?|manual|man|help|kb|questions|tags?)\/{1,2}(?:[\w-][\w.-]*\/{1,2})*[\w-][\w.-]*\/?$/i;

/** Is the path of an address, as it stands in the log, that of such a page? */
export const isPage = (path: string): boolean => PAGE.test(path);

/** Most values hold none of these: of what is looked up or where a browser goes, and of what any parameter holds. */
const NAMED_SIGN =
  /[:/=%]|\.(?:php|config|conf|exe|ini|htpasswd|io|internal)|id_rsa|__proto__|\.prototype|localhost|169\.|[ +](?:or|and)[ +]|sh[ +]-/i;
const SIGN = /[(;|]|%(?:28|3b|7c)|javascript:|(?:<|%3c)script[ +%]/i;
const MOST_CHARACTERS = 300;

/** Can a value be harmless? A cheap question before it is decoded. */
export const mayBeHarmless = (name: string, value: string): boolean =>
  value.length <= MOST_CHARACTERS &&
  (SIGN.test(value) ||
    (NAMED_SIGN.test(value) && [LOOKED_UP, NEXT, CALLED_BACK].some((names) => names.test(name))));

/**
 * Does a value as a whole run nothing, whoever reads it?
 * @param name of the parameter
 * @param text the value, decoded fully
 */
export function isHarmless(name: string, text: string): boolean {
  const isOneOf = (forms: readonly RegExp[]): boolean => forms.some((form) => form.test(text));
  if (LOOKED_UP.test(name) && isOneOf(looked)) return true;
  const isNext = NEXT.test(name) || (CALLED_BACK.test(name) && LOOPBACK.test(text));
  return (isNext && OWN_PAGE.test(text)) || isOneOf(anywhere);
}
